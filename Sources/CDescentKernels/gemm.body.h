// Matrix products for one element type and one instruction set.
//
// C is computed in tiles of MR rows by NV vectors that stay in registers while k runs. Columns of B are read in place
// where they are contiguous and few rows share them, else from a packed panel.

#if VECTOR_BYTES == 64
#define MR 8
#define NV 3
#elif VECTOR_BYTES == 32
#define MR 4
#define NV 3
#else
#define MR 4
#define NV 2
#endif
#define LANES ((long)(VECTOR_BYTES / sizeof(REAL)))

typedef REAL FN(vec) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(REAL))));

// `rows` and `vectors` are constants at every call, so the loops over them unroll and the sums live in registers.
static inline __attribute__((always_inline)) TARGET void FN(tile)(const int rows, const int vectors, long k,
                                                                  const REAL *a, long a_row, long a_step,
                                                                  const REAL *b, long b_step, REAL *c, long ldc,
                                                                  int accumulate) {
  FN(vec) sum[MR][NV];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++)
      sum[i][j] = accumulate ? *(const FN(vec) *)(c + i * ldc + j * LANES) : (FN(vec)){0};
  for (long p = 0; p < k; p++) {
    FN(vec) column[NV];
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) column[j] = *(const FN(vec) *)(b + p * b_step + j * LANES);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      const REAL factor = a[i * a_row + p * a_step];
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) sum[i][j] += factor * column[j];
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) *(FN(vec) *)(c + i * ldc + j * LANES) = sum[i][j];
}

// All rows of one panel of columns.
static inline __attribute__((always_inline)) TARGET void FN(panel)(const int vectors, long m, long k, const REAL *a,
                                                                   long a_row, long a_step, const REAL *b,
                                                                   long b_step, REAL *c, long ldc, int accumulate) {
  long i = 0;
  for (; i + MR <= m; i += MR)
    FN(tile)(MR, vectors, k, a + i * a_row, a_row, a_step, b, b_step, c + i * ldc, ldc, accumulate);
  for (; i + 2 <= m; i += 2)
    FN(tile)(2, vectors, k, a + i * a_row, a_row, a_step, b, b_step, c + i * ldc, ldc, accumulate);
  for (; i < m; i++)
    FN(tile)(1, vectors, k, a + i * a_row, a_row, a_step, b, b_step, c + i * ldc, ldc, accumulate);
}

static TARGET __attribute__((noinline)) void FN(panel1)(long m, long k, const REAL *a, long a_row, long a_step,
                                                        const REAL *b, long b_step, REAL *c, long ldc,
                                                        int accumulate) {
  FN(panel)(1, m, k, a, a_row, a_step, b, b_step, c, ldc, accumulate);
}

static TARGET __attribute__((noinline)) void FN(panel2)(long m, long k, const REAL *a, long a_row, long a_step,
                                                        const REAL *b, long b_step, REAL *c, long ldc,
                                                        int accumulate) {
  FN(panel)(2, m, k, a, a_row, a_step, b, b_step, c, ldc, accumulate);
}

#if NV == 3
static TARGET __attribute__((noinline)) void FN(panel3)(long m, long k, const REAL *a, long a_row, long a_step,
                                                        const REAL *b, long b_step, REAL *c, long ldc,
                                                        int accumulate) {
  FN(panel)(3, m, k, a, a_row, a_step, b, b_step, c, ldc, accumulate);
}
#endif

typedef REAL FN(quad) __attribute__((vector_size(4 * sizeof(REAL)), aligned(sizeof(REAL))));

// Transposes a block of four by four.
static inline __attribute__((always_inline)) TARGET void FN(turn)(const REAL *from, long from_row, REAL *to,
                                                                  long to_row) {
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
  long p = 0;
  for (; p + 4 <= k; p += 4) {
    long j = 0;
    for (; j + 4 <= width; j += 4) FN(turn)(b + j * ldb + p, ldb, panel + p * padded + j, padded);
    for (; j < padded; j++)
      for (int q = 0; q < 4; q++) panel[(p + q) * padded + j] = j < width ? b[j * ldb + p + q] : 0;
  }
  for (; p < k; p++)
    for (long j = 0; j < padded; j++) panel[p * padded + j] = j < width ? b[j * ldb + p] : 0;
}

