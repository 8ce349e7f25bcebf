#include "dk_program.h"

#include "dk_gemm.h"
#include "dk_indexing.h"
#include "dk_random.h"

// Work below which a second thread costs more than it saves, in multiply-adds or elements.
enum { PARALLEL_PRODUCTS = 2000000, PARALLEL_ELEMENTS = 65536 };

static int64_t part_begin(int64_t count, int64_t unit, int part, int parts) {
  const int64_t units = (count + unit - 1) / unit;
  const int64_t at = units * part / parts * unit;
  return at < count ? at : count;
}

static int64_t convolve_units(int part, const dk_window *w) {
  switch (part) {
    case DK_CONVOLVE_RESULT:
      return w->batch * w->out_height;
    case DK_CONVOLVE_PICTURE:
      return w->batch * w->height;
    default:
      return w->kernel_height * w->kernel_width * w->channels;
  }
}

static int64_t window_units(int part, const dk_window *w) {
  return part == DK_WINDOW_PLACE || part == DK_WINDOW_SPREAD ? w->batch : w->batch * w->out_height;
}

static int library_or_own_gemm_f32(const dk_machine *machine, int ta, int tb, long m, long n, long k, const float *a,
                                   long lda, const float *b, long ldb, float *c, long ldc) {
  if (machine->library_gemm && machine->library_gemm(ta, tb, m, n, k, a, lda, b, ldb, c, ldc)) return 1;
  dk_gemm_f32(machine->path, ta, tb, m, n, k, a, lda, b, ldb, c, ldc, 0);
  return 1;
}

static int library_or_own_gemm_f64(const dk_machine *machine, int ta, int tb, long m, long n, long k, const double *a,
                                   long lda, const double *b, long ldb, double *c, long ldc) {
  dk_gemm_f64(machine->path, ta, tb, m, n, k, a, lda, b, ldb, c, ldc, 0);
  return 1;
}

#define REAL float
#define FN(f) f##_f32
#include "program.body.h"
#undef REAL
#undef FN

#define REAL double
#define FN(f) f##_f64
#include "program.body.h"
#undef REAL
#undef FN
