// What matrix products and convolutions share, for one element type and one instruction set: a tile of the result that
// stays in registers, and panels of columns packed for it.

#define LANES ((long)(VECTOR_BYTES / sizeof(REAL)))

// The widest tile, in vectors, and the most rows of tiles one, two and three vectors wide that registers hold.
#if VECTOR_BYTES == 64
#define NV 3
#define TALLEST 14
#define TALLEST2 14
#define TALLEST3 9
#elif VECTOR_BYTES == 32
#define NV 3
#define TALLEST 8
#define TALLEST2 6
#define TALLEST3 4
#else
#define NV 2
#define TALLEST 8
#define TALLEST2 4
#define TALLEST3 0
#endif

#define INLINE static inline __attribute__((always_inline)) TARGET

typedef REAL FN(vec) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(REAL))));

// C = Σ A·B or C += Σ A·B over `runs` stretches of k steps each. `rows` and `vectors` are constants at every call, so
// the loops over them unroll and the sums live in registers. Rows of A come in groups of `group` (a constant too), each
// `a_group` after the one before.
INLINE void FN(tile)(const int rows, const int group, const int vectors, long runs, long k, const REAL *a, long a_row,
                     long a_group, long a_step, long a_run, const REAL *b, long b_step, long b_run, REAL *c, long ldc,
                     int accumulate) {
  FN(vec) sum[TALLEST][NV];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++)
      sum[i][j] = accumulate ? *(const FN(vec) *)(c + i * ldc + j * LANES) : (FN(vec)){0};
  for (long run = 0; run < runs; run++) {
    const REAL *ap = a + run * a_run, *bp = b + run * b_run;
    for (long p = 0; p < k; p++, ap += a_step, bp += b_step) {
      FN(vec) column[NV];
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) column[j] = *(const FN(vec) *)(bp + j * LANES);
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++) {
        const REAL factor = ap[i / group * a_group + i % group * a_row];
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) sum[i][j] += factor * column[j];
      }
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) *(FN(vec) *)(c + i * ldc + j * LANES) = sum[i][j];
}
