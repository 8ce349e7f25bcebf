#include "dk_gemm.h"

#include <string.h>

#include "dk_pool.h"

// Depth of one pass over k: a packed panel of 48 columns then takes 96 KiB in float, well inside a level-2 cache.
enum { DEPTH = 512 };

// Elements of B from which its panels are packed.
enum { PACKED_FROM = 65536 };

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
