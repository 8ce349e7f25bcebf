#include "dk_cpu.h"

int dk_supports(dk_path path) {
  switch (path) {
#if defined(__x86_64__)
    case DK_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma");
    case DK_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
    case DK_PORTABLE:
      return 1;
    default:
      return 0;
  }
}

dk_path dk_best_path(void) {
  if (dk_supports(DK_AVX512)) return DK_AVX512;
  if (dk_supports(DK_AVX2)) return DK_AVX2;
  return DK_PORTABLE;
}

const char *dk_path_name(dk_path path) {
  switch (path) {
    case DK_AVX512:
      return "avx512";
    case DK_AVX2:
      return "avx2";
    default:
#if defined(__aarch64__)
      return "neon";
#else
      return "portable";
#endif
  }
}
