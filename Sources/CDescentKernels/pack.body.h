// Panels of columns, packed for the tiles of tile.body.h.

typedef REAL FN(quad) __attribute__((vector_size(4 * sizeof(REAL)), aligned(sizeof(REAL))));

// Transposes a block of four by four.
INLINE void FN(turn)(const REAL *from, long from_row, REAL *to, long to_row) {
  const FN(quad) a = *(const FN(quad) *)from, b = *(const FN(quad) *)(from + from_row);
  const FN(quad) c = *(const FN(quad) *)(from + 2 * from_row), d = *(const FN(quad) *)(from + 3 * from_row);
  const FN(quad) ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const FN(quad) cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const FN(quad) ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const FN(quad) cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *(FN(quad) *)to = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
  *(FN(quad) *)(to + to_row) = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
  *(FN(quad) *)(to + 2 * to_row) = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
  *(FN(quad) *)(to + 3 * to_row) = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
}

// Copies `width` columns of op(B), zero-padded to `padded`, so that row p stands at panel + p·padded.
static TARGET void FN(pack)(int transpose_b, const REAL *b, long ldb, long k, long width, long padded, REAL *panel) {
  if (!transpose_b) {
    for (long p = 0; p < k; p++) {
      memcpy(panel + p * padded, b + p * ldb, (size_t)width * sizeof(REAL));
      for (long j = width; j < padded; j++) panel[p * padded + j] = 0;
    }
    return;
  }
  // Few rows of B at a time: they may lie so far apart that a cache holds no more lines of them.
  enum { TOGETHER = 16 };
  for (long first = 0; first < padded; first += TOGETHER) {
    const long end = first + TOGETHER < padded ? first + TOGETHER : padded;
    long p = 0;
    for (; p + 4 <= k; p += 4) {
      long j = first;
      for (; j + 4 <= end && j + 4 <= width; j += 4) FN(turn)(b + j * ldb + p, ldb, panel + p * padded + j, padded);
      for (; j < end; j++)
        for (int q = 0; q < 4; q++) panel[(p + q) * padded + j] = j < width ? b[j * ldb + p + q] : 0;
    }
    for (; p < k; p++)
      for (long j = first; j < end; j++) panel[p * padded + j] = j < width ? b[j * ldb + p] : 0;
  }
}
