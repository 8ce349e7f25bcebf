#ifndef C_LAPACK_H
#define C_LAPACK_H

/// Elements of workspace that a factorisation of an `n`×`n` matrix asks for, in its own type.
long clapack_eigen_workspace(long n);
long clapack_orthonormalise_workspace(long n);

/// Eigen-decomposition of the symmetric row-major `a`, of which the lower triangle is read: eigenvalues ascending into
/// `values`, and row i of `a` becomes the eigenvector of value i. 0 if all went well; otherwise `a` holds anything.
int clapack_eigen_f64(long n, double *a, double *values, double *work);
int clapack_eigen_f32(long n, float *a, float *values, float *work);

/// Replaces the rows of the row-major `a` by orthonormal ones, each from the span of itself and those above it: Qᵀ of
/// the QR factorisation of aᵀ by Householder reflections. 0 if all went well.
int clapack_orthonormalise_f64(long n, double *a, double *work);
int clapack_orthonormalise_f32(long n, float *a, float *work);

#endif
