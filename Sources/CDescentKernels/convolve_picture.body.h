// The transpose of a convolution in the picture: again a convolution, of the result by the kernel turned round, with
// inputs and outputs exchanged. With a stride, the pixels of the picture fall into stride_y × stride_x phases, each of
// which sees its own part of the kernel's taps at stride one.

// One dimension of a phase: taps first, first + stride, … of the kernel, pixels offset, offset + stride, ….
typedef struct {
  long first, taps, offset, count, pad;
} FN(phase);

static FN(phase) FN(phase_of)(long index, long stride, long kernel, long pad, long size) {
  FN(phase) p;
  p.first = index;
  p.taps = index < kernel ? (kernel - index + stride - 1) / stride : 0;
  p.offset = remainder_of(index - pad, stride);
  p.count = p.offset < size ? (size - p.offset + stride - 1) / stride : 0;
  // Pixel `offset` takes tap `first` from result (offset + pad − first) / stride, the other taps from those before.
  p.pad = p.taps - 1 - (p.offset + pad - index) / stride;
  return p;
}

static slide FN(phase_slide)(const dk_window *w, FN(phase) y, FN(phase) x) {
  return (slide){w->out_height, w->out_width, w->out_channels, y.taps, x.taps, 1, 1, y.pad, x.pad, x.count,
                 w->channels,   w->stride_y * w->width * w->channels, w->stride_x * w->channels};
}

// Packs one phase of the kernel, turned round.
static TARGET void FN(pack_phase)(const dk_window *w, FN(phase) py, FN(phase) px, const REAL *kernel, REAL *packed) {
  const long inputs = w->channels, outputs = w->out_channels, depth = py.taps * px.taps * outputs;
  for (long panel = 0, at = 0; panel < FN(panels)(inputs); panel++) {
    const long padded = FN(panel_vectors)(inputs, panel) * LANES;
    REAL *to = packed + at * depth;
    for (long y = py.taps - 1; y >= 0; y--)
      for (long x = px.taps - 1; x >= 0; x--, to += outputs * padded) {
        const long tap = (py.first + y * w->stride_y) * w->kernel_width + px.first + x * w->stride_x;
        FN(pack)
        (1, kernel + (tap * inputs + at) * outputs, outputs, outputs, smaller(padded, inputs - at), padded, to);
      }
    at += padded;
  }
}

static TARGET void FN(convolve_picture)(const dk_window *w, long begin, long end, const REAL *result,
                                        const REAL *kernel, REAL *picture) {
  if (begin >= end || w->width <= 0 || w->channels <= 0) return;
  const long taps = w->kernel_height * w->kernel_width;
  const long packed_size = taps * w->out_channels * rounded_up(w->channels, LANES);
  long band_size = 0;
  for (long iy = 0; iy < w->stride_y; iy++)
    for (long ix = 0; ix < w->stride_x; ix++) {
      const slide s = FN(phase_slide)(w, FN(phase_of)(iy, w->stride_y, w->kernel_height, w->pad_y, w->height),
                                      FN(phase_of)(ix, w->stride_x, w->kernel_width, w->pad_x, w->width));
      band_size = larger(band_size, FN(band_elements)(&s, smaller(slide_band(&s, sizeof(REAL)), w->height)));
    }
  REAL *packed = dk_thread_scratch((size_t)(packed_size + band_size) * sizeof(REAL)), *band = packed + packed_size;
  const long result_size = w->out_height * w->out_width * w->out_channels;
  const long row_size = w->width * w->channels;
  for (long iy = 0; iy < w->stride_y; iy++)
    for (long ix = 0; ix < w->stride_x; ix++) {
      const FN(phase) py = FN(phase_of)(iy, w->stride_y, w->kernel_height, w->pad_y, w->height);
      const FN(phase) px = FN(phase_of)(ix, w->stride_x, w->kernel_width, w->pad_x, w->width);
      if (py.count <= 0 || px.count <= 0) continue;
      const slide s = FN(phase_slide)(w, py, px);
      FN(pack_phase)(w, py, px, kernel, packed);
      for (long at = begin; at < end;) {
        const long one = at / w->height, row = at % w->height, until = smaller(w->height, row + end - at);
        const long first = larger(0, (row - py.offset + w->stride_y - 1) / w->stride_y);
        const long last = until > py.offset ? (until - py.offset + w->stride_y - 1) / w->stride_y : 0;
        if (first < last)
          FN(slide)
        (&s, first, last, result + one * result_size, packed,
         picture + (one * w->height + py.offset) * row_size + px.offset * w->channels, band);
        at += until - row;
      }
    }
}
