#ifndef DK_VECTORS_H
#define DK_VECTORS_H

#include <stdint.h>

#include "dk_cpu.h"

/// Σ a·b in double precision, in an order that depends on `count` alone.
double dk_dot_f32(dk_path path, int64_t count, const float *a, const float *b);
double dk_dot_f64(dk_path path, int64_t count, const double *a, const double *b);

/// y += factor·x, for vectors that do not overlap.
void dk_add_scaled_f32(dk_path path, int64_t count, double factor, const float *x, float *y);
void dk_add_scaled_f64(dk_path path, int64_t count, double factor, const double *x, double *y);

/// y = factor·x; y may be x.
void dk_scale_f32(dk_path path, int64_t count, double factor, const float *x, float *y);
void dk_scale_f64(dk_path path, int64_t count, double factor, const double *x, double *y);

/// y = a·b, element by element; y may be a or b.
void dk_multiply_f32(dk_path path, int64_t count, const float *a, const float *b, float *y);
void dk_multiply_f64(dk_path path, int64_t count, const double *a, const double *b, double *y);

#endif
