#ifndef DK_SQUARE_ROOTS_H
#define DK_SQUARE_ROOTS_H

/// Four floats: what Swift sees as a SIMD4<Float>.
typedef float dk_float4 __attribute__((ext_vector_type(4)));

/// √ of each: Swift's own takes the elements one after another.
static inline __attribute__((always_inline)) dk_float4 dk_square_roots(dk_float4 x) {
  return __builtin_elementwise_sqrt(x);
}

#endif
