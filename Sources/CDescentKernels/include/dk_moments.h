#ifndef DK_MOMENTS_H
#define DK_MOMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "dk_update.h"

// Averages kept in less than four bytes: unpacked a tile at a time into memory that stays in the nearest cache, stepped
// by the rule's own kernel, and packed again.

/// How an array is packed.
typedef enum {
  DK_BFLOAT16,             ///< The upper half of a float, rounded to nearest, ties to even.
  DK_BFLOAT16_STOCHASTIC,  ///< The same, rounded up as often as what is cut off says.
  DK_DYNAMIC8,             ///< A byte that counts entries of the dynamic map, times the largest magnitude of its block.
} dk_packing;

/// Elements that share a scale in DK_DYNAMIC8.
enum { DK_BLOCK = 256 };

/// A packed array, from the element that index 0 means.
typedef struct {
  dk_packing packing;
  int is_signed;  ///< Of DK_DYNAMIC8: which of the two maps.
  void *codes;    ///< uint16_t or uint8_t, one for each element.
  float *scales;  ///< Of DK_DYNAMIC8: one for each block that begins at a multiple of DK_BLOCK.
  /// Of DK_BFLOAT16_STOCHASTIC: words of the counter besides the element's place (Philox4x32-10): which stretch of the
  /// vector, which step, which array.
  uint32_t counter[3];
} dk_packed;

/// Entry `code` of the dynamic map: −1 … 1 where signed, else 0 … 1. Ascending in `code`.
double dk_dynamic8_value(int code, int is_signed);

/// The code of the entry nearest to x.
int dk_dynamic8_code(double x, int is_signed);

/// Unpacks elements begin … end−1 to `values`, which is for element `begin`; `begin` is a multiple of DK_BLOCK.
void dk_unpack(dk_path path, size_t begin, size_t end, const dk_packed *array, float *values);

/// Packs them again, in 8 bits to the nearest entry, except that in the map without a sign nothing above 0 becomes 0: a
/// square of 0 under an average that is not would make a step without bound. A block that holds no finite largest magnitude becomes NaN as a whole.
void dk_pack(dk_path path, size_t begin, size_t end, const float *values, const dk_packed *array);

// As the kernels of the same names in dk_update.h; `begin` is a multiple of DK_BLOCK.

void dk_update_sgd_packed(dk_path path, size_t begin, size_t end, const dk_sgd *scalars, const dk_pass *pass,
                          float *parameters, const float *gradient, const dk_packed *buffer, double sums[2]);

void dk_update_adam_packed(dk_path path, size_t begin, size_t end, const dk_adam *scalars, const dk_pass *pass,
                           float *parameters, const float *gradient, const dk_packed *mean, const dk_packed *square,
                           double sums[2]);

void dk_update_adamax_packed(dk_path path, size_t begin, size_t end, const dk_adamax *scalars, const dk_pass *pass,
                             float *parameters, const float *gradient, const dk_packed *mean, const dk_packed *largest,
                             double sums[2]);

void dk_update_lion_packed(dk_path path, size_t begin, size_t end, const dk_lion *scalars, const dk_pass *pass,
                           float *parameters, const float *gradient, const dk_packed *mean, double sums[2]);

#endif
