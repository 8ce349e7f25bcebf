#include <stddef.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define BODY "tiles.body.h"

#define REAL float
#define FN(f) NAME(DK_CAT(f, _f32))
#define MASKED(f) _mm512_##f##_ps
#include "targets.h"
#undef DISPATCH
#undef REAL
#undef FN
#undef MASKED

#define REAL double
#define FN(f) NAME(DK_CAT(f, _f64))
#define MASKED(f) _mm512_##f##_pd
#include "targets.h"
#undef REAL
#undef FN
