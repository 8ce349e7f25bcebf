#include "dk_indexing.h"

#include <math.h>
#include <string.h>

#define BODY "indexing.body.h"

#define REAL float
#define FN(f) NAME(DK_CAT(f, _f32))
#include "targets.h"
void dk_gather_f32(dk_path path, int64_t rows, int64_t columns, int64_t begin, int64_t end, const float *table,
                   const int32_t *indices, float *result) {
  DISPATCH(path, gather_f32, rows, columns, begin, end, table, indices, result);
}
void dk_scatter_f32(dk_path path, int64_t rows, int64_t columns, int64_t count, int64_t begin, int64_t end,
                    const int32_t *indices, const float *values, float *result) {
  DISPATCH(path, scatter_f32, rows, columns, count, begin, end, indices, values, result);
}
#undef REAL
#undef FN

#define REAL double
#define FN(f) NAME(DK_CAT(f, _f64))
#include "targets.h"
void dk_gather_f64(dk_path path, int64_t rows, int64_t columns, int64_t begin, int64_t end, const double *table,
                   const int32_t *indices, double *result) {
  DISPATCH(path, gather_f64, rows, columns, begin, end, table, indices, result);
}
void dk_scatter_f64(dk_path path, int64_t rows, int64_t columns, int64_t count, int64_t begin, int64_t end,
                    const int32_t *indices, const double *values, double *result) {
  DISPATCH(path, scatter_f64, rows, columns, count, begin, end, indices, values, result);
}
#undef REAL
#undef FN
