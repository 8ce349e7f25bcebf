#include "dk_random.h"
#include "philox.h"

#define BODY "random.body.h"

#define REAL float
#define FN(f) NAME(DK_CAT(f, _f32))
#include "targets.h"
void dk_mask_f32(dk_path path, const int32_t state[4], uint32_t layer, double keep, int64_t begin, int64_t end,
                 int64_t count, float *mask) {
  DISPATCH(path, mask_f32, state, layer, keep, begin, end, count, mask);
}
#undef REAL
#undef FN

#define REAL double
#define FN(f) NAME(DK_CAT(f, _f64))
#include "targets.h"
void dk_mask_f64(dk_path path, const int32_t state[4], uint32_t layer, double keep, int64_t begin, int64_t end,
                 int64_t count, double *mask) {
  DISPATCH(path, mask_f64, state, layer, keep, begin, end, count, mask);
}
#undef REAL
#undef FN
