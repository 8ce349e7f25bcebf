#include <math.h>
#include <string.h>

#include "dk_window.h"

static inline long smaller(long a, long b) { return a < b ? a : b; }
static inline long larger(long a, long b) { return a > b ? a : b; }

// The part of first ..< first + count that lies in 0 ..< size.
typedef struct {
  long first, count;
} span;

static inline span clipped(long first, long count, long size) {
  const long begin = larger(0, first);
  return (span){begin, larger(0, smaller(size, first + count) - begin)};
}

// Windows side by side that hold equally many columns: `count` of them, from the result's column x on.
typedef struct {
  long count, column, columns;
} stretch;

static inline stretch stretch_at(const dk_window *w, long x) {
  const long left = x * w->stride_x - w->pad_x, room = w->width - w->kernel_width - left;
  const span under = clipped(left, w->kernel_width, w->width);
  const long inside = left >= 0 && room >= 0 ? room / w->stride_x + 1 : 1;
  return (stretch){smaller(inside, w->out_width - x), under.first, under.count};
}

static inline span rows_under(const dk_window *w, long y) {
  return clipped(y * w->stride_y - w->pad_y, w->kernel_height, w->height);
}

// Whether no pixel lies under two windows; then results are stored, not added.
static inline int apart(const dk_window *w) {
  return w->stride_y >= w->kernel_height && w->stride_x >= w->kernel_width;
}

// Whether, besides, every pixel lies under one.
static inline int tiled(const dk_window *w) {
  return w->stride_y == w->kernel_height && w->stride_x == w->kernel_width && w->pad_y == 0 && w->pad_x == 0 &&
         w->out_height * w->stride_y >= w->height && w->out_width * w->stride_x >= w->width;
}

#define BODY "pooling.body.h"

#define REAL float
#define FN(f) NAME(DK_CAT(f, _f32))
#include "targets.h"
void dk_pool_maximum_f32(dk_path path, const dk_window *window, int64_t begin, int64_t end, const float *picture,
                         float *result) {
  DISPATCH(path, pool_maximum_f32, window, begin, end, picture, result);
}
void dk_pool_pick_f32(dk_path path, const dk_window *window, int64_t begin, int64_t end, const float *picture,
                      const float *values, float *result) {
  DISPATCH(path, pool_pick_f32, window, begin, end, picture, values, result);
}
void dk_pool_place_f32(dk_path path, const dk_window *window, int64_t begin, int64_t end, const float *picture,
                       const float *values, float *result) {
  DISPATCH(path, pool_place_f32, window, begin, end, picture, values, result);
}
void dk_pool_sum_f32(dk_path path, const dk_window *window, int64_t begin, int64_t end, const float *picture,
                     float *result) {
  DISPATCH(path, pool_sum_f32, window, begin, end, picture, result);
}
void dk_pool_spread_f32(dk_path path, const dk_window *window, int64_t begin, int64_t end, const float *values,
                        float *picture) {
  DISPATCH(path, pool_spread_f32, window, begin, end, values, picture);
}
#undef REAL
#undef FN

#define REAL double
#define FN(f) NAME(DK_CAT(f, _f64))
#include "targets.h"
void dk_pool_maximum_f64(dk_path path, const dk_window *window, int64_t begin, int64_t end, const double *picture,
                         double *result) {
  DISPATCH(path, pool_maximum_f64, window, begin, end, picture, result);
}
void dk_pool_pick_f64(dk_path path, const dk_window *window, int64_t begin, int64_t end, const double *picture,
                      const double *values, double *result) {
  DISPATCH(path, pool_pick_f64, window, begin, end, picture, values, result);
}
void dk_pool_place_f64(dk_path path, const dk_window *window, int64_t begin, int64_t end, const double *picture,
                       const double *values, double *result) {
  DISPATCH(path, pool_place_f64, window, begin, end, picture, values, result);
}
void dk_pool_sum_f64(dk_path path, const dk_window *window, int64_t begin, int64_t end, const double *picture,
                     double *result) {
  DISPATCH(path, pool_sum_f64, window, begin, end, picture, result);
}
void dk_pool_spread_f64(dk_path path, const dk_window *window, int64_t begin, int64_t end, const double *values,
                        double *picture) {
  DISPATCH(path, pool_spread_f64, window, begin, end, values, picture);
}
#undef REAL
#undef FN
