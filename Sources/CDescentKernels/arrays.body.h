// Reductions, row functions and strided copies for one element type and instruction set.

#include "mathematics.body.h"
#include "runs.body.h"

static TARGET void FN(copy_row)(int64_t n, const REAL *source, int64_t source_stride, REAL *destination,
                                int64_t destination_stride) {
  if (destination_stride == 1 && source_stride == 1) {
    memcpy(destination, source, (size_t)n * sizeof(REAL));
  } else if (destination_stride == 1 && source_stride == 0) {
    const REAL value = *source;
    for (int64_t i = 0; i < n; i++) destination[i] = value;
  } else {
    for (int64_t i = 0; i < n; i++) destination[i * destination_stride] = source[i * source_stride];
  }
}

// Two innermost dimensions in square blocks, so that a transpose reads and writes whole cache lines.
static TARGET void FN(copy_plane)(int64_t rows, int64_t columns, const REAL *source, int64_t source_row,
                                  int64_t source_column, REAL *destination, int64_t destination_row,
                                  int64_t destination_column) {
  if (source_column == 1 || source_column == 0 || destination_column != 1) {
    for (int64_t r = 0; r < rows; r++)
      FN(copy_row)(columns, source + r * source_row, source_column, destination + r * destination_row,
                   destination_column);
    return;
  }
  enum { BLOCK = 16 };
  for (int64_t r0 = 0; r0 < rows; r0 += BLOCK) {
    const int64_t r1 = r0 + BLOCK < rows ? r0 + BLOCK : rows;
    for (int64_t c0 = 0; c0 < columns; c0 += BLOCK) {
      const int64_t c1 = c0 + BLOCK < columns ? c0 + BLOCK : columns;
      for (int64_t r = r0; r < r1; r++)
        for (int64_t c = c0; c < c1; c++)
          destination[r * destination_row + c] = source[r * source_row + c * source_column];
    }
  }
}

static TARGET void FN(copy)(const dk_walk *walk, const REAL *source, REAL *destination) {
  const int rank = walk->rank;
  if (rank == 0) {
    *destination = *source;
    return;
  }
  for (int d = 0; d < rank; d++)
    if (walk->sizes[d] <= 0) return;
  if (rank == 1) {
    FN(copy_row)(walk->sizes[0], source, walk->source_strides[0], destination, walk->destination_strides[0]);
    return;
  }
  int64_t index[DK_MAX_RANK] = {0};
  const int outer = rank - 2;
  for (;;) {
    FN(copy_plane)(walk->sizes[outer], walk->sizes[outer + 1], source, walk->source_strides[outer],
                   walk->source_strides[outer + 1], destination, walk->destination_strides[outer],
                   walk->destination_strides[outer + 1]);
    int d = outer - 1;
    for (; d >= 0; d--) {
      source += walk->source_strides[d];
      destination += walk->destination_strides[d];
      if (++index[d] < walk->sizes[d]) break;
      source -= walk->source_strides[d] * walk->sizes[d];
      destination -= walk->destination_strides[d] * walk->sizes[d];
      index[d] = 0;
    }
    if (d < 0) return;
  }
}

static TARGET void FN(reduce)(int maximum, int64_t middle, int64_t inner, int64_t begin, int64_t end,
                              const REAL *source, REAL *destination) {
  enum { BLOCK = 128 };
  if (inner == 1) {
    for (int64_t o = begin; o < end; o++) {
      const REAL *run = source + o * middle;
      destination[o] = middle == 0 ? 0 : maximum ? FN(max_run)(middle, run) : (REAL)FN(sum_run)(middle, run);
    }
    return;
  }
  for (int64_t at = begin; at < end;) {
    const int64_t outer = at / inner, column = at % inner;
    int64_t width = inner - column < BLOCK ? inner - column : BLOCK;
    if (width > end - at) width = end - at;
    const REAL *first = source + outer * middle * inner + column;
    if (maximum) {
      REAL *out = destination + at;
      for (int64_t c = 0; c < width; c++) out[c] = middle == 0 ? 0 : first[c];
      for (int64_t r = 1; r < middle; r++) {
        const REAL *row = first + r * inner;
        for (int64_t c = 0; c < width; c++) out[c] = row[c] > out[c] || row[c] != row[c] ? row[c] : out[c];
      }
    } else {
      double total[BLOCK];
      for (int64_t c = 0; c < width; c++) total[c] = 0;
      for (int64_t r = 0; r < middle; r++) {
        const REAL *row = first + r * inner;
        for (int64_t c = 0; c < width; c++) total[c] += row[c];
      }
      for (int64_t c = 0; c < width; c++) destination[at + c] = (REAL)total[c];
    }
    at += width;
  }
}

// Rows are taken in blocks of fixed length, the last one filled up, so that short rows are handled in vectors too.
enum { FN(BLOCK) = 16 };
#define ROW_BLOCK FN(BLOCK)
typedef REAL FN(block) __attribute__((ext_vector_type(16)));
typedef REAL FN(unaligned) __attribute__((ext_vector_type(16), aligned(sizeof(REAL))));
typedef double FN(sums) __attribute__((ext_vector_type(16)));
#ifdef REAL_IS_FLOAT
typedef int32_t FN(places) __attribute__((ext_vector_type(16)));
#else
typedef int64_t FN(places) __attribute__((ext_vector_type(16)));
#endif

// `a` in the first n places, `b` in the others.
#define FIRST(n, a, b)                                                                                  \
  (((FN(places)){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} < (FN(places))(int32_t)(n)) ? (a) \
                                                                                                    : (b))

