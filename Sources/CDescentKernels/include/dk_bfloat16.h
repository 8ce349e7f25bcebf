#ifndef DK_BFLOAT16_H
#define DK_BFLOAT16_H

#include <stddef.h>
#include <stdint.h>

#include "dk_cpu.h"

// Products of matrices in bfloat16, summed in float and rounded to bfloat16 (to nearest, halves to even) at the end.
//
// Matrices are row-major; rows begin a multiple of DK_BF16_SIDE elements apart, and a matrix is followed by rows of zeros
// up to a multiple of it, as each row is by zeros: no kernel knows of ragged ends. A product is cut into panels of
// DK_BF16_SIDE columns that may be computed in any order and on any thread. Each element is summed in the order of the
// inner index, so that no bit depends on that.

enum { DK_BF16_SIDE = 32 };

/// The ways of multiplying.
typedef enum {
  DK_BF16_PORTABLE = 0,
  DK_BF16_AVX2 = 1,
  DK_BF16_AVX512 = 2,
  DK_BF16_DOT = 3,  ///< AVX512_BF16's dot product of pairs, which takes denormal numbers for 0.
} dk_bf16_path;

/// The fastest way that this processor has.
dk_bf16_path dk_bf16_best_path(void);

/// 1 if this processor has it, else 0.
int dk_bf16_supports(dk_bf16_path path);

/// out = alpha·addend + beta·A·B.
typedef struct {
  const uint16_t *a;       ///< `rows` × `inner`, the latter a multiple of DK_BF16_SIDE.
  const uint16_t *addend;  ///< Laid out like `out`; NULL: none.
  uint16_t *out;           ///< Apart from A and B.
  long stride_a, stride;   ///< Of A's rows; of the other two's.
  long rows, inner;
  float alpha, beta;
} dk_bf16_product;

/// Columns panel·32 … of op(B) in pairs of rows, as dk_bf16_multiply reads them: `inner`/2 × 32 words. B is inner × columns,
/// or columns × inner if `transposed`.
void dk_bf16_pack(int transposed, const uint16_t *b, long stride, long inner, long panel, uint32_t *packed);

/// Columns panel·32 … of `out`, from row `first` on.
void dk_bf16_multiply(dk_bf16_path path, const dk_bf16_product *product, const uint32_t *packed, long panel, long first);

/// out = aᵀ for a of rows × columns, both multiples of 8.
void dk_bf16_transpose(const uint16_t *a, long stride_a, long rows, long columns, uint16_t *out, long stride);

/// out[i] = a[i]·factor as bfloat16, and back.
void dk_bf16_round(dk_path path, const float *a, long count, float factor, uint16_t *out);
void dk_bf16_widen(dk_path path, const uint16_t *a, long count, float *out);

#endif
