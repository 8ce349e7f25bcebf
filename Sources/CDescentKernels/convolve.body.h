// Convolutions and their transposes for one element type and one instruction set.
//
// In a padded picture the elements under one row of the window, (column, channel), are contiguous, so that a row of
// results is a product of matrices, summed over the rows of the window: tiles of neighbouring pixels × outputs stay in
// registers meanwhile. Nothing is unfolded; only bands of picture rows are copied, to put zeros around them.

#include "tile.body.h"
#include "pack.body.h"

// Elements of padded picture rows.
INLINE long FN(band_elements)(const slide *s, long rows) {
  return rounded_up(slide_rows(s, rows) * slide_columns(s) * s->channels, LANES);
}

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

// One row of results: tiles of as equal heights as can be, begun at the row's first pixel.
static TARGET void FN(row)(const slide *s, long vectors, const FN(tile_call) * begun) {
  const long tallest = FN(tallest)(vectors), tiles = (s->out_width + tallest - 1) / tallest;
  FN(tile_call) call = *begun;
  for (long t = 0; t < tiles; t++) {
    const long x = s->out_width * t / tiles, rows = s->out_width * (t + 1) / tiles - x;
    call.a = begun->a + x * begun->a_stride;
    call.c = begun->c + x * begun->ldc;
    FN(dk_across)(vectors, rows, &call);
  }
}

// Rows begin ..< end of the results for one picture; `kernel` is packed, panel after panel.
static TARGET void FN(slide)(const slide *s, long begin, long end, const REAL *picture, const REAL *kernel,
                             REAL *result, REAL *band) {
  const long steps = s->taps_x * s->channels, most = slide_band(s, sizeof(REAL));
  if (s->taps_y * steps == 0) {
    for (long y = begin; y < end; y++)
      for (long x = 0; x < s->out_width; x++)
        memset(result + y * s->row_step + x * s->pixel_step, 0, (size_t)s->out_channels * sizeof(REAL));
    return;
  }
  // Passes over the kernel: several rows of the window at once or, if they are long, parts of one row.
  const long runs = steps < DEPTH ? DEPTH / steps : 1, stretch = smaller(steps, DEPTH);
  for (long first = begin; first < end; first += most) {
    const long rows = smaller(most, end - first);
    long a_run;
    const REAL *padded = FN(pad)(s, first, rows, picture, band, &a_run);
    for (long panel = 0, at = 0; panel < FN(panels)(s->out_channels); panel++) {
      const long vectors = FN(panel_vectors)(s->out_channels, panel);
      const REAL *b = kernel + at * s->taps_y * steps;
      FN(tile_call) call = {.a_stride = s->stride_x * s->channels, .a_run = a_run, .b_step = vectors * LANES,
                            .b_run = steps * vectors * LANES, .ldc = s->pixel_step};
      call.last = smaller(LANES, s->out_channels - at - (vectors - 1) * LANES);
      for (long i = 0; i < s->taps_y; i += runs)
        for (long q = 0; q < steps; q += stretch)
          for (long y = 0; y < rows; y++) {
            // Rows of the window above and below the picture add nothing.
            const long top = (first + y) * s->stride_y - s->pad_y;
            const long from = larger(i, -top), until = smaller(smaller(i + runs, s->taps_y), s->height - top);
            call.runs = larger(0, until - from);
            call.k = smaller(stretch, steps - q);
            call.a = padded + (y * s->stride_y + from) * a_run + q;
            call.b = b + (from * steps + q) * vectors * LANES;
            call.c = result + (first + y) * s->row_step + at;
            call.adds = i > 0 || q > 0;
            FN(row)(s, vectors, &call);
          }
      at += vectors * LANES;
    }
  }
}

static TARGET void FN(convolve)(const dk_window *w, long begin, long end, const REAL *picture, const REAL *kernel,
                                REAL *result) {
  const slide s = forward(w);
  const long outs = s.out_channels, depth = s.taps_y * s.taps_x * s.channels;
  if (begin >= end || s.out_width <= 0 || outs <= 0) return;
  const long rows = smaller(slide_band(&s, sizeof(REAL)), w->out_height), packed_size = depth * rounded_up(outs, LANES);
  REAL *packed = dk_thread_scratch((size_t)(packed_size + FN(band_elements)(&s, rows)) * sizeof(REAL));
  for (long panel = 0, at = 0; panel < FN(panels)(outs); panel++) {
    const long padded = FN(panel_vectors)(outs, panel) * LANES;
    FN(pack)(0, kernel + at, outs, depth, smaller(padded, outs - at), padded, packed + at * depth);
    at += padded;
  }
  const long picture_size = s.height * s.width * s.channels, result_size = w->out_height * s.row_step;
  for (long at = begin; at < end;) {
    const long one = at / w->out_height, y = at % w->out_height, until = smaller(w->out_height, y + end - at);
    FN(slide)
    (&s, y, until, picture + one * picture_size, packed, result + one * result_size, packed + packed_size);
    at += until - y;
  }
}

#include "convolve_picture.body.h"
#include "convolve_kernel.body.h"
#include "untile.body.h"
