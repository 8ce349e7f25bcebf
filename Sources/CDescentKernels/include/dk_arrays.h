#ifndef DK_ARRAYS_H
#define DK_ARRAYS_H
#include <stdint.h>

#include "dk_cpu.h"

enum { DK_MAX_RANK = 6 };

/// A walk over `rank` dimensions with one stride per dimension on each side, in elements; stride 0 repeats.
typedef struct {
  int32_t rank;
  int64_t sizes[DK_MAX_RANK];
  int64_t source_strides[DK_MAX_RANK], destination_strides[DK_MAX_RANK];
} dk_walk;

/// Copies along a walk: transposes, slices, pads and repeats. Destination elements off the walk are left alone.
void dk_copy_f32(dk_path path, const dk_walk *walk, const float *source, float *destination);
void dk_copy_f64(dk_path path, const dk_walk *walk, const double *source, double *destination);

/// Sums (or with `maximum` takes the largest of) the middle dimension of [outer, middle, inner] for the elements
/// `begin` ..< `end` of the outer × inner results. Sums accumulate in double, in one order whatever the range.
void dk_reduce_f32(dk_path path, int maximum, int64_t middle, int64_t inner, int64_t begin, int64_t end,
                   const float *source, float *destination);
void dk_reduce_f64(dk_path path, int maximum, int64_t middle, int64_t inner, int64_t begin, int64_t end,
                   const double *source, double *destination);

/// Softmax of `scale` (above 0) × logits along rows of `columns` elements, rows `begin` ..< `end`; the row's maximum is taken out
/// first. With `causal` above 0, row r sees the first r mod causal + 1 columns only, and the others are 0.
void dk_softmax_f32(dk_path path, double scale, int64_t causal, int64_t columns, int64_t begin, int64_t end,
                    const float *logits, float *result);
void dk_softmax_f64(dk_path path, double scale, int64_t causal, int64_t columns, int64_t begin, int64_t end,
                    const double *logits, double *result);

/// Cross-entropy −log softmax(logits)[label] per row, rows `begin` ..< `end`. A label outside 0 ..< columns gives NaN.
void dk_cross_entropy_f32(dk_path path, int64_t columns, int64_t begin, int64_t end, const float *logits,
                          const int32_t *labels, float *result);
void dk_cross_entropy_f64(dk_path path, int64_t columns, int64_t begin, int64_t end, const double *logits,
                          const int32_t *labels, double *result);

/// One row of `classes` elements per label: 1 at the label, else 0. Rows `begin` ..< `end`.
void dk_one_hot_f32(dk_path path, int64_t classes, int64_t begin, int64_t end, const int32_t *labels, float *result);
void dk_one_hot_f64(dk_path path, int64_t classes, int64_t begin, int64_t end, const int32_t *labels, double *result);

#endif
