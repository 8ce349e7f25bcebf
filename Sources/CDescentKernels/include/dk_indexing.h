#ifndef DK_INDEXING_H
#define DK_INDEXING_H
#include <stdint.h>

#include "dk_cpu.h"

/// Row i of the result is row indices[i] of `table` (`rows` × `columns`), for the indices `begin` ..< `end`. An index
/// outside 0 ..< rows gives NaN.
void dk_gather_f32(dk_path path, int64_t rows, int64_t columns, int64_t begin, int64_t end, const float *table,
                   const int32_t *indices, float *result);
void dk_gather_f64(dk_path path, int64_t rows, int64_t columns, int64_t begin, int64_t end, const double *table,
                   const int32_t *indices, double *result);

/// The transpose of gathering: row r of the result (`rows` × `columns`) is the sum of the rows of `values` (`count` ×
/// `columns`) whose index is r, in their order; for the columns `begin` ..< `end`. Indices outside 0 ..< rows add nothing.
void dk_scatter_f32(dk_path path, int64_t rows, int64_t columns, int64_t count, int64_t begin, int64_t end,
                    const int32_t *indices, const float *values, float *result);
void dk_scatter_f64(dk_path path, int64_t rows, int64_t columns, int64_t count, int64_t begin, int64_t end,
                    const int32_t *indices, const double *values, double *result);

#endif
