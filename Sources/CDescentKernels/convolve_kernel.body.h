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
// kernel; `band` begins at the padded picture, the results and row 0 of the kernel.
static TARGET void FN(gather)(const slide *s, long vectors, long begin, long end, long first, long rows,
                              const FN(tile_call) * band) {
  const long per = s->taps_x * s->channels, a_run = band->a_run, tallest = FN(tallest)(vectors);
  for (long at = begin; at < end;) {
    const long i = at / per, q = at % per, left = smaller(per - q, end - at);
    FN(tile_call) call = *band;
    call.a_run = s->stride_y * a_run;
    if (per < SHORTEST && q == 0 && vectors == 1 && end - at >= 2 * per) {
      const long groups = smaller(smaller((end - at) / per, tallest / per), 3);
      call.runs = rows;
      call.a = band->a + i * a_run;
      call.c = band->c + at * call.ldc;
      FN(dk_down_grouped)(per, groups, a_run, &call);
      at += groups * per;
      continue;
    }
    // Only the results that see row i of the window inside the picture; all of them where groups are formed, so that
    // the sums are the same.
    const long above = s->pad_y - i - first * s->stride_y, below = above + s->height;
    const long from = per >= SHORTEST && above > 0 ? (above + s->stride_y - 1) / s->stride_y : 0;
    const long until = per < SHORTEST ? rows : smaller(rows, below > 0 ? (below + s->stride_y - 1) / s->stride_y : 0);
    const long tiles = (left + tallest - 1) / tallest;
    call.runs = larger(0, until - from);
    call.b = band->b + from * call.b_run;
    for (long t = 0; t < tiles; t++) {
      const long r = left * t / tiles, n = left * (t + 1) / tiles - r;
      call.a = band->a + (from * s->stride_y + i) * a_run + q + r;
      call.c = band->c + (at + r) * call.ldc;
      FN(dk_down)(vectors, n, &call);
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
  // Beside the band: the columns of the results that do not fill a vector.
  REAL *padded = dk_thread_scratch((size_t)(band_size + (ragged ? pixels * LANES : 0)) * sizeof(REAL));
  REAL *columns = padded + band_size;
  FN(tile_call) call = {.k = s.out_width, .a_stride = s.stride_x * s.channels, .ldc = outs, .ahead = picture};
  for (long one = 0; one < w->batch; one++)
    for (long y = 0; y < w->out_height; y += band) {
      const long rows = smaller(band, w->out_height - y), panels = FN(panels)(last);
      const REAL *b = result + (one * w->out_height + y) * s.row_step;
      call.a = FN(pad)(&s, y, rows, picture + one * s.height * s.width * s.channels, padded, &call.a_run);
      call.adds = one > 0 || y > 0;
      call.b_step = outs;
      call.b_run = s.row_step;
      call.last = LANES;
      for (long panel = 0; panel < panels; panel++) {
        call.b = b + panel * 2 * LANES;
        call.c = kernel + panel * 2 * LANES;
        FN(gather)(&s, FN(panel_vectors)(last, panel), begin, end, y, rows, &call);
      }
      if (ragged) {
        FN(pack_outputs)(rows * s.out_width, outs, ragged, LANES, b + last, columns);
        call.b = columns;
        call.b_step = LANES;
        call.b_run = s.out_width * LANES;
        call.c = kernel + last;
        call.last = ragged;
        FN(gather)(&s, 1, begin, end, y, rows, &call);
      }
    }
}
