// Convolutions and their transposes for one element type and one instruction set.
//
// In a padded picture the elements under one row of the window, (column, channel), are contiguous, so that a row of
// results is a product of matrices, summed over the rows of the window: tiles of neighbouring pixels × outputs stay in
// registers meanwhile. Nothing is unfolded; only bands of picture rows are copied, to put zeros around them.

#include "tile.body.h"
#include "pack.body.h"
#include "rows.body.h"

// How the vectors of the outputs are shared out among panels, as evenly as can be.
INLINE long FN(panels)(long outputs) { return ((outputs + LANES - 1) / LANES + NV - 1) / NV; }
INLINE long FN(panel_begin)(long outputs, long panel) {
  return (outputs + LANES - 1) / LANES * panel / FN(panels)(outputs);
}

// Elements of padded picture rows and of the tile set aside for outputs that do not fill a vector.
INLINE long FN(band_elements)(const slide *s, long rows) {
  return rounded_up(slide_rows(s, rows) * slide_columns(s) * s->channels, LANES);
}
enum { FN(EDGE) = TALLEST * NV * VECTOR_BYTES / sizeof(REAL) };

// The rows of `picture` under the window at result rows `first` …, padded in `band`; in place where nothing is outside.
// `step` receives the distance between rows.
static TARGET const REAL *FN(pad)(const slide *s, long first, long rows, const REAL *picture, REAL *band, long *step) {
  const long row0 = first * s->stride_y - s->pad_y, count = slide_rows(s, rows), columns = slide_columns(s);
  const long c = s->channels, left = larger(0, s->pad_x), skipped = larger(0, -s->pad_x);
  if (row0 >= 0 && row0 + count <= s->height && s->pad_x <= 0 && skipped + columns <= s->width) {
    *step = s->width * c;
    return picture + row0 * s->width * c + skipped * c;
  }
  *step = columns * c;
  const long inside = larger(0, smaller(columns - left, s->width - skipped));
  const long before = inside > 0 ? left : columns;
  for (long r = 0; r < count; r++) {
    REAL *to = band + r * columns * c;
    const long row = row0 + r;
    if (row < 0 || row >= s->height) {
      memset(to, 0, (size_t)(columns * c) * sizeof(REAL));
      continue;
    }
    memset(to, 0, (size_t)(before * c) * sizeof(REAL));
    if (inside > 0) {
      memcpy(to + left * c, picture + (row * s->width + skipped) * c, (size_t)(inside * c) * sizeof(REAL));
      memset(to + (left + inside) * c, 0, (size_t)((columns - left - inside) * c) * sizeof(REAL));
    }
  }
  return band;
}

// One row of results: tiles of as equal heights as can be.
static TARGET void FN(row)(const slide *s, int vectors, long width, long runs, long steps, const REAL *a, long a_run,
                           const REAL *b, REAL *c, REAL *edge, int adds) {
  const long tallest = vectors == 1 ? TALLEST : vectors == 2 ? TALLEST2 : TALLEST3;
  const long tiles = (s->out_width + tallest - 1) / tallest, a_row = s->stride_x * s->channels;
  const long b_step = vectors * LANES;
  for (long t = 0; t < tiles; t++) {
    const long x = s->out_width * t / tiles, rows = s->out_width * (t + 1) / tiles - x;
    REAL *to = c + x * s->pixel_step;
    if (width == b_step) {
      FN(across)(vectors, rows, runs, steps, a + x * a_row, a_row, a_run, b, to, s->pixel_step, adds);
      continue;
    }
    for (long r = 0; adds && r < rows; r++)
      for (long q = 0; q < width; q++) edge[r * b_step + q] = to[r * s->pixel_step + q];
    FN(across)(vectors, rows, runs, steps, a + x * a_row, a_row, a_run, b, edge, b_step, adds);
    for (long r = 0; r < rows; r++)
      for (long q = 0; q < width; q++) to[r * s->pixel_step + q] = edge[r * b_step + q];
  }
}

// Rows begin ..< end of the results for one picture; `kernel` is packed, panel after panel.
static TARGET void FN(slide)(const slide *s, long begin, long end, const REAL *picture, const REAL *kernel,
                             REAL *result, REAL *edge, REAL *band) {
  const long steps = s->taps_x * s->channels, most = slide_band(s, sizeof(REAL));
  if (s->taps_y * steps == 0) {
    for (long y = begin; y < end; y++)
      for (long x = 0; x < s->out_width; x++)
        memset(result + y * s->row_step + x * s->pixel_step, 0, (size_t)s->out_channels * sizeof(REAL));
    return;
  }
  // Passes over the kernel: several rows of the window at once or, if they are long, parts of one row.
  const long runs = steps < DEPTH ? DEPTH / steps : 1, stretch = smaller(steps, DEPTH);
  const long panels = FN(panels)(s->out_channels);
  for (long first = begin; first < end; first += most) {
    const long rows = smaller(most, end - first);
    long a_run;
    const REAL *padded = FN(pad)(s, first, rows, picture, band, &a_run);
    for (long panel = 0; panel < panels; panel++) {
      const long at = FN(panel_begin)(s->out_channels, panel), vectors = FN(panel_begin)(s->out_channels, panel + 1) - at;
      const long width = smaller(vectors * LANES, s->out_channels - at * LANES);
      const REAL *b = kernel + at * LANES * s->taps_y * steps;
      for (long i = 0; i < s->taps_y; i += runs)
        for (long q = 0; q < steps; q += stretch)
          for (long y = 0; y < rows; y++) {
            // Rows of the window above and below the picture add nothing.
            const long top = (first + y) * s->stride_y - s->pad_y;
            const long from = larger(i, -top), until = smaller(smaller(i + runs, s->taps_y), s->height - top);
            FN(row)
            (s, (int)vectors, width, larger(0, until - from), smaller(stretch, steps - q),
             padded + (y * s->stride_y + from) * a_run + q, a_run, b + (from * steps + q) * vectors * LANES,
             result + (first + y) * s->row_step + at * LANES, edge, i > 0 || q > 0);
          }
    }
  }
}

static TARGET void FN(convolve)(const dk_window *w, long begin, long end, const REAL *picture, const REAL *kernel,
                                REAL *result) {
  const slide s = forward(w);
  const long outs = s.out_channels, depth = s.taps_y * s.taps_x * s.channels;
  if (begin >= end || s.out_width <= 0 || outs <= 0) return;
  const long rows = smaller(slide_band(&s, sizeof(REAL)), w->out_height), packed_size = depth * rounded_up(outs, LANES);
  REAL *edge =
      dk_thread_scratch((size_t)(FN(EDGE) + packed_size + FN(band_elements)(&s, rows)) * sizeof(REAL));
  REAL *packed = edge + FN(EDGE);
  for (long panel = 0; panel < FN(panels)(outs); panel++) {
    const long at = FN(panel_begin)(outs, panel) * LANES, padded = FN(panel_begin)(outs, panel + 1) * LANES - at;
    FN(pack)(0, kernel + at, outs, depth, smaller(padded, outs - at), padded, packed + at * depth);
  }
  const long picture_size = s.height * s.width * s.channels, result_size = w->out_height * s.row_step;
  for (long at = begin; at < end;) {
    const long one = at / w->out_height, y = at % w->out_height, until = smaller(w->out_height, y + end - at);
    FN(slide)
    (&s, y, until, picture + one * picture_size, packed, result + one * result_size, edge, packed + packed_size);
    at += until - y;
  }
}

#include "convolve_picture.body.h"
#include "convolve_kernel.body.h"
#include "untile.body.h"
