#include "dk_vectors.h"

#define BODY "vectors.body.h"

#define REAL float
#define FN(f) NAME(DK_CAT(f, _f32))
#include "targets.h"
double dk_dot_f32(dk_path path, int64_t count, const float *a, const float *b) {
  return DISPATCH(path, dot_f32, count, a, b);
}
void dk_add_scaled_f32(dk_path path, int64_t count, double factor, const float *x, float *y) {
  DISPATCH(path, add_scaled_f32, count, (float)factor, x, y);
}
void dk_scale_f32(dk_path path, int64_t count, double factor, const float *x, float *y) {
  DISPATCH(path, scale_f32, count, (float)factor, x, y);
}
void dk_multiply_f32(dk_path path, int64_t count, const float *a, const float *b, float *y) {
  DISPATCH(path, multiply_f32, count, a, b, y);
}
#undef REAL
#undef FN

#define REAL double
#define FN(f) NAME(DK_CAT(f, _f64))
#include "targets.h"
double dk_dot_f64(dk_path path, int64_t count, const double *a, const double *b) {
  return DISPATCH(path, dot_f64, count, a, b);
}
void dk_add_scaled_f64(dk_path path, int64_t count, double factor, const double *x, double *y) {
  DISPATCH(path, add_scaled_f64, count, factor, x, y);
}
void dk_scale_f64(dk_path path, int64_t count, double factor, const double *x, double *y) {
  DISPATCH(path, scale_f64, count, factor, x, y);
}
void dk_multiply_f64(dk_path path, int64_t count, const double *a, const double *b, double *y) {
  DISPATCH(path, multiply_f64, count, a, b, y);
}
