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

// All channels c of a window, with the suffix of the widest block that fits.
#define CHANNELS(f)                             \
  do {                                          \
    long c = 0;                                 \
    for (; c + LANES <= n; c += LANES) f(wide); \
    for (; c + FEW <= n; c += FEW) f(few);      \
    for (; c < n; c++) f(one);                  \
  } while (0)

// Windows of two by two are the common ones: their loops unroll.
#define WINDOW(f)                          \
  do {                                     \
    if (u.rows == 2 && u.columns == 2) {   \
      const long rows = 2, columns = 2;    \
      CHANNELS(f);                         \
    } else {                               \
      const long rows = u.rows, columns = u.columns; \
      CHANNELS(f);                         \
    }                                      \
  } while (0)

#define STORE(width, to, value) *(FN(block_##width) *)((to) + c) = value

static TARGET void FN(pool_maximum)(const dk_window *w, long begin, long end, const REAL *picture, REAL *result) {
  const long n = w->channels, row = w->width * n, size = w->height * row;
  REAL *out = result + begin * w->out_width * n;
  for (long unit = begin; unit < end; unit++)
    for (long x = 0; x < w->out_width; x++, out += n) {
      const under u = under_window(w, unit % w->out_height, x);
      if (u.rows * u.columns == 0) {
        for (long c = 0; c < n; c++) out[c] = -(REAL)INFINITY;
        continue;
      }
      const REAL *first = picture + unit / w->out_height * size + u.at;
#define MAXIMUM(width) STORE(width, out, FN(largest_##width)(rows, columns, row, n, first + c))
      WINDOW(MAXIMUM);
    }
}

static TARGET void FN(pool_pick)(const dk_window *w, long begin, long end, const REAL *picture, const REAL *values,
                                 REAL *result) {
  const long n = w->channels, row = w->width * n, size = w->height * row;
  REAL *out = result + begin * w->out_width * n;
  for (long unit = begin; unit < end; unit++)
    for (long x = 0; x < w->out_width; x++, out += n) {
      const under u = under_window(w, unit % w->out_height, x);
      if (u.rows * u.columns == 0) {
        memset(out, 0, (size_t)n * sizeof(REAL));
        continue;
      }
      const long at = unit / w->out_height * size + u.at;
#define PICK(width) STORE(width, out, FN(picked_##width)(rows, columns, row, n, picture + at + c, values + at + c))
      WINDOW(PICK);
    }
}

static TARGET void FN(pool_place)(const dk_window *w, long begin, long end, const REAL *picture, const REAL *values,
                                  REAL *result) {
  const long n = w->channels, row = w->width * n, size = w->height * row;
  const int adds = !apart(w);
  const REAL *value = values + begin * w->out_height * w->out_width * n;
  for (long one = begin; one < end; one++) {
    if (!tiled(w)) memset(result + one * size, 0, (size_t)size * sizeof(REAL));
    for (long y = 0; y < w->out_height; y++)
      for (long x = 0; x < w->out_width; x++, value += n) {
        const under u = under_window(w, y, x);
        if (u.rows * u.columns == 0) continue;
        const long at = one * size + u.at;
#define PLACE(width) FN(placed_##width)(rows, columns, row, n, picture + at + c, value + c, result + at + c, adds)
        WINDOW(PLACE);
      }
  }
}

static TARGET void FN(pool_sum)(const dk_window *w, long begin, long end, const REAL *picture, REAL *result) {
  const long n = w->channels, row = w->width * n, size = w->height * row;
  REAL *out = result + begin * w->out_width * n;
  for (long unit = begin; unit < end; unit++)
    for (long x = 0; x < w->out_width; x++, out += n) {
      const under u = under_window(w, unit % w->out_height, x);
      const REAL *first = picture + unit / w->out_height * size + u.at;
#define SUM(width) STORE(width, out, FN(summed_##width)(rows, columns, row, n, first + c))
      WINDOW(SUM);
    }
}

static TARGET void FN(pool_spread)(const dk_window *w, long begin, long end, const REAL *values, REAL *picture) {
  const long n = w->channels, row = w->width * n, size = w->height * row;
  const int adds = !apart(w);
  const REAL *value = values + begin * w->out_height * w->out_width * n;
  for (long one = begin; one < end; one++) {
    if (!tiled(w)) memset(picture + one * size, 0, (size_t)size * sizeof(REAL));
    for (long y = 0; y < w->out_height; y++)
      for (long x = 0; x < w->out_width; x++, value += n) {
        const under u = under_window(w, y, x);
        REAL *first = picture + one * size + u.at;
#define SPREAD(width) FN(spread_##width)(rows, columns, row, n, value + c, first + c, adds)
        WINDOW(SPREAD);
      }
  }
}

#undef LANES
#undef FEW
#undef INLINE
#undef CHANNELS
#undef WINDOW
#undef STORE
#undef MAXIMUM
#undef PICK
#undef PLACE
#undef SUM
#undef SPREAD
