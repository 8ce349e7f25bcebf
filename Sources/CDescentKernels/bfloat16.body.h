// bfloat16 products for one instruction set. With DOT_OF_PAIRS the processor multiplies and adds pairs itself.

#define LANES (VECTOR_BYTES / 4)
#define VF NAME(dk_bf16_vf)
#define VU NAME(dk_bf16_vu)
#define VS NAME(dk_bf16_vs)
#define INLINE static inline __attribute__((always_inline)) TARGET

typedef float VF __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));
typedef unsigned VU __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));
typedef unsigned short VS __attribute__((vector_size(VECTOR_BYTES / 2), aligned(2), may_alias));

// The most rows of a tile two vectors wide that leave registers for B.
#if VECTOR_BYTES == 64
#define TALLEST 12
#else
#define TALLEST 4
#endif

// total + the products of the two halves of each word.
INLINE VF NAME(dot)(VF total, VU a, VU b) {
#ifdef DOT_OF_PAIRS
  return (VF)_mm512_dpbf16_ps((__m512)total, (__m512bh)a, (__m512bh)b);
#else
  total += (VF)(a & 0xffff0000) * (VF)(b & 0xffff0000);
  return total + (VF)(a << 16) * (VF)(b << 16);
#endif
}

// Rounded to nearest, halves to even; a NaN stays one.
INLINE VS NAME(rounded)(VF x) {
  const VU bits = (VU)x, is_nan = (VU)((bits & 0x7fffffff) > 0x7f800000);
  const VU even = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  return __builtin_convertvector((is_nan & ((bits >> 16) | 64)) | (~is_nan & even), VS);
}

INLINE VF NAME(widened)(const uint16_t *x) { return (VF)(__builtin_convertvector(*(const VS *)x, VU) << 16); }

INLINE void NAME(finish)(const dk_bf16_product *p, VF sum, long at) {
  VF y = p->beta * sum;
  if (p->addend) y += p->alpha * NAME(widened)(p->addend + at);
  *(VS *)(p->out + at) = NAME(rounded)(y);
}

// `height` rows, a constant where it is inlined, of two vectors of columns.
INLINE void NAME(tile)(long height, const dk_bf16_product *p, const uint32_t *packed, long row, long column) {
  VF left[TALLEST], right[TALLEST];
#pragma clang loop unroll(full)
  for (long r = 0; r < height; r++) left[r] = right[r] = (VF){0};
  const uint32_t *a = (const uint32_t *)(p->a + row * p->stride_a);
  const long step = p->stride_a / 2, pairs = p->inner / 2;
  for (long q = 0; q < pairs; q++) {
    const VU b0 = *(const VU *)(packed + q * DK_BF16_SIDE), b1 = *(const VU *)(packed + q * DK_BF16_SIDE + LANES);
#pragma clang loop unroll(full)
    for (long r = 0; r < height; r++) {
      uint32_t word;
      memcpy(&word, a + r * step + q, 4);
      const VU x = word - (VU){0};
      left[r] = NAME(dot)(left[r], x, b0);
      right[r] = NAME(dot)(right[r], x, b1);
    }
  }
#pragma clang loop unroll(full)
  for (long r = 0; r < height; r++) {
    NAME(finish)(p, left[r], (row + r) * p->stride + column);
    NAME(finish)(p, right[r], (row + r) * p->stride + column + LANES);
  }
}

static TARGET void NAME(bf16_multiply)(const dk_bf16_product *product, const uint32_t *packed, long panel, long first) {
  const dk_bf16_product p = *product;  // a copy of its own, which no store can change
  for (long part = 0; part < DK_BF16_SIDE; part += 2 * LANES) {
    const long column = panel * DK_BF16_SIDE + part;
    for (long row = first, height; row < p.rows; row += height) {
      // Tiles of as equal heights as can be.
      const long left = p.rows - row, tiles = (left + TALLEST - 1) / TALLEST;
      height = (left + tiles - 1) / tiles;
      switch (height) {
#define HEIGHT(h) \
  case h: NAME(tile)(h, &p, packed + part, row, column); break;
        HEIGHT(1) HEIGHT(2) HEIGHT(3) HEIGHT(4)
#if TALLEST == 12
        HEIGHT(5) HEIGHT(6) HEIGHT(7) HEIGHT(8) HEIGHT(9) HEIGHT(10) HEIGHT(11) HEIGHT(12)
#endif
#undef HEIGHT
      }
    }
  }
}

// Nothing of these is the dot product's.
#ifndef DOT_OF_PAIRS
static TARGET void NAME(bf16_round)(const float *a, long count, float factor, uint16_t *out) {
  long i = 0;
  for (; i + LANES <= count; i += LANES) *(VS *)(out + i) = NAME(rounded)(factor * *(const VF *)(a + i));
  for (; i < count; i++) out[i] = NAME(rounded)(factor * (a[i] - (VF){0}))[0];
}

static TARGET void NAME(bf16_widen)(const uint16_t *a, long count, float *out) {
  for (long i = 0; i < count; i++) {
    const uint32_t bits = (uint32_t)a[i] << 16;
    memcpy(out + i, &bits, 4);
  }
}

#endif

#undef LANES
#undef VF
#undef VU
#undef VS
#undef INLINE
#undef TALLEST
