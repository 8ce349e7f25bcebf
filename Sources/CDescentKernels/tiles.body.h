// Tiles of products by their number of rows and vectors, for one element type and one instruction set.

#include "tile.body.h"

// Part of a vector: `count` elements, zeros for the rest. AVX-512 has instructions for it; elsewhere it is rare and
// kept out of the tiles.
#if VECTOR_BYTES == 64
INLINE void FN(get)(const REAL *from, long count, FN(vec) * to) {
  *to = MASKED(maskz_loadu)((1u << count) - 1, from);
}
INLINE void FN(put)(REAL *to, const FN(vec) * from, long count) {
  MASKED(mask_storeu)(to, (1u << count) - 1, *from);
}
#else
static __attribute__((noinline)) void FN(get)(const REAL *from, long count, FN(vec) * to) {
  for (long i = 0; i < LANES; i++) ((REAL *)to)[i] = i < count ? from[i] : 0;
}
static __attribute__((noinline)) void FN(put)(REAL *to, const FN(vec) * from, long count) {
  for (long i = 0; i < count; i++) to[i] = ((const REAL *)from)[i];
}
#endif

// Steps that B, where it is not packed yet, is fetched ahead.
enum { FN(AHEAD) = 16 };
#define AHEAD FN(AHEAD)

// `rows`, `vectors` and `group` are constants at every call, so the loops over them unroll and the sums live in
// registers. Rows of A come in groups of `group`, each `a_group` after the one before.
INLINE void FN(tile)(const int rows, const int vectors, const int group, const FN(tile_call) * t, long a_row,
                     long a_group, long a_step, const int fetches, REAL *packed) {
  const long runs = t->runs, k = t->k, a_run = t->a_run, b_run = t->b_run, b_step = t->b_step, ldc = t->ldc;
  const long last = t->last;
  FN(vec) sum[TALLEST][2];
  REAL *c = t->c;
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) sum[i][j] = (FN(vec)){0};
  if (t->adds) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) {
        if (j < vectors - 1 || last == LANES) sum[i][j] = *(const FN(vec) *)(c + i * ldc + j * LANES);
      }
    if (last < LANES) {
      FN(vec) part[TALLEST];
#pragma clang loop unroll(disable)
      for (int i = 0; i < rows; i++) FN(get)(c + i * ldc + (vectors - 1) * LANES, last, part + i);
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++) sum[i][vectors - 1] = part[i];
    }
  }
  for (long run = 0; run < runs; run++) {
    const REAL *ap = t->a + run * a_run, *bp = t->b + run * b_run;
    for (long p = 0; p < k; p++, ap += a_step, bp += b_step) {
      FN(vec) column[2];
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) {
        if (packed && j == vectors - 1 && last < LANES)
          FN(get)(bp + j * LANES, last, column + j);
        else
          column[j] = *(const FN(vec) *)(bp + j * LANES);
        if (packed) {
          ((FN(vec) *)packed)[p * vectors + j] = column[j];
          __builtin_prefetch(bp + AHEAD * b_step + j * LANES);
        }
      }
      if (fetches) __builtin_prefetch(t->ahead + p * t->ahead_step);
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++) {
        const REAL factor = ap[i / group * a_group + i % group * a_row];
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) sum[i][j] += factor * column[j];
      }
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors - 1; j++) *(FN(vec) *)(c + i * ldc + j * LANES) = sum[i][j];
  c += (vectors - 1) * LANES;
  if (last == LANES) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) *(FN(vec) *)(c + i * ldc) = sum[i][vectors - 1];
  } else {
    FN(vec) part[TALLEST];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) part[i] = sum[i][vectors - 1];
#pragma clang loop unroll(disable)
    for (int i = 0; i < rows; i++) FN(put)(c + i * ldc, part + i, last);
  }
}

#define UP_TO_4(f) f(1) f(2) f(3) f(4)
#define UP_TO_6(f) UP_TO_4(f) f(5) f(6)
#define UP_TO_8(f) UP_TO_6(f) f(7) f(8)
#define UP_TO_10(f) UP_TO_8(f) f(9) f(10)
#define UP_TO_14(f) UP_TO_10(f) f(11) f(12) f(13) f(14)
#if VECTOR_BYTES == 64
#define ROWS(tile1, tile2) UP_TO_14(tile1) UP_TO_10(tile2)
#elif VECTOR_BYTES == 32
#define ROWS(tile1, tile2) UP_TO_8(tile1) UP_TO_6(tile2)
#else
#define ROWS(tile1, tile2) UP_TO_8(tile1) UP_TO_4(tile2)
#endif

#define ACROSS(n, vectors)                                       \
  case vectors * 16 + n:                                         \
    FN(tile)(n, vectors, n, call, call->a_stride, 0, 1, 0, NULL); \
    break;
#define ACROSS1(n) ACROSS(n, 1)
#define ACROSS2(n) ACROSS(n, 2)
TARGET void FN(dk_across)(long vectors, long rows, const FN(tile_call) * call) {
  switch (vectors * 16 + rows) { ROWS(ACROSS1, ACROSS2) }
}

#define DOWN(n, vectors)                                         \
  case vectors * 16 + n:                                         \
    FN(tile)(n, vectors, n, call, 1, 0, call->a_stride, 1, NULL); \
    break;
#define DOWN1(n) DOWN(n, 1)
#define DOWN2(n) DOWN(n, 2)
TARGET void FN(dk_down)(long vectors, long rows, const FN(tile_call) * call) {
  switch (vectors * 16 + rows) { ROWS(DOWN1, DOWN2) }
}

#define GROUPED(per, groups)                                                     \
  case per * 16 + groups:                                                        \
    FN(tile)(per *groups, 1, per, call, 1, a_group, call->a_stride, 0, NULL); \
    break;
TARGET void FN(dk_down_grouped)(long per, long groups, long a_group, const FN(tile_call) * call) {
  switch (per * 16 + groups) {
    GROUPED(1, 2)
    GROUPED(1, 3)
    GROUPED(2, 2)
    GROUPED(2, 3)
    GROUPED(3, 2)
    GROUPED(4, 2)
#if VECTOR_BYTES == 64
    GROUPED(3, 3)
    GROUPED(4, 3)
#endif
  }
}

#define BOTH(a_row, a_step)                                             \
  if (vectors == 1) {                                                   \
    FN(tile)(PACKING, 1, PACKING, call, a_row, 0, a_step, 0, packed);   \
  } else {                                                              \
    FN(tile)(PACKING, 2, PACKING, call, a_row, 0, a_step, 0, packed);   \
  }
TARGET void FN(dk_across_packing)(long vectors, const FN(tile_call) * call, REAL *packed) {
  BOTH(call->a_stride, 1)
}
TARGET void FN(dk_down_packing)(long vectors, const FN(tile_call) * call, REAL *packed) {
  BOTH(1, call->a_stride)
}

#undef UP_TO_4
#undef UP_TO_6
#undef UP_TO_8
#undef UP_TO_10
#undef UP_TO_14
#undef ROWS
#undef ACROSS
#undef ACROSS1
#undef ACROSS2
#undef DOWN
#undef DOWN1
#undef DOWN2
#undef GROUPED
#undef AHEAD
#undef BOTH
#include "untile.body.h"
