#include "dk_gemm.h"

#include <string.h>

#include "dk_pool.h"

// Greatest depth of one pass over k.
enum { DEPTH = 512 };

// Bytes of a block of B: it stays in a level-2 cache while all rows of A pass, beside a strip of them.
enum { BLOCK_BYTES = 384 << 10 };

// Elements in a line of cache.
#define LINE ((long)(64 / sizeof(REAL)))

#define BODY "gemm.body.h"

#define REAL float
#define FN(f) NAME(DK_CAT(f, _f32))
#include "targets.h"
void dk_gemm_f32(dk_path path, int transpose_a, int transpose_b, long m, long n, long k, const float *a, long lda,
                 const float *b, long ldb, float *c, long ldc, int accumulate) {
  DISPATCH(path, gemm_f32, transpose_a, transpose_b, m, n, k, a, lda, b, ldb, c, ldc, accumulate);
}
#undef REAL
#undef FN

#define REAL double
#define FN(f) NAME(DK_CAT(f, _f64))
#include "targets.h"
void dk_gemm_f64(dk_path path, int transpose_a, int transpose_b, long m, long n, long k, const double *a, long lda,
                 const double *b, long ldb, double *c, long ldc, int accumulate) {
  DISPATCH(path, gemm_f64, transpose_a, transpose_b, m, n, k, a, lda, b, ldb, c, ldc, accumulate);
}
#undef REAL
#undef FN
