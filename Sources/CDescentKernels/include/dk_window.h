#ifndef DK_WINDOW_H
#define DK_WINDOW_H
#include <stdint.h>

#include "dk_cpu.h"

/// A window that slides over pictures [batch, height, width, channels], for convolutions and pooling.
///
/// Result (y, x) covers the rows y·stride_y − pad_y … and columns x·stride_x − pad_x …, kernel_height × kernel_width of
/// them; what lies outside the picture counts as zero (convolution, sum) or as absent (maximum).
typedef struct {
  int64_t batch, height, width, channels;
  int64_t kernel_height, kernel_width;
  int64_t stride_y, stride_x;
  int64_t pad_y, pad_x;              ///< before the first row and column; what follows the last is given by the result's size
  int64_t out_height, out_width;
  int64_t out_channels;              ///< of a convolution; pooling keeps the channels
} dk_window;

// Every kernel works on a range of independent units, so that the work can be divided; no result depends on the
// division. Pictures have the shape [batch, height, width, channels], results [batch, out_height, out_width,
// out_channels or channels], convolution kernels [kernel_height, kernel_width, channels, out_channels].

/// Convolution (correlation): result[b, y, x, o] = Σ picture[b, y·stride − pad + i, x·stride − pad + j, c]·kernel[i, j, c, o],
/// for the units begin ..< end of batch × out_height rows of the result.
void dk_convolve_f32(dk_path path, const dk_window *window, int64_t begin, int64_t end, const float *picture,
                     const float *kernel, float *result);
void dk_convolve_f64(dk_path path, const dk_window *window, int64_t begin, int64_t end, const double *picture,
                     const double *kernel, double *result);

/// The transpose in the picture: what a change of the result means for the picture. Units: the batch × height rows of
/// the picture.
void dk_convolve_picture_f32(dk_path path, const dk_window *window, int64_t begin, int64_t end, const float *result,
                             const float *kernel, float *picture);
void dk_convolve_picture_f64(dk_path path, const dk_window *window, int64_t begin, int64_t end, const double *result,
                             const double *kernel, double *picture);

/// The transpose in the kernel: kernel[i, j, c, o] = Σ picture[…]·result[…]. Units: the kernel_height × kernel_width ×
/// channels rows of the kernel.
void dk_convolve_kernel_f32(dk_path path, const dk_window *window, int64_t begin, int64_t end, const float *picture,
                            const float *result, float *kernel);
void dk_convolve_kernel_f64(dk_path path, const dk_window *window, int64_t begin, int64_t end, const double *picture,
                            const double *result, double *kernel);

/// The largest element under the window, channel by channel; a NaN under it is the result, −∞ that of a window wholly
/// outside. Units: the batch × out_height rows of the result.
void dk_pool_maximum_f32(dk_path path, const dk_window *window, int64_t begin, int64_t end, const float *picture,
                         float *result);
void dk_pool_maximum_f64(dk_path path, const dk_window *window, int64_t begin, int64_t end, const double *picture,
                         double *result);

/// Of `values` (shaped as the picture), the element where the picture has the largest under the window; the first in
/// row-major order at ties, the first NaN if there is one, 0 for a window wholly outside. Units as above.
void dk_pool_pick_f32(dk_path path, const dk_window *window, int64_t begin, int64_t end, const float *picture,
                      const float *values, float *result);
void dk_pool_pick_f64(dk_path path, const dk_window *window, int64_t begin, int64_t end, const double *picture,
                      const double *values, double *result);

/// The transpose of dk_pool_pick: adds each element of `values` (shaped as the result) to the place of the largest.
/// Units: the pictures of the batch.
void dk_pool_place_f32(dk_path path, const dk_window *window, int64_t begin, int64_t end, const float *picture,
                       const float *values, float *result);
void dk_pool_place_f64(dk_path path, const dk_window *window, int64_t begin, int64_t end, const double *picture,
                       const double *values, double *result);

/// The sum under the window. Units: the batch × out_height rows of the result.
void dk_pool_sum_f32(dk_path path, const dk_window *window, int64_t begin, int64_t end, const float *picture,
                     float *result);
void dk_pool_sum_f64(dk_path path, const dk_window *window, int64_t begin, int64_t end, const double *picture,
                     double *result);

/// The transpose of dk_pool_sum: each element of `values` (shaped as the result) is added to all it covers. Units: the
/// pictures of the batch.
void dk_pool_spread_f32(dk_path path, const dk_window *window, int64_t begin, int64_t end, const float *values,
                        float *picture);
void dk_pool_spread_f64(dk_path path, const dk_window *window, int64_t begin, int64_t end, const double *values,
                        double *picture);

#endif
