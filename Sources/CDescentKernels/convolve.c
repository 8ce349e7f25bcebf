#include <string.h>

#include "dk_pool.h"
#include "dk_window.h"

// Bytes of a band of padded picture rows: small enough to stay in a level-2 cache beside the kernel's panel.
enum { BAND_BYTES = 128 << 10 };

// Steps of one pass over the kernel: a packed panel of 48 outputs then takes 96 KiB in float.
enum { DEPTH = 512 };

// A convolution as its inner loops see it, for one picture after another. `pad` may be negative: the window then begins
// inside the picture.
typedef struct {
  long height, width, channels;
  long taps_y, taps_x;
  long stride_y, stride_x;
  long pad_y, pad_x;
  long out_width, out_channels;
  long row_step, pixel_step;  // from one row and one pixel of the result to the next, in elements
} slide;

static inline long smaller(long a, long b) { return a < b ? a : b; }
static inline long larger(long a, long b) { return a > b ? a : b; }
static inline long rounded_up(long a, long unit) { return (a + unit - 1) / unit * unit; }

// The smallest non-negative number that leaves the same remainder.
static inline long remainder_of(long a, long by) { return (a % by + by) % by; }

// Columns and rows of padded picture that a row of results and `rows` of them look at.
static inline long slide_columns(const slide *s) { return (s->out_width - 1) * s->stride_x + s->taps_x; }
static inline long slide_rows(const slide *s, long rows) { return (rows - 1) * s->stride_y + s->taps_y; }

// Rows of results whose padded rows make up a band; at least one.
static inline long slide_band(const slide *s, long element_bytes) {
  const long row = larger(1, slide_columns(s) * s->channels * element_bytes);
  return larger(1, (BAND_BYTES / row - s->taps_y) / s->stride_y + 1);
}

static slide forward(const dk_window *w) {
  return (slide){w->height,  w->width,    w->channels,  w->kernel_height,
                 w->kernel_width, w->stride_y, w->stride_x,  w->pad_y,
                 w->pad_x,        w->out_width, w->out_channels, w->out_width * w->out_channels,
                 w->out_channels};
}

#define BODY "convolve.body.h"

#define REAL float
#define FN(f) NAME(DK_CAT(f, _f32))
#include "targets.h"
void dk_convolve_f32(dk_path path, const dk_window *window, int64_t begin, int64_t end, const float *picture,
                     const float *kernel, float *result) {
  DISPATCH(path, convolve_f32, window, begin, end, picture, kernel, result);
}
void dk_convolve_picture_f32(dk_path path, const dk_window *window, int64_t begin, int64_t end, const float *result,
                             const float *kernel, float *picture) {
  DISPATCH(path, convolve_picture_f32, window, begin, end, result, kernel, picture);
}
void dk_convolve_kernel_f32(dk_path path, const dk_window *window, int64_t begin, int64_t end, const float *picture,
                            const float *result, float *kernel) {
  DISPATCH(path, convolve_kernel_f32, window, begin, end, picture, result, kernel);
}
#undef REAL
#undef FN

#define REAL double
#define FN(f) NAME(DK_CAT(f, _f64))
#include "targets.h"
void dk_convolve_f64(dk_path path, const dk_window *window, int64_t begin, int64_t end, const double *picture,
                     const double *kernel, double *result) {
  DISPATCH(path, convolve_f64, window, begin, end, picture, kernel, result);
}
void dk_convolve_picture_f64(dk_path path, const dk_window *window, int64_t begin, int64_t end, const double *result,
                             const double *kernel, double *picture) {
  DISPATCH(path, convolve_picture_f64, window, begin, end, result, kernel, picture);
}
void dk_convolve_kernel_f64(dk_path path, const dk_window *window, int64_t begin, int64_t end, const double *picture,
                            const double *result, double *kernel) {
  DISPATCH(path, convolve_kernel_f64, window, begin, end, picture, result, kernel);
}
#undef REAL
#undef FN
