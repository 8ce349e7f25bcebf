// The update kernels for one instruction set. Each rule is an operation on one vector of elements; `drive` walks the
// range with it and runs the last, short vector through a padded copy, so that every element meets the same arithmetic.

#define LANES (VECTOR_BYTES / 4)
#define VF NAME(dk_vf)
#define VH NAME(dk_vh)
#define VD NAME(dk_vd)
#define SUMS NAME(dk_sums)
#define INLINE static inline __attribute__((always_inline)) TARGET

typedef float VF __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));
typedef float VH __attribute__((vector_size(VECTOR_BYTES / 2)));
typedef double VD __attribute__((vector_size(VECTOR_BYTES)));
typedef struct {
  VD gradient[2], parameters[2];
} SUMS;

#define LOAD(x) (*(const VF *)(x))
#define STORE(x, value) (*(VF *)(x) = (value))

#if VECTOR_BYTES == 64
#define LOW(x) __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7)
#define HIGH(x) __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15)
#elif VECTOR_BYTES == 32
#define LOW(x) __builtin_shufflevector(x, x, 0, 1, 2, 3)
#define HIGH(x) __builtin_shufflevector(x, x, 4, 5, 6, 7)
#else
#define LOW(x) __builtin_shufflevector(x, x, 0, 1)
#define HIGH(x) __builtin_shufflevector(x, x, 2, 3)
#endif

#define ADD_SQUARES(total, x)                              \
  do {                                                     \
    VD low = __builtin_convertvector((VH)LOW(x), VD);      \
    VD high = __builtin_convertvector((VH)HIGH(x), VD);    \
    (total)[0] += low * low;                               \
    (total)[1] += high * high;                             \
  } while (0)

typedef void (*NAME(dk_op))(const void *k, float *p, const float *g, float *a, float *b, SUMS *sums);

INLINE double NAME(total)(const VD x[2]) {
  double sum = 0;
  for (int h = 0; h < 2; h++)
    for (int i = 0; i < LANES / 2; i++) sum += x[h][i];
  return sum;
}

INLINE void NAME(drive)(NAME(dk_op) op, const void *k, size_t begin, size_t end, float *restrict p,
                        const float *restrict g, float *restrict a, float *restrict b, double sums[2]) {
  SUMS s = {0};
  size_t i = begin;
  for (; i + LANES <= end; i += LANES) op(k, p + i, g + i, a ? a + i : a, b ? b + i : b, &s);
  if (i < end) {
    const size_t bytes = (end - i) * sizeof(float);
    float pp[LANES] = {0}, gg[LANES] = {0}, aa[LANES] = {0}, bb[LANES] = {0};
    memcpy(pp, p + i, bytes);
    memcpy(gg, g + i, bytes);
    if (a) memcpy(aa, a + i, bytes);
    if (b) memcpy(bb, b + i, bytes);
    SUMS last = {0};
    op(k, pp, gg, aa, bb, &last);
    // A padded lane may hold 0/0: only the lanes that exist are counted and written back.
    memcpy(p + i, pp, bytes);
    if (a) memcpy(a + i, aa, bytes);
    if (b) memcpy(b + i, bb, bytes);
    for (size_t j = 0; j < end - i; j++) {
      s.gradient[0][0] += (double)gg[j] * gg[j];
      s.parameters[0][0] += (double)pp[j] * pp[j];
    }
  }
  sums[0] = NAME(total)(s.gradient);
  sums[1] = NAME(total)(s.parameters);
}

// Puts the step's end result in place and counts it.
#define FINISH(gradient_value, parameter_value)  \
  do {                                           \
    const VF finished = (parameter_value);       \
    STORE(p, finished);                          \
    ADD_SQUARES(s->gradient, gradient_value);    \
    ADD_SQUARES(s->parameters, finished);        \
  } while (0)

// ---- SGD

INLINE void NAME(op_sgd_plain)(const void *scalars, float *p, const float *g, float *a, float *b, SUMS *s) {
  const dk_sgd *k = scalars;
  const VF x = LOAD(p), y = LOAD(g);
  FINISH(y, x * k->keep - k->rate * (y + k->coupled * x));
}

INLINE void NAME(op_sgd_momentum)(const void *scalars, float *p, const float *g, float *a, float *b, SUMS *s) {
  const dk_sgd *k = scalars;
  const VF x = LOAD(p), y = LOAD(g);
  const VF v = k->momentum * LOAD(a) + k->intake * (y + k->coupled * x);
  STORE(a, v);
  FINISH(y, x * k->keep - k->rate * v);
}

