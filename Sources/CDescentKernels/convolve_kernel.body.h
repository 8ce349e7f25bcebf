// The transpose of a convolution in the kernel: sums over all the pixels of products of a place under the window and an
// output. Tiles of neighbouring places × outputs stay in registers over a band of pixels, and go on from there in the
// next one: every element is summed in the order of the pixels.

// Copies the columns of a panel that does not fill its vectors.
static TARGET void FN(pack_outputs)(long pixels, long outputs, long width, long padded, const REAL *from, REAL *to) {
  for (long p = 0; p < pixels; p++, from += outputs, to += padded) {
    for (long q = 0; q < width; q++) to[q] = from[q];
    for (long q = width; q < padded; q++) to[q] = 0;
  }
}

// Adds what a band of `rows` rows of results, the first of them `first`, says to rows begin ..< end of one panel of the
// kernel.
static TARGET void FN(gather)(const slide *s, long vectors, long begin, long end, long first, long rows,
                              const REAL *padded, long a_run, const REAL *b, long b_step, REAL *c, long ldc,
                              int adds) {
  const long per = s->taps_x * s->channels, a_step = s->stride_x * s->channels, b_run = s->out_width * b_step;
  const long tallest = vectors == 1 ? TALLEST : vectors == 2 ? TALLEST2 : TALLEST3;
  for (long at = begin; at < end;) {
    const long i = at / per, q = at % per, left = smaller(per - q, end - at);
    if (per < SHORTEST) {
      const long groups = q > 0 || vectors > 1 ? 1 : smaller(smaller((end - at) / per, tallest / per), 3);
      if (groups > 1) {
        FN(down_grouped)
        (per, groups, rows, s->out_width, padded + i * a_run, a_run, a_step, s->stride_y * a_run, b, b_step,
         c + at * ldc, ldc, adds);
      } else {
        FN(down)
        (vectors, left, rows, s->out_width, padded + i * a_run + q, a_step, s->stride_y * a_run, b, b_step,
         c + at * ldc, ldc, adds);
      }
      at += groups > 1 ? groups * per : left;
      continue;
    }
    // Only the results that see row i of the window inside the picture.
    const long above = s->pad_y - i - first * s->stride_y, below = above + s->height;
    const long from = above > 0 ? (above + s->stride_y - 1) / s->stride_y : 0;
    const long until = smaller(rows, below > 0 ? (below + s->stride_y - 1) / s->stride_y : 0);
    const long tiles = (left + tallest - 1) / tallest;
    for (long t = 0; t < tiles; t++) {
      const long r = left * t / tiles, n = left * (t + 1) / tiles - r;
      FN(down)
      (vectors, n, larger(0, until - from), s->out_width, padded + (from * s->stride_y + i) * a_run + q + r, a_step,
       s->stride_y * a_run, b + from * b_run, b_step, c + (at + r) * ldc, ldc, adds);
    }
    at += left;
  }
}

static TARGET void FN(convolve_kernel)(const dk_window *w, long begin, long end, const REAL *picture,
                                       const REAL *result, REAL *kernel) {
  const slide s = forward(w);
  const long outs = s.out_channels, last = outs / LANES * LANES, ragged = outs - last;
  if (begin >= end || outs <= 0) return;
  if (w->batch <= 0 || w->out_height <= 0 || s.out_width <= 0) {
    memset(kernel + begin * outs, 0, (size_t)((end - begin) * outs) * sizeof(REAL));
    return;
  }
  const long band = smaller(slide_band(&s, sizeof(REAL)), w->out_height);
  const long pixels = band * s.out_width, band_size = FN(band_elements)(&s, band);
  // Beside the band: the columns that do not fill a vector, of the results and of the kernel.
  const long aside = ragged ? LANES : 0;
  REAL *padded = dk_thread_scratch((size_t)(band_size + (pixels + end - begin) * aside) * sizeof(REAL));
  REAL *columns = padded + band_size, *sums = columns + pixels * aside;
  for (long one = 0; one < w->batch; one++)
    for (long y = 0; y < w->out_height; y += band) {
      const long rows = smaller(band, w->out_height - y);
      const REAL *b = result + (one * w->out_height + y) * s.row_step;
      const int adds = one > 0 || y > 0;
      long a_run;
      const REAL *a = FN(pad)(&s, y, rows, picture + one * s.height * s.width * s.channels, padded, &a_run);
      const long vectors = last / LANES, panels = (vectors + NV - 1) / NV;
      for (long panel = 0; panel < panels; panel++) {
        const long at = vectors * panel / panels;
        FN(gather)
        (&s, vectors * (panel + 1) / panels - at, begin, end, y, rows, a, a_run, b + at * LANES, outs,
         kernel + at * LANES, outs, adds);
      }
      if (ragged) {
        FN(pack_outputs)(rows * s.out_width, outs, ragged, LANES, b + last, columns);
        FN(gather)(&s, 1, begin, end, y, rows, a, a_run, columns, LANES, sums - begin * LANES, LANES, adds);
      }
    }
  for (long r = begin; ragged && r < end; r++)
    memcpy(kernel + r * outs + last, sums + (r - begin) * LANES, (size_t)ragged * sizeof(REAL));
}
