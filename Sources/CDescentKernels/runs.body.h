// Sums and maxima of neighbouring elements, for one element type and instruction set.

// Sixteen running sums, enough to hide the latency of an addition, added in a fixed tree: the same result on every
// instruction set.
static TARGET double FN(sum_run)(int64_t n, const REAL *x) {
  double lane[16] = {0};
  int64_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (int j = 0; j < 16; j++) lane[j] += x[i + j];
  for (int j = 0; i < n; i++, j++) lane[j] += x[i];
  for (int width = 8; width > 0; width /= 2)
    for (int j = 0; j < width; j++) lane[j] += lane[j + width];
  return lane[0];
}

static TARGET REAL FN(max_run)(int64_t n, const REAL *x) {
  REAL lane[16];
  for (int j = 0; j < 16; j++) lane[j] = x[0];
  int64_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (int j = 0; j < 16; j++) lane[j] = x[i + j] > lane[j] || x[i + j] != x[i + j] ? x[i + j] : lane[j];
  for (int j = 0; i < n; i++, j++) lane[j] = x[i] > lane[j] || x[i] != x[i] ? x[i] : lane[j];
  REAL best = lane[0];
  for (int j = 1; j < 16; j++) best = lane[j] > best || lane[j] != lane[j] ? lane[j] : best;
  return best;
}