INLINE void NAME(op_sgd_nesterov)(const void *scalars, float *p, const float *g, float *a, float *b, SUMS *s) {
  const dk_sgd *k = scalars;
  const VF x = LOAD(p), y = LOAD(g);
  const VF d = y + k->coupled * x;
  const VF v = k->momentum * LOAD(a) + k->intake * d;
  STORE(a, v);
  FINISH(y, x * k->keep - k->rate * (d + k->momentum * v));
}

static TARGET void NAME(update_sgd)(size_t begin, size_t end, const dk_sgd *scalars, float *p, const float *g,
                                    float *buffer, double sums[2]) {
  const dk_sgd k = *scalars;  // a copy of its own, which no store can change
  if (!buffer)
    NAME(drive)(NAME(op_sgd_plain), &k, begin, end, p, g, 0, 0, sums);
  else if (k.nesterov)
    NAME(drive)(NAME(op_sgd_nesterov), &k, begin, end, p, g, buffer, 0, sums);
  else
    NAME(drive)(NAME(op_sgd_momentum), &k, begin, end, p, g, buffer, 0, sums);
}

// ---- Adam

INLINE void NAME(op_adam)(const void *scalars, float *p, const float *g, float *a, float *b, SUMS *s) {
  const dk_adam *k = scalars;
  const VF x = LOAD(p), y = LOAD(g), m0 = LOAD(a);
  const VF d = y + k->coupled * x;
  const VF m = m0 + k->fresh1 * (d - m0);
  const VF v = k->beta2 * LOAD(b) + k->fresh2 * (d * d);
  STORE(a, m);
  STORE(b, v);
  FINISH(y, x * k->keep - k->rate * m / (__builtin_elementwise_sqrt(v) * k->scale + k->epsilon));
}

static TARGET void NAME(update_adam)(size_t begin, size_t end, const dk_adam *scalars, float *p, const float *g,
                                     float *mean, float *square, double sums[2]) {
  const dk_adam k = *scalars;
  NAME(drive)(NAME(op_adam), &k, begin, end, p, g, mean, square, sums);
}

// ---- RMSprop

INLINE void NAME(op_rmsprop_plain)(const void *scalars, float *p, const float *g, float *a, float *b, SUMS *s) {
  const dk_rmsprop *k = scalars;
  const VF x = LOAD(p), y = LOAD(g);
  const VF d = y + k->coupled * x;
  const VF v = k->beta2 * LOAD(a) + k->fresh2 * (d * d);
  STORE(a, v);
  FINISH(y, x * k->keep - k->rate * d / (__builtin_elementwise_sqrt(v) + k->epsilon));
}

INLINE void NAME(op_rmsprop_momentum)(const void *scalars, float *p, const float *g, float *a, float *b, SUMS *s) {
  const dk_rmsprop *k = scalars;
  const VF x = LOAD(p), y = LOAD(g);
  const VF d = y + k->coupled * x;
  const VF v = k->beta2 * LOAD(a) + k->fresh2 * (d * d);
  STORE(a, v);
  const VF u = k->momentum * LOAD(b) + d / (__builtin_elementwise_sqrt(v) + k->epsilon);
  STORE(b, u);
  FINISH(y, x * k->keep - k->rate * u);
}

static TARGET void NAME(update_rmsprop)(size_t begin, size_t end, const dk_rmsprop *scalars, float *p,
                                        const float *g, float *square, float *buffer, double sums[2]) {
  const dk_rmsprop k = *scalars;
  if (buffer)
    NAME(drive)(NAME(op_rmsprop_momentum), &k, begin, end, p, g, square, buffer, sums);
  else
    NAME(drive)(NAME(op_rmsprop_plain), &k, begin, end, p, g, square, 0, sums);
}

// ---- Adagrad

INLINE void NAME(op_adagrad)(const void *scalars, float *p, const float *g, float *a, float *b, SUMS *s) {
  const dk_adagrad *k = scalars;
  const VF x = LOAD(p), y = LOAD(g);
  const VF d = y + k->coupled * x;
  const VF v = LOAD(a) + d * d;
  STORE(a, v);
  FINISH(y, x * k->keep - k->rate * d / (__builtin_elementwise_sqrt(v) + k->epsilon));
}

static TARGET void NAME(update_adagrad)(size_t begin, size_t end, const dk_adagrad *scalars, float *p,
                                        const float *g, float *sum, double sums[2]) {
  const dk_adagrad k = *scalars;
  NAME(drive)(NAME(op_adagrad), &k, begin, end, p, g, sum, 0, sums);
}

#undef LANES
#undef VF
#undef VH
#undef VD
#undef SUMS
#undef INLINE
#undef LOAD
#undef STORE
#undef LOW
#undef HIGH
#undef ADD_SQUARES
#undef FINISH
