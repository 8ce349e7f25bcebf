#ifndef C_ONEDNN_H
#define C_ONEDNN_H

/// The version of the oneDNN library in use, as major·10000 + minor·100 + patch.
int onednn_version_number(void);

/// C = op(A)·op(B) in float, row-major, on the calling thread only; 0 if the library refuses.
///
/// oneDNN may run on OpenMP, whose thread count belongs to the calling thread: the first product on each thread sets
/// that count to one, since this project divides work over its own threads.
int onednn_product(int transpose_a, int transpose_b, long m, long n, long k, const float *a, long lda, const float *b,
                   long ldb, float *c, long ldc);

#endif
