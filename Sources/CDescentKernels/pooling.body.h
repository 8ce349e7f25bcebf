// Pooling for one element type and one instruction set, in vectors of neighbouring channels.

#define LANES ((long)(VECTOR_BYTES / sizeof(REAL)))
#define FEW ((long)(16 / sizeof(REAL)))
#define INLINE static inline __attribute__((always_inline)) TARGET

#define WIDTH (VECTOR_BYTES / sizeof(REAL))
#define IN(f) FN(f##_wide)
#include "pooling_block.body.h"
#undef WIDTH
#undef IN
#define WIDTH (16 / sizeof(REAL))
#define IN(f) FN(f##_few)
#include "pooling_block.body.h"
#undef WIDTH
#undef IN
#define WIDTH 1
#define IN(f) FN(f##_one)
#include "pooling_block.body.h"
#undef WIDTH
#undef IN

// What one stretch of windows reads and writes: rows × columns of the picture under each, `step` from one to the next;
// `row` and `n` are the distances between rows and columns.
typedef struct {
  long count, rows, columns, step, row, n;
} FN(windows);

// All windows and channels of a stretch, in the widest blocks that fit: `at` and `out` are the element of the picture
// and of the result. Windows of two by two are the common ones: their loops unroll.
#define BLOCKS(f, width, wide)                                              \
  for (; c + (wide) <= s.n; c += (wide))                                    \
    _Pragma("clang loop unroll(disable)") for (long x = 0, at = c, out = c; x < s.count; x++, at += s.step, out += s.n) f(width);
#define CHANNELS(f)        \
  do {                     \
    long c = 0;            \
    BLOCKS(f, wide, LANES) \
    BLOCKS(f, few, FEW)    \
    BLOCKS(f, one, 1)      \
  } while (0)
#define STRETCH(f)                                   \
  if (s.rows == 2 && s.columns == 2) {               \
    const long rows = 2, columns = 2;                \
    CHANNELS(f);                                     \
  } else {                                           \
    const long rows = s.rows, columns = s.columns;   \
    CHANNELS(f);                                     \
  }
#define SET(width, value) *(FN(block_##width) *)(to + out) = value
#define APART static TARGET __attribute__((noinline)) void

APART FN(maximum)(const FN(windows) s, const REAL *picture, REAL *to) {
#define F(width) SET(width, FN(largest_##width)(rows, columns, s.row, s.n, picture + at))
  STRETCH(F)
#undef F
}

APART FN(pick)(const FN(windows) s, const REAL *picture, const REAL *values, REAL *to) {
#define F(width) SET(width, FN(picked_##width)(rows, columns, s.row, s.n, picture + at, values + at))
  STRETCH(F)
#undef F
}

APART FN(place)(const FN(windows) s, const REAL *picture, const REAL *values, REAL *to, int adds) {
#define F(width) FN(placed_##width)(rows, columns, s.row, s.n, picture + at, values + out, to + at, adds)
  STRETCH(F)
#undef F
}

APART FN(sum)(const FN(windows) s, const REAL *picture, REAL *to) {
#define F(width) SET(width, FN(summed_##width)(rows, columns, s.row, s.n, picture + at))
  STRETCH(F)
#undef F
}

APART FN(spread)(const FN(windows) s, const REAL *values, REAL *to, int adds) {
#define F(width) FN(spread_##width)(rows, columns, s.row, s.n, values + out, to + at, adds)
  STRETCH(F)
#undef F
}

// The stretches of rows begin ..< end of the results, all pictures' rows counted on: `s` the stretch, `from` and `to`
// its first elements in the pictures and in the results. `empty` where there is nothing under the window.
#define EACH_STRETCH(begin, end, call, empty)                                                              \
  const long n = w->channels, row = w->width * n;                                                          \
  for (long unit = (begin); unit < (end); unit++) {                                                        \
    const span v = rows_under(w, unit % w->out_height);                                                    \
    const long line = (unit / w->out_height * w->height + v.first) * row;                                  \
    for (long x = 0; x < w->out_width;) {                                                                  \
      const stretch h = stretch_at(w, x);                                                                  \
      const FN(windows) s = {h.count, v.count, h.columns, w->stride_x * n, row, n};                        \
      const long from = line + h.column * n, to = (unit * w->out_width + x) * n;                           \
      if (s.rows > 0 && s.columns > 0) {                                                                   \
        call;                                                                                              \
      } else {                                                                                             \
        empty;                                                                                             \
      }                                                                                                    \
      x += s.count;                                                                                        \
    }                                                                                                      \
  }

static TARGET void FN(pool_maximum)(const dk_window *w, long begin, long end, const REAL *picture, REAL *result) {
  EACH_STRETCH(begin, end, FN(maximum)(s, picture + from, result + to),
               for (long c = 0; c < s.count * n; c++) result[to + c] = -(REAL)INFINITY)
}

static TARGET void FN(pool_pick)(const dk_window *w, long begin, long end, const REAL *picture, const REAL *values,
                                 REAL *result) {
  EACH_STRETCH(begin, end, FN(pick)(s, picture + from, values + from, result + to),
               memset(result + to, 0, (size_t)(s.count * n) * sizeof(REAL)))
}

static TARGET void FN(pool_sum)(const dk_window *w, long begin, long end, const REAL *picture, REAL *result) {
  EACH_STRETCH(begin, end, FN(sum)(s, picture + from, result + to),
               memset(result + to, 0, (size_t)(s.count * n) * sizeof(REAL)))
}

// Pictures begin ..< end before results are put in their places; nothing to do where every element is stored to.
static TARGET void FN(clear)(const dk_window *w, long begin, long end, REAL *picture) {
  const long size = w->height * w->width * w->channels;
  if (!tiled(w) && begin < end) memset(picture + begin * size, 0, (size_t)((end - begin) * size) * sizeof(REAL));
}

static TARGET void FN(pool_place)(const dk_window *w, long begin, long end, const REAL *picture, const REAL *values,
                                  REAL *result) {
  const int adds = !apart(w);
  FN(clear)(w, begin, end, result);
  EACH_STRETCH(begin * w->out_height, end * w->out_height,
               FN(place)(s, picture + from, values + to, result + from, adds), )
}

static TARGET void FN(pool_spread)(const dk_window *w, long begin, long end, const REAL *values, REAL *picture) {
  const int adds = !apart(w);
  FN(clear)(w, begin, end, picture);
  EACH_STRETCH(begin * w->out_height, end * w->out_height, FN(spread)(s, values + to, picture + from, adds), )
}

#undef LANES
#undef FEW
#undef INLINE
#undef BLOCKS
#undef CHANNELS
#undef STRETCH
#undef SET
#undef APART
#undef EACH_STRETCH