// The block at c of a row of `columns`, of which `room` may be read; what lies beyond the row is `filling`.
static inline __attribute__((always_inline)) TARGET void FN(row_block)(int64_t c, int64_t columns, int64_t room,
                                                                       const REAL *z, REAL filling,
                                                                       FN(block) *block) {
  if (room - c >= ROW_BLOCK) {
    *block = *(const FN(unaligned) *)(z + c);
  } else {
    REAL part[ROW_BLOCK] = {0};
    for (int64_t j = 0; j < columns - c; j++) part[j] = z[c + j];
    *block = *(const FN(unaligned) *)part;
  }
  if (columns - c < ROW_BLOCK) *block = FIRST(columns - c, *block, (FN(block))filling);
}

// The largest element of a row that holds no NaN; anything otherwise.
static inline __attribute__((always_inline)) TARGET REAL FN(row_maximum)(int64_t columns, int64_t room,
                                                                         const REAL *z) {
  FN(block) best, next;
  FN(row_block)(0, columns, room, z, -(REAL)INFINITY, &best);
  for (int64_t c = ROW_BLOCK; c < columns; c += ROW_BLOCK) {
    FN(row_block)(c, columns, room, z, -(REAL)INFINITY, &next);
    best = next > best ? next : best;
  }
  next = __builtin_shufflevector(best, best, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  best = next > best ? next : best;
  next = __builtin_shufflevector(best, best, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
  best = next > best ? next : best;
  next = __builtin_shufflevector(best, best, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  best = next > best ? next : best;
  return best[1] > best[0] ? best[1] : best[0];
}

// exp(scale·(z − top)), which goes to `e` if that is not NULL; `room` elements of either row may be touched. Returns
// the sum, added in one fixed order.
static inline __attribute__((always_inline)) TARGET double FN(row_exponentials)(int64_t columns, int64_t room,
                                                                                const REAL *z, REAL top, REAL scale,
                                                                                REAL *e) {
  FN(sums) sum = 0;
  for (int64_t c = 0; c < columns; c += ROW_BLOCK) {
    FN(block) block;
    FN(row_block)(c, columns, room, z, top, &block);
    block = scale * (block - top);
    REAL part[ROW_BLOCK];
    memcpy(part, &block, sizeof part);
    for (int j = 0; j < ROW_BLOCK; j++) part[j] = FN(exp_)(part[j]);
    if (e && room - c >= ROW_BLOCK)
      memcpy(e + c, part, sizeof part);
    else if (e)
      for (int64_t j = 0; j < columns - c; j++) e[c + j] = part[j];
    memcpy(&block, part, sizeof part);
    if (columns - c < ROW_BLOCK) block = FIRST(columns - c, block, (FN(block))0);
    sum += __builtin_convertvector(block, FN(sums));
  }
  sum += __builtin_shufflevector(sum, sum, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  sum += __builtin_shufflevector(sum, sum, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
  sum += __builtin_shufflevector(sum, sum, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  return sum[0] + sum[1];
}
#undef FIRST

static TARGET void FN(softmax)(REAL scale, int64_t causal, int64_t columns, int64_t begin, int64_t end,
                               const REAL *logits, REAL *result) {
  for (int64_t r = begin; r < end; r++) {
    const REAL *z = logits + r * columns;
    REAL *p = result + r * columns;
    const int64_t seen = causal > 0 && r % causal + 1 < columns ? r % causal + 1 : columns;
    const int64_t room = (end - r) * columns;  // rows to come are written later
    const REAL top = FN(row_maximum)(seen, room, z);
    const REAL part = (REAL)(1 / FN(row_exponentials)(seen, room, z, top, scale, p));
    for (int64_t c = 0; c < seen; c++) p[c] *= part;
    for (int64_t c = seen; c < columns; c++) p[c] = 0;
  }
}

static TARGET void FN(cross_entropy)(int64_t columns, int64_t begin, int64_t end, const REAL *logits,
                                     const int32_t *labels, REAL *result) {
  for (int64_t first = begin; first < end; first += ROW_BLOCK) {
    const int64_t n = end - first < ROW_BLOCK ? end - first : ROW_BLOCK;
    // Sums of a block of rows less the largest term, which is 1; then their logarithms side by side.
    REAL sum[ROW_BLOCK] = {0}, rest[ROW_BLOCK];
    for (int64_t j = 0; j < n; j++) {
      const REAL *z = logits + (first + j) * columns;
      const int64_t room = (end - first - j) * columns;
      const REAL top = FN(row_maximum)(columns, room, z);
      const int32_t label = labels[first + j];
      sum[j] = (REAL)(FN(row_exponentials)(columns, room, z, top, 1, NULL) - 1);
      rest[j] = label >= 0 && label < columns ? top - z[label] : (REAL)NAN;
    }
    for (int64_t j = 0; j < ROW_BLOCK; j++) {
      // log(1 + s) without the loss of a small s (Kahan): log(u)·s/(u − 1) with u = 1 + s as rounded.
      const REAL u = 1 + sum[j], whole = FN(log_)(u) * (sum[j] / (u - 1));
      sum[j] = u == 1 ? sum[j] : whole;
    }
    for (int64_t j = 0; j < n; j++) result[first + j] = sum[j] + rest[j];
  }
}

static TARGET void FN(one_hot)(int64_t classes, int64_t begin, int64_t end, const int32_t *labels, REAL *result) {
  memset(result + begin * classes, 0, (size_t)((end - begin) * classes) * sizeof(REAL));
  for (int64_t r = begin; r < end; r++)
    if (labels[r] >= 0 && labels[r] < classes) result[r * classes + labels[r]] = 1;
}

#undef ROW_BLOCK
#undef SQRT_
#undef ABS_
#undef SIN_
#undef COS_
#undef POW_
