#ifndef DK_CPU_H
#define DK_CPU_H

/// The instruction sets kernels are compiled for. Every kernel takes one explicitly, so that tests can run all of them.
typedef enum {
  DK_PORTABLE = 0,  ///< What the compiler targets by default: SSE2 on x86-64, NEON on Arm.
  DK_AVX2 = 1,      ///< AVX2 with FMA.
  DK_AVX512 = 2,    ///< AVX-512 F, VL, DQ with FMA.
} dk_path;

/// The fastest path this processor runs.
dk_path dk_best_path(void);

/// 1 if this processor runs `path`, else 0.
int dk_supports(dk_path path);

/// `avx512`, `avx2`, `neon` or `portable`.
const char *dk_path_name(dk_path path);

#endif
