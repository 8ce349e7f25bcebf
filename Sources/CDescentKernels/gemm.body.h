// Matrix products for one element type and one instruction set.
//
// C is computed in tiles of MR rows by NV vectors that stay in registers while k runs. Columns of B are read in place
// where they are contiguous and few rows share them, else from a packed panel.

#include "tile.body.h"
#include "pack.body.h"

#if VECTOR_BYTES == 64
#define MR 8
#else
#define MR 4
#endif

// All rows of one panel of columns.
static inline __attribute__((always_inline)) TARGET void FN(panel)(const int vectors, long m, long k, const REAL *a,
                                                                   long a_row, long a_step, const REAL *b,
                                                                   long b_step, REAL *c, long ldc, int accumulate) {
  long i = 0;
  for (; i + MR <= m; i += MR)
    FN(tile)(MR, MR, vectors, 1, k, a + i * a_row, a_row, 0, a_step, 0, b, b_step, 0, c + i * ldc, ldc, accumulate);
  for (; i + 2 <= m; i += 2)
    FN(tile)(2, 2, vectors, 1, k, a + i * a_row, a_row, 0, a_step, 0, b, b_step, 0, c + i * ldc, ldc, accumulate);
  for (; i < m; i++)
    FN(tile)(1, 1, vectors, 1, k, a + i * a_row, a_row, 0, a_step, 0, b, b_step, 0, c + i * ldc, ldc, accumulate);
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
#include "untile.body.h"
