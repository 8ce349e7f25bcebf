#define _GNU_SOURCE
#include "COneDNN.h"

#include <dlfcn.h>

#if __has_include(<oneapi/dnnl/dnnl.h>)
#include <oneapi/dnnl/dnnl.h>
#elif __has_include(<dnnl.h>)
#include <dnnl.h>
#else
#error "oneDNN is missing. Install it: apt-get install libdnnl-dev (Debian, Ubuntu) or brew install onednn (macOS)."
#endif

int onednn_version_number(void) {
  const dnnl_version_t *version = dnnl_version();
  return version->major * 10000 + version->minor * 100 + version->patch;
}

static void use_one_thread(void) {
  static _Thread_local int done;
  if (done) return;
  done = 1;
  // Present only in builds of oneDNN that run on OpenMP, so looked up rather than linked.
  void (*set_threads)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (set_threads) set_threads(1);
}

int onednn_product(int transpose_a, int transpose_b, long m, long n, long k, const float *a, long lda, const float *b,
                   long ldb, float *c, long ldc) {
  use_one_thread();
  return dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', m, n, k, 1, a, lda, b, ldb, 0, c, ldc) ==
         dnnl_success;
}
