// How a kernel file compiles its body once per instruction set:
//
//   #define BODY "reduce.body.h"
//   #include "targets.h"
//
// The body sees NAME(f) (the function's name with the path's suffix) and TARGET (its attribute), and must have no
// include guard. Afterwards DISPATCH(path, f, …) calls the right one.
#define DK_CAT2(a, b) a##b
#define DK_CAT(a, b) DK_CAT2(a, b)

#define NAME(f) DK_CAT(f, _portable)
#define TARGET
#define VECTOR_BYTES 16
#include BODY
#undef NAME
#undef TARGET
#undef VECTOR_BYTES

#if defined(__x86_64__)
#define NAME(f) DK_CAT(f, _avx2)
#define TARGET __attribute__((target("avx2,fma")))
#define VECTOR_BYTES 32
#include BODY
#undef NAME
#undef TARGET
#undef VECTOR_BYTES

#define NAME(f) DK_CAT(f, _avx512)
#define TARGET __attribute__((target("avx512f,avx512vl,avx512dq,fma")))
#define VECTOR_BYTES 64
#include BODY
#undef NAME
#undef TARGET
#undef VECTOR_BYTES

#define DISPATCH(path, f, ...)                             \
  ((path) == DK_AVX512   ? DK_CAT(f, _avx512)(__VA_ARGS__) \
   : (path) == DK_AVX2 ? DK_CAT(f, _avx2)(__VA_ARGS__)     \
                       : DK_CAT(f, _portable)(__VA_ARGS__))
#else
#define DISPATCH(path, f, ...) ((void)(path), DK_CAT(f, _portable)(__VA_ARGS__))
#endif
