// Tiles by their number of rows, which is known only when running.

#define UP_TO_4(f) f(1) f(2) f(3) f(4)
#define UP_TO_6(f) UP_TO_4(f) f(5) f(6)
#define UP_TO_8(f) UP_TO_6(f) f(7) f(8)
#define UP_TO_9(f) UP_TO_8(f) f(9)
#define UP_TO_14(f) UP_TO_9(f) f(10) f(11) f(12) f(13) f(14)
#if VECTOR_BYTES == 64
#define ROWS1 UP_TO_14
#define ROWS2 UP_TO_14
#define ROWS3 UP_TO_9
#elif VECTOR_BYTES == 32
#define ROWS1 UP_TO_8
#define ROWS2 UP_TO_6
#define ROWS3 UP_TO_4
#else
#define ROWS1 UP_TO_8
#define ROWS2 UP_TO_4
#endif

// A's steps are neighbours, B is a packed panel: rows are pixels, steps are what lies under the window.
#define ACROSS(vectors, n)                                                                                        \
  case vectors * 16 + n:                                                                                          \
    FN(tile)(n, n, vectors, runs, k, a, a_row, 0, 1, a_run, b, vectors *LANES, k *vectors *LANES, c, ldc, adds); \
    break;
#define ACROSS1(n) ACROSS(1, n)
#define ACROSS2(n) ACROSS(2, n)
#define ACROSS3(n) ACROSS(3, n)

static TARGET void FN(across)(long vectors, long rows, long runs, long k, const REAL *a, long a_row, long a_run,
                              const REAL *b, REAL *c, long ldc, int adds) {
  switch (vectors * 16 + rows) {
    ROWS1(ACROSS1)
    ROWS2(ACROSS2)
#if NV == 3
    ROWS3(ACROSS3)
#endif
  }
}

// A's rows are neighbours: rows are places under the window, steps are pixels.
#define DOWN(vectors, n)                                                                             \
  case vectors * 16 + n:                                                                             \
    FN(tile)(n, n, vectors, runs, k, a, 1, 0, a_step, a_run, b, b_step, b_step *k, c, ldc, adds); \
    break;
#define DOWN1(n) DOWN(1, n)
#define DOWN2(n) DOWN(2, n)
#define DOWN3(n) DOWN(3, n)

static TARGET void FN(down)(long vectors, long rows, long runs, long k, const REAL *a, long a_step, long a_run,
                            const REAL *b, long b_step, REAL *c, long ldc, int adds) {
  switch (vectors * 16 + rows) {
    ROWS1(DOWN1)
    ROWS2(DOWN2)
#if NV == 3
    ROWS3(DOWN3)
#endif
  }
}

// The same for one vector of outputs and `groups` whole rows of the window, each so short that its tile alone would wait
// for its own sums.
#define SHORTEST 5
#define GROUPED(per, groups)                                                                                        \
  case per * 16 + groups:                                                                                           \
    FN(tile)(per *groups, per, 1, runs, k, a, 1, a_group, a_step, a_run, b, b_step, b_step *k, c, ldc, adds); \
    break;

static TARGET void FN(down_grouped)(long per, long groups, long runs, long k, const REAL *a, long a_group, long a_step,
                                    long a_run, const REAL *b, long b_step, REAL *c, long ldc, int adds) {
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

#undef ROWS1
#undef ROWS2
#undef ROWS3
#undef UP_TO_4
#undef UP_TO_6
#undef UP_TO_8
#undef UP_TO_9
#undef UP_TO_14
#undef ACROSS
#undef ACROSS1
#undef ACROSS2
#undef ACROSS3
#undef DOWN
#undef DOWN1
#undef DOWN2
#undef DOWN3
#undef GROUPED
