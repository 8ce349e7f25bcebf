// Rows of a table by their numbers, for one element type and instruction set.

static TARGET void FN(gather)(int64_t rows, int64_t columns, int64_t begin, int64_t end, const REAL *table,
                              const int32_t *indices, REAL *result) {
  for (int64_t i = begin; i < end; i++) {
    REAL *out = result + i * columns;
    if (indices[i] >= 0 && indices[i] < rows) {
      memcpy(out, table + indices[i] * columns, (size_t)columns * sizeof(REAL));
    } else {
      for (int64_t c = 0; c < columns; c++) out[c] = (REAL)NAN;
    }
  }
}

static TARGET void FN(scatter)(int64_t rows, int64_t columns, int64_t count, int64_t begin, int64_t end,
                               const int32_t *indices, const REAL *values, REAL *result) {
  for (int64_t r = 0; r < rows; r++) memset(result + r * columns + begin, 0, (size_t)(end - begin) * sizeof(REAL));
  for (int64_t i = 0; i < count; i++) {
    if (indices[i] < 0 || indices[i] >= rows) continue;
    const REAL *value = values + i * columns;
    REAL *out = result + indices[i] * columns;
    for (int64_t c = begin; c < end; c++) out[c] += value[c];
  }
}
