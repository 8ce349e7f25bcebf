#ifndef DK_RANDOM_H
#define DK_RANDOM_H
#include <stdint.h>

#include "dk_cpu.h"

/// A dropout mask: each element is 1/keep with probability `keep` and 0 otherwise; blocks `begin` ..< `end` of four
/// elements each, of `count` elements in all.
///
/// Counter-based (Philox4x32-10, Salmon et al. 2011): element 4b + w is decided by word w of block layer·2³² + b of the
/// generator whose seed and stream are given as four words, low halves first. So a mask depends on nothing but these
/// numbers.
void dk_mask_f32(dk_path path, const int32_t state[4], uint32_t layer, double keep, int64_t begin, int64_t end,
                 int64_t count, float *mask);
void dk_mask_f64(dk_path path, const int32_t state[4], uint32_t layer, double keep, int64_t begin, int64_t end,
                 int64_t count, double *mask);

#endif
