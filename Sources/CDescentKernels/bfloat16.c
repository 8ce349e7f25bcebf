#include "dk_bfloat16.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif
#include <string.h>

#define BODY "bfloat16.body.h"
#include "targets.h"

#if defined(__x86_64__)
#define DOT_OF_PAIRS
#define NAME(f) DK_CAT(f, _dot)
#define TARGET __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,fma")))
#define VECTOR_BYTES 64
#include BODY
#undef NAME
#undef TARGET
#undef VECTOR_BYTES
#undef DOT_OF_PAIRS
#endif

int dk_bf16_supports(dk_bf16_path path) {
  switch (path) {
    case DK_BF16_PORTABLE:
      return 1;
    case DK_BF16_AVX2:
      return dk_supports(DK_AVX2);
    case DK_BF16_AVX512:
      return dk_supports(DK_AVX512);
    case DK_BF16_DOT:
#if defined(__x86_64__)
      return dk_supports(DK_AVX512) && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512bf16");
#else
      return 0;
#endif
    default:
      return 0;
  }
}

dk_bf16_path dk_bf16_best_path(void) {
  for (int path = DK_BF16_DOT; path > DK_BF16_PORTABLE; path--)
    if (dk_bf16_supports((dk_bf16_path)path)) return (dk_bf16_path)path;
  return DK_BF16_PORTABLE;
}

void dk_bf16_multiply(dk_bf16_path path, const dk_bf16_product *product, const uint32_t *packed, long panel, long first) {
#if defined(__x86_64__)
  if (path == DK_BF16_DOT) {
    bf16_multiply_dot(product, packed, panel, first);
    return;
  }
#endif
  DISPATCH((dk_path)path, bf16_multiply, product, packed, panel, first);
}

void dk_bf16_round(dk_path path, const float *a, long count, float factor, uint16_t *out) {
  DISPATCH(path, bf16_round, a, count, factor, out);
}

void dk_bf16_widen(dk_path path, const uint16_t *a, long count, float *out) {
  DISPATCH(path, bf16_widen, a, count, out);
}

// ---- Moving elements about: the same for all instruction sets

typedef uint16_t halves __attribute__((vector_size(16), aligned(2), may_alias));
typedef uint32_t words __attribute__((vector_size(16), aligned(4), may_alias));

// Four words of four rows each become four rows of four words.
static inline void transpose_words(const uint32_t *a, long stride, uint32_t *out, long out_stride) {
  const words r0 = *(const words *)a, r1 = *(const words *)(a + stride), r2 = *(const words *)(a + 2 * stride),
              r3 = *(const words *)(a + 3 * stride);
  const words low01 = __builtin_shufflevector(r0, r1, 0, 4, 1, 5), high01 = __builtin_shufflevector(r0, r1, 2, 6, 3, 7);
  const words low23 = __builtin_shufflevector(r2, r3, 0, 4, 1, 5), high23 = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
  *(words *)out = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
  *(words *)(out + out_stride) = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
  *(words *)(out + 2 * out_stride) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
  *(words *)(out + 3 * out_stride) = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}

void dk_bf16_pack(int transposed, const uint16_t *b, long stride, long inner, long panel, uint32_t *packed) {
  if (transposed) {
    const uint32_t *rows = (const uint32_t *)(b + panel * DK_BF16_SIDE * stride);
    for (long q = 0; q < inner / 2; q += 4)
      for (long j = 0; j < DK_BF16_SIDE; j += 4)
        transpose_words(rows + j * (stride / 2) + q, stride / 2, packed + q * DK_BF16_SIDE + j, DK_BF16_SIDE);
    return;
  }
  for (long q = 0; q < inner / 2; q++) {
    const uint16_t *low = b + 2 * q * stride + panel * DK_BF16_SIDE, *high = low + stride;
    for (long j = 0; j < DK_BF16_SIDE; j += 8) {
      const halves x = *(const halves *)(low + j), y = *(const halves *)(high + j);
      *(words *)(packed + q * DK_BF16_SIDE + j) = (words)__builtin_shufflevector(x, y, 0, 8, 1, 9, 2, 10, 3, 11);
      *(words *)(packed + q * DK_BF16_SIDE + j + 4) = (words)__builtin_shufflevector(x, y, 4, 12, 5, 13, 6, 14, 7, 15);
    }
  }
}

// Interleaves row i with row i + 4 three times over, which transposes eight rows of eight.
static inline void transpose_halves(const uint16_t *a, long stride, uint16_t *out, long out_stride) {
  halves x[8], y[8];
  for (int i = 0; i < 8; i++) x[i] = *(const halves *)(a + i * stride);
  for (int pass = 0; pass < 3; pass++) {
    for (int i = 0; i < 4; i++) {
      y[2 * i] = __builtin_shufflevector(x[i], x[i + 4], 0, 8, 1, 9, 2, 10, 3, 11);
      y[2 * i + 1] = __builtin_shufflevector(x[i], x[i + 4], 4, 12, 5, 13, 6, 14, 7, 15);
    }
    for (int i = 0; i < 8; i++) x[i] = y[i];
  }
  for (int i = 0; i < 8; i++) *(halves *)(out + i * out_stride) = x[i];
}

void dk_bf16_transpose(const uint16_t *a, long stride_a, long rows, long columns, uint16_t *out, long stride) {
  // Blocks that stay in the nearest cache.
  for (long top = 0; top < rows; top += 32)
    for (long left = 0; left < columns; left += 32)
      for (long i = top; i < rows && i < top + 32; i += 8)
        for (long j = left; j < columns && j < left + 32; j += 8)
          transpose_halves(a + i * stride_a + j, stride_a, out + j * stride + i, stride);
}
