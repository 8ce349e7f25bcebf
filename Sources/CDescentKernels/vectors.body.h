// Dot products and sums of whole vectors; see dk_vectors.h.

TARGET static double FN(dot)(int64_t count, const REAL *restrict a, const REAL *restrict b) {
  // Sixteen sums side by side: enough to hide the latency of an addition.
  double sums[16] = {0};
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) {
    for (int lane = 0; lane < 16; lane++) sums[lane] += (double)a[i + lane] * (double)b[i + lane];
  }
  for (int lane = 0; i + lane < count; lane++) sums[lane] += (double)a[i + lane] * (double)b[i + lane];
  for (int width = 8; width > 0; width /= 2) {
    for (int lane = 0; lane < width; lane++) sums[lane] += sums[lane + width];
  }
  return sums[0];
}

TARGET static void FN(add_scaled)(int64_t count, REAL factor, const REAL *restrict x, REAL *restrict y) {
  for (int64_t i = 0; i < count; i++) y[i] += factor * x[i];
}

TARGET static void FN(scale)(int64_t count, REAL factor, const REAL *x, REAL *y) {
  for (int64_t i = 0; i < count; i++) y[i] = factor * x[i];
}

TARGET static void FN(multiply)(int64_t count, const REAL *a, const REAL *b, REAL *y) {
  for (int64_t i = 0; i < count; i++) y[i] = a[i] * b[i];
}
