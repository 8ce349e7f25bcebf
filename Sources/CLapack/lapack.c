#define _GNU_SOURCE
#include "CLapack.h"

#include <dlfcn.h>
#include <pthread.h>

// LAPACK's own names and 32-bit integers, which OpenBLAS and Accelerate share; column-major, so that our rows are its
// columns.
void dsyevd_(const char *job, const char *half, const int *n, double *a, const int *lda, double *values, double *work,
             const int *lwork, int *iwork, const int *liwork, int *info);
void ssyevd_(const char *job, const char *half, const int *n, float *a, const int *lda, float *values, float *work,
             const int *lwork, int *iwork, const int *liwork, int *info);
void dgeqrf_(const int *m, const int *n, double *a, const int *lda, double *tau, double *work, const int *lwork,
             int *info);
void sgeqrf_(const int *m, const int *n, float *a, const int *lda, float *tau, float *work, const int *lwork,
             int *info);
void dorgqr_(const int *m, const int *n, const int *k, double *a, const int *lda, const double *tau, double *work,
             const int *lwork, int *info);
void sorgqr_(const int *m, const int *n, const int *k, float *a, const int *lda, const float *tau, float *work,
             const int *lwork, int *info);

// Columns that a blocked QR takes at a time, at most.
enum { BLOCK = 64 };

static int fits(long n) { return n > 0 && n <= 16384; }

// OpenBLAS built for one thread hands out its buffers without a lock: two callers at once may get the same one.
static pthread_mutex_t library = PTHREAD_MUTEX_INITIALIZER;

static void enter_library(void) {
  static int done;
  pthread_mutex_lock(&library);
  if (done) return;
  done = 1;
  // Present only where OpenBLAS is built for threads; this project divides work over its own.
  void (*set_threads)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "openblas_set_num_threads");
  if (set_threads) set_threads(1);
}

static void leave_library(void) { pthread_mutex_unlock(&library); }

static long integers(long n) { return 3 + 5 * n; }

// The integers stand behind the numbers, one to an element.
long clapack_eigen_workspace(long n) { return 1 + 6 * n + 2 * n * n + integers(n); }

long clapack_orthonormalise_workspace(long n) { return n + BLOCK * n; }

#define EIGEN(name, real, routine)                                                                          \
  int name(long n, real *a, real *values, real *work) {                                                     \
    if (!fits(n)) return -1;                                                                                \
    enter_library();                                                                                        \
    int size = (int)n, numbers = (int)(1 + 6 * n + 2 * n * n), count = (int)integers(n), info = 0;          \
    /* Row-major lower is column-major upper. */                                                            \
    routine("V", "U", &size, a, &size, values, work, &numbers, (int *)(work + numbers), &count, &info);     \
    leave_library();                                                                                        \
    return info;                                                                                            \
  }

EIGEN(clapack_eigen_f64, double, dsyevd_)
EIGEN(clapack_eigen_f32, float, ssyevd_)

#define ORTHONORMALISE(name, real, factor, generate)                                   \
  int name(long n, real *a, real *work) {                                              \
    if (!fits(n)) return -1;                                                           \
    enter_library();                                                                   \
    int size = (int)n, numbers = (int)(BLOCK * n), info = 0;                           \
    factor(&size, &size, a, &size, work, work + n, &numbers, &info);                   \
    if (info == 0) generate(&size, &size, &size, a, &size, work, work + n, &numbers, &info); \
    leave_library();                                                                   \
    return info;                                                                       \
  }

ORTHONORMALISE(clapack_orthonormalise_f64, double, dgeqrf_, dorgqr_)
ORTHONORMALISE(clapack_orthonormalise_f32, float, sgeqrf_, sorgqr_)
