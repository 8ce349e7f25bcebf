#ifndef DK_GEMM_H
#define DK_GEMM_H
#include "dk_cpu.h"

/// C = op(A)·op(B), or C += op(A)·op(B) if `accumulate`, all row-major.
///
/// op(A) is `m`×`k`, op(B) is `k`×`n`; `lda`, `ldb`, `ldc` are the row strides of the matrices as stored, in elements.
/// Meant for small and medium products; sums over k in order for each element of C, so results do not depend on the
/// way the work is split over rows or columns.
void dk_gemm_f32(dk_path path, int transpose_a, int transpose_b, long m, long n, long k, const float *a, long lda,
                 const float *b, long ldb, float *c, long ldc, int accumulate);

/// The same in double precision.
void dk_gemm_f64(dk_path path, int transpose_a, int transpose_b, long m, long n, long k, const double *a, long lda,
                 const double *b, long ldb, double *c, long ldc, int accumulate);

#endif
