#include "dk_arrays.h"

#include <math.h>
#include <string.h>

#define BODY "arrays.body.h"

#define REAL float
#define REAL_IS_FLOAT
#define FN(f) NAME(DK_CAT(f, _f32))
#include "targets.h"
void dk_copy_f32(dk_path path, const dk_walk *walk, const float *source, float *destination) {
  DISPATCH(path, copy_f32, walk, source, destination);
}
void dk_reduce_f32(dk_path path, int maximum, int64_t middle, int64_t inner, int64_t begin, int64_t end,
                   const float *source, float *destination) {
  DISPATCH(path, reduce_f32, maximum, middle, inner, begin, end, source, destination);
}
void dk_softmax_f32(dk_path path, double scale, int64_t causal, int64_t columns, int64_t begin, int64_t end,
                    const float *logits, float *result) {
  DISPATCH(path, softmax_f32, (float)scale, causal, columns, begin, end, logits, result);
}
void dk_cross_entropy_f32(dk_path path, int64_t columns, int64_t begin, int64_t end, const float *logits,
                          const int32_t *labels, float *result) {
  DISPATCH(path, cross_entropy_f32, columns, begin, end, logits, labels, result);
}
void dk_one_hot_f32(dk_path path, int64_t classes, int64_t begin, int64_t end, const int32_t *labels, float *result) {
  DISPATCH(path, one_hot_f32, classes, begin, end, labels, result);
}
#undef REAL
#undef REAL_IS_FLOAT
#undef FN

#define REAL double
#define FN(f) NAME(DK_CAT(f, _f64))
#include "targets.h"
void dk_copy_f64(dk_path path, const dk_walk *walk, const double *source, double *destination) {
  DISPATCH(path, copy_f64, walk, source, destination);
}
void dk_reduce_f64(dk_path path, int maximum, int64_t middle, int64_t inner, int64_t begin, int64_t end,
                   const double *source, double *destination) {
  DISPATCH(path, reduce_f64, maximum, middle, inner, begin, end, source, destination);
}
void dk_softmax_f64(dk_path path, double scale, int64_t causal, int64_t columns, int64_t begin, int64_t end,
                    const double *logits, double *result) {
  DISPATCH(path, softmax_f64, (double)scale, causal, columns, begin, end, logits, result);
}
void dk_cross_entropy_f64(dk_path path, int64_t columns, int64_t begin, int64_t end, const double *logits,
                          const int32_t *labels, double *result) {
  DISPATCH(path, cross_entropy_f64, columns, begin, end, logits, labels, result);
}
void dk_one_hot_f64(dk_path path, int64_t classes, int64_t begin, int64_t end, const int32_t *labels, double *result) {
  DISPATCH(path, one_hot_f64, classes, begin, end, labels, result);
}
#undef REAL
#undef FN