// C = Aᵀ·B for few columns and many rows, as (Bᵀ·A)ᵀ: vectors then run along A's contiguous rows and are full.
static TARGET void FN(gemm_narrow)(long m, long n, long k, const REAL *a, long lda, const REAL *b, long ldb, REAL *c,
                                   long ldc, int accumulate) {
  const long width = NV * LANES;
  REAL *turned = dk_thread_scratch((size_t)(width * LANES) * sizeof(REAL));
  for (long i = 0; i < m; i += width) {
    const long columns = m - i < width ? (m - i) / LANES * LANES : width;
    if (columns < width) {
      // The last columns go vector by vector, the rest of them one by one.
      for (long q = 0; q < columns; q += LANES) FN(panel1)(n, k, b, 1, ldb, a + i + q, lda, turned + q, width, 0);
      for (long q = columns; q < m - i; q++)
        for (long j = 0; j < n; j++) {
          REAL sum = 0;
          for (long p = 0; p < k; p++) sum += a[p * lda + i + q] * b[p * ldb + j];
          c[(i + q) * ldc + j] = accumulate ? c[(i + q) * ldc + j] + sum : sum;
        }
    } else {
#if NV == 3
      FN(panel3)(n, k, b, 1, ldb, a + i, lda, turned, width, 0);
#else
      FN(panel2)(n, k, b, 1, ldb, a + i, lda, turned, width, 0);
#endif
    }
    for (long q = 0; q < columns; q++)
      for (long j = 0; j < n; j++)
        c[(i + q) * ldc + j] = accumulate ? c[(i + q) * ldc + j] + turned[j * width + q] : turned[j * width + q];
  }
}

static TARGET void FN(gemm)(int transpose_a, int transpose_b, long m, long n, long k, const REAL *a, long lda,
                            const REAL *b, long ldb, REAL *c, long ldc, int accumulate) {
  if (m <= 0 || n <= 0) return;
  if (k <= 0) {
    if (!accumulate)
      for (long i = 0; i < m; i++) memset(c + i * ldc, 0, (size_t)n * sizeof(REAL));
    return;
  }
  if (transpose_a && !transpose_b && n < LANES && m >= NV * LANES) {
    FN(gemm_narrow)(m, n, k, a, lda, b, ldb, c, ldc, accumulate);
    return;
  }
  const long a_row = transpose_a ? 1 : lda, a_step = transpose_a ? lda : 1;
  // A panel of a wide B is scattered over many pages; a small B is read in place.
  const int packs = transpose_b || (m > 64 && ldb * k > PACKED_FROM);
  REAL *scratch = dk_thread_scratch(((size_t)DEPTH * NV + MR) * (size_t)LANES * sizeof(REAL));
  REAL *edge = scratch + DEPTH * NV * LANES;
  for (long p = 0; p < k; p += DEPTH) {
    const long depth = k - p < DEPTH ? k - p : DEPTH;
    const int adds = accumulate || p > 0;
    const REAL *ap = a + p * a_step;
    for (long j = 0; j < n;) {
      const REAL *bp = transpose_b ? b + j * ldb + p : b + p * ldb + j;
      const long left = n - j;
      const long vectors = left >= NV * LANES ? NV : left / LANES;
      if (vectors == 0) {
        // Fewer columns than a vector: compute a padded tile aside and copy what is wanted.
        FN(pack)(transpose_b, bp, ldb, depth, left, LANES, scratch);
        for (long i = 0; i < m; i += MR) {
          const long rows = m - i < MR ? m - i : MR;
          // Begun from C, as in whole vectors, so that each element's sum runs on in one order.
          for (long r = 0; r < rows; r++)
            for (long q = 0; q < LANES; q++) edge[r * LANES + q] = adds && q < left ? c[(i + r) * ldc + j + q] : 0;
          FN(panel1)(rows, depth, ap + i * a_row, a_row, a_step, scratch, LANES, edge, LANES, 1);
          for (long r = 0; r < rows; r++)
            for (long q = 0; q < left; q++) c[(i + r) * ldc + j + q] = edge[r * LANES + q];
        }
        break;
      }
      long step = ldb;
      if (packs) {
        step = vectors * LANES;
        FN(pack)(transpose_b, bp, ldb, depth, step, step, scratch);
        bp = scratch;
      }
      switch (vectors) {
#if NV == 3
        case 3:
          FN(panel3)(m, depth, ap, a_row, a_step, bp, step, c + j, ldc, adds);
          break;
#endif
        case 2:
          FN(panel2)(m, depth, ap, a_row, a_step, bp, step, c + j, ldc, adds);
          break;
        default:
          FN(panel1)(m, depth, ap, a_row, a_step, bp, step, c + j, ldc, adds);
      }
      j += vectors * LANES;
    }
  }
}

#undef MR
#undef NV
#undef LANES
