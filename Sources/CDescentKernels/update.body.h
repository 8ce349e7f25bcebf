// The update kernels for one instruction set. Each rule is an operation on one vector of elements: from parameters x and
// gradient y to the new parameters, with what it remembers in a, b and c. `drive` walks the range with it and runs the
// last, short vector through a padded copy, so that every element meets the same arithmetic.

#define LANES (VECTOR_BYTES / 4)
#define VF NAME(dk_vf)
#define VH NAME(dk_vh)
#define VD NAME(dk_vd)
#define VI NAME(dk_vi)
#define INLINE static inline __attribute__((always_inline)) TARGET

typedef float VF __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));
typedef float VH __attribute__((vector_size(VECTOR_BYTES / 2)));
typedef double VD __attribute__((vector_size(VECTOR_BYTES)));
typedef int VI __attribute__((vector_size(VECTOR_BYTES)));

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

typedef VF (*NAME(dk_op))(const void *k, VF x, VF y, float *a, float *b, float *c);

INLINE double NAME(total)(const VD x[2]) {
  double sum = 0;
  for (int h = 0; h < 2; h++)
    for (int i = 0; i < LANES / 2; i++) sum += x[h][i];
  return sum;
}

INLINE VF NAME(chosen)(VI mask, VF yes, VF no) { return (VF)((mask & (VI)yes) | (~mask & (VI)no)); }

// A gradient as the rule sees it. Compared and chosen, not min and max, so that a NaN stays one; and no product any
// more, so that a factor of 1 lets the compiler fuse nothing else than it would without.
INLINE VF NAME(treated)(VF y, const dk_pass *pass) {
  const VF limit = pass->limit - (VF){0};
  const VF scaled = y * pass->factor;
  const VF below = NAME(chosen)(scaled > limit, limit, scaled);
  return NAME(chosen)(below < -limit, -limit, below);
}

// With `plain`, a constant where it is inlined, the pass treats no gradient and keeps no average.
INLINE void NAME(drive)(NAME(dk_op) op, const void *k, int plain, const dk_pass *pass, size_t begin, size_t end,
                        float *restrict p, const float *restrict g, float *restrict a, float *restrict b,
                        float *restrict c, double sums[2]) {
  const dk_pass extra = *pass;  // a copy of its own, which no store can change
  float *restrict average = plain ? 0 : extra.average;
  VD gradient[2] = {0}, parameters[2] = {0};
  size_t i = begin;
  for (; i + LANES <= end; i += LANES) {
    const VF y = LOAD(g + i);
    const VF x = op(k, LOAD(p + i), plain ? y : NAME(treated)(y, &extra), a ? a + i : a, b ? b + i : b,
                    c ? c + i : c);
    STORE(p + i, x);
    ADD_SQUARES(gradient, y);
    ADD_SQUARES(parameters, x);
    if (average) STORE(average + i, LOAD(average + i) + extra.weight * (x - LOAD(average + i)));
  }
  sums[0] = NAME(total)(gradient);
  sums[1] = NAME(total)(parameters);
  if (i < end) {
    const size_t bytes = (end - i) * sizeof(float);
    float pp[LANES] = {0}, gg[LANES] = {0}, aa[LANES] = {0}, bb[LANES] = {0}, cc[LANES] = {0}, ee[LANES] = {0};
    memcpy(pp, p + i, bytes);
    memcpy(gg, g + i, bytes);
    if (a) memcpy(aa, a + i, bytes);
    if (b) memcpy(bb, b + i, bytes);
    if (c) memcpy(cc, c + i, bytes);
    if (average) memcpy(ee, average + i, bytes);
    const VF y = LOAD(gg);
    const VF x = op(k, LOAD(pp), plain ? y : NAME(treated)(y, &extra), aa, bb, cc);
    STORE(pp, x);
    STORE(ee, LOAD(ee) + extra.weight * (x - LOAD(ee)));
    // A padded lane may hold 0/0: only the lanes that exist are counted and written back.
    memcpy(p + i, pp, bytes);
    if (a) memcpy(a + i, aa, bytes);
    if (b) memcpy(b + i, bb, bytes);
    if (c) memcpy(c + i, cc, bytes);
    if (average) memcpy(average + i, ee, bytes);
    for (size_t j = 0; j < end - i; j++) {
      sums[0] += (double)gg[j] * gg[j];
      sums[1] += (double)pp[j] * pp[j];
    }
  }
}

#define RUN(op, a, b) RUN3(op, a, b, 0)
#define RUN3(op, a, b, c)                                                                    \
  do {                                                                                    \
    if (pass->factor == 1 && pass->limit == INFINITY && !pass->average)                   \
      NAME(drive)(NAME(op), &k, 1, pass, begin, end, p, g, a, b, c, sums);                   \
    else                                                                                  \
      NAME(drive)(NAME(op), &k, 0, pass, begin, end, p, g, a, b, c, sums);                   \
  } while (0)

// ---- The gradient alone

static TARGET void NAME(gradient_squares)(size_t begin, size_t end, const dk_pass *pass, const float *g,
                                          double sums[2]) {
  const dk_pass extra = {pass->factor, INFINITY, 0, 0}, bounded = {pass->factor, pass->limit, 0, 0};
  VD whole[2] = {0}, kept[2] = {0};
  size_t i = begin;
  for (; i + LANES <= end; i += LANES) {
    const VF y = LOAD(g + i);
    ADD_SQUARES(whole, NAME(treated)(y, &extra));
    ADD_SQUARES(kept, NAME(treated)(y, &bounded));
  }
  sums[0] = NAME(total)(whole);
  sums[1] = NAME(total)(kept);
  if (i < end) {
    float gg[LANES] = {0}, hh[LANES];
    memcpy(gg, g + i, (end - i) * sizeof(float));
    STORE(hh, NAME(treated)(LOAD(gg), &bounded));
    STORE(gg, NAME(treated)(LOAD(gg), &extra));
    for (size_t j = 0; j < end - i; j++) {
      sums[0] += (double)gg[j] * gg[j];
      sums[1] += (double)hh[j] * hh[j];
    }
  }
}

// ---- No rule: sums and average

INLINE void NAME(measure)(int keeps, const dk_pass *pass, size_t begin, size_t end, const float *restrict p,
                          const float *restrict g, double sums[2]) {
  float *restrict average = keeps ? pass->average : 0;
  const float weight = pass->weight;
  VD gradient[2] = {0}, parameters[2] = {0};
  size_t i = begin;
  for (; i + LANES <= end; i += LANES) {
    const VF x = LOAD(p + i), y = LOAD(g + i);
    ADD_SQUARES(gradient, y);
    ADD_SQUARES(parameters, x);
    if (average) STORE(average + i, LOAD(average + i) + weight * (x - LOAD(average + i)));
  }
  sums[0] += NAME(total)(gradient);
  sums[1] += NAME(total)(parameters);
  for (; i < end; i++) {
    sums[0] += (double)g[i] * g[i];
    sums[1] += (double)p[i] * p[i];
    // Fused as in the vectors above, so that an element's place changes no bit of it.
    if (average) average[i] = (LOAD((float[LANES]){average[i]}) + weight * (LOAD((float[LANES]){p[i]}) -
                               LOAD((float[LANES]){average[i]})))[0];
  }
}

static TARGET void NAME(update_nothing)(size_t begin, size_t end, const dk_pass *pass, float *p, const float *g,
                                        double sums[2]) {
  if (pass->average)
    NAME(measure)(1, pass, begin, end, p, g, sums);
  else
    NAME(measure)(0, pass, begin, end, p, g, sums);
}

// ---- SGD

INLINE VF NAME(op_sgd_plain)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_sgd *k = scalars;
  return x * k->keep - k->rate * (y + k->coupled * x);
}

INLINE VF NAME(op_sgd_momentum)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_sgd *k = scalars;
  const VF v = k->momentum * LOAD(a) + k->intake * (y + k->coupled * x);
  STORE(a, v);
  return x * k->keep - k->rate * v;
}

INLINE VF NAME(op_sgd_mixed)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_sgd *k = scalars;
  const VF d = y + k->coupled * x;
  const VF v = k->momentum * LOAD(a) + k->intake * d;
  STORE(a, v);
  return x * k->keep - k->rate * (k->own * d + k->share * v);
}

static TARGET void NAME(update_sgd)(size_t begin, size_t end, const dk_sgd *scalars, const dk_pass *pass, float *p,
                                    const float *g, float *buffer, double sums[2]) {
  const dk_sgd k = *scalars;  // a copy of its own, which no store can change
  if (!buffer)
    RUN(op_sgd_plain, 0, 0);
  else if (k.own != 0 || k.share != 1)
    RUN(op_sgd_mixed, buffer, 0);
  else
    RUN(op_sgd_momentum, buffer, 0);
}

// ---- Adam

INLINE VF NAME(op_adam)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_adam *k = scalars;
  const VF m0 = LOAD(a);
  const VF d = y + k->coupled * x;
  const VF m = m0 + k->fresh1 * (d - m0);
  const VF v = k->beta2 * LOAD(b) + k->fresh2 * (d * d);
  STORE(a, m);
  STORE(b, v);
  return x * k->keep - k->rate * m / (__builtin_elementwise_sqrt(v + k->inside) * k->scale + k->epsilon);
}

static TARGET void NAME(update_adam)(size_t begin, size_t end, const dk_adam *scalars, const dk_pass *pass, float *p,
                                     const float *g, float *mean, float *square, double sums[2]) {
  const dk_adam k = *scalars;
  RUN(op_adam, mean, square);
}

// ---- RMSprop

INLINE VF NAME(op_rmsprop_plain)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_rmsprop *k = scalars;
  const VF d = y + k->coupled * x;
  const VF v = k->beta2 * LOAD(a) + k->fresh2 * (d * d);
  STORE(a, v);
  return x * k->keep - k->rate * d / (__builtin_elementwise_sqrt(v + k->inside) + k->epsilon);
}

INLINE VF NAME(op_rmsprop_momentum)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_rmsprop *k = scalars;
  const VF d = y + k->coupled * x;
  const VF v = k->beta2 * LOAD(a) + k->fresh2 * (d * d);
  STORE(a, v);
  const VF u = k->momentum * LOAD(b) + d / (__builtin_elementwise_sqrt(v + k->inside) + k->epsilon);
  STORE(b, u);
  return x * k->keep - k->rate * u;
}

static TARGET void NAME(update_rmsprop)(size_t begin, size_t end, const dk_rmsprop *scalars, const dk_pass *pass,
                                        float *p, const float *g, float *square, float *buffer, double sums[2]) {
  const dk_rmsprop k = *scalars;
  if (buffer)
    RUN(op_rmsprop_momentum, square, buffer);
  else
    RUN(op_rmsprop_plain, square, 0);
}

// ---- Adagrad

INLINE VF NAME(op_adagrad)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_adagrad *k = scalars;
  const VF d = y + k->coupled * x;
  const VF v = LOAD(a) + d * d;
  STORE(a, v);
  return x * k->keep - k->rate * d / (__builtin_elementwise_sqrt(v + k->inside) + k->epsilon);
}

static TARGET void NAME(update_adagrad)(size_t begin, size_t end, const dk_adagrad *scalars, const dk_pass *pass,
                                        float *p, const float *g, float *sum, double sums[2]) {
  const dk_adagrad k = *scalars;
  RUN(op_adagrad, sum, 0);
}

// ---- ASGD

INLINE VF NAME(op_asgd)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_asgd *k = scalars;
  const VF w = x * k->keep - k->rate * (y + k->coupled * x);
  STORE(a, k->restart ? w : LOAD(a) + k->weight * (w - LOAD(a)));
  return w;
}

static TARGET void NAME(update_asgd)(size_t begin, size_t end, const dk_asgd *scalars, const dk_pass *pass, float *p,
                                     const float *g, float *mean, double sums[2]) {
  const dk_asgd k = *scalars;
  RUN(op_asgd, mean, 0);
}

// ---- PID

INLINE VF NAME(op_pid)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_pid *k = scalars;
  const VF d = y + k->coupled * x;
  const VF sum = k->momentum * LOAD(a) + k->intake * d;
  const VF change = k->momentum * LOAD(b) + k->fresh * (d - LOAD(c));
  STORE(a, sum);
  STORE(b, change);
  STORE(c, d);
  return x * k->keep - k->rate * (d + k->integral * sum + k->derivative * change);
}

static TARGET void NAME(update_pid)(size_t begin, size_t end, const dk_pid *scalars, const dk_pass *pass, float *p,
                                    const float *g, float *sum, float *change, float *last, double sums[2]) {
  const dk_pid k = *scalars;
  RUN3(op_pid, sum, change, last);
}

// ---- ADOPT

INLINE VF NAME(op_adopt)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_adopt *k = scalars;
  const VF d = y + k->coupled * x, v = LOAD(b), zero = {0}, limit = k->limit - zero, least = k->epsilon - zero;
  const VF root = __builtin_elementwise_sqrt(v);
  // Compared so that a NaN stays one.
  const VF u = d / NAME(chosen)(root < least, least, root);
  const VF bounded = NAME(chosen)(u > limit, limit, NAME(chosen)(u < -limit, -limit, u));
  const VF m = k->beta1 * LOAD(a) + k->fresh1 * bounded;
  STORE(a, m);
  STORE(b, k->beta2 * v + k->fresh2 * (d * d));
  return x * k->keep - k->rate * m;
}

static TARGET void NAME(update_adopt)(size_t begin, size_t end, const dk_adopt *scalars, const dk_pass *pass, float *p,
                                      const float *g, float *mean, float *square, double sums[2]) {
  const dk_adopt k = *scalars;
  RUN(op_adopt, mean, square);
}

// ---- MADGRAD

// ∛x for x ≥ 0, to a few units in the last place: x^(85/256) by square roots is within a tenth of it, and each of Halley's
// steps triples the digits.
INLINE VF NAME(cube_root)(VF x) {
  VF r = __builtin_elementwise_sqrt(__builtin_elementwise_sqrt(x));
  r *= __builtin_elementwise_sqrt(__builtin_elementwise_sqrt(r));
  r *= __builtin_elementwise_sqrt(__builtin_elementwise_sqrt(__builtin_elementwise_sqrt(__builtin_elementwise_sqrt(r))));
  for (int i = 0; i < 2; i++) {
    const VF cube = r * r * r;
    r *= (cube + (x + x)) / (cube + cube + x);
  }
  // Zero, infinity and NaN are their own roots.
  return NAME(chosen)((x > (VF){0}) & (x < INFINITY - (VF){0}), r, x);
}

INLINE VF NAME(op_madgrad)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_madgrad *k = scalars;
  const VF d = y + k->coupled * x;
  const VF square = LOAD(a) + k->lambda * (d * d);
  const VF sum = LOAD(b) + k->lambda * d;
  STORE(a, square);
  STORE(b, sum);
  return x + k->intake * (LOAD(c) - sum / (NAME(cube_root)(square) + k->epsilon) - x) - k->lost * x;
}

static TARGET void NAME(update_madgrad)(size_t begin, size_t end, const dk_madgrad *scalars, const dk_pass *pass,
                                        float *p, const float *g, float *square, float *sum, float *start,
                                        double sums[2]) {
  const dk_madgrad k = *scalars;
  RUN3(op_madgrad, square, sum, start);
}

// ---- Adamax

INLINE VF NAME(op_adamax)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_adamax *k = scalars;
  const VF d = y + k->coupled * x;
  const VF m = k->beta1 * LOAD(a) + k->fresh1 * d;
  const VF decayed = k->beta2 * LOAD(b);
  const VF size = (VF)((VI)d & 0x7fffffff) + k->epsilon;
  // A NaN of either stays one.
  const VF u = NAME(chosen)(size == size, NAME(chosen)(size > decayed, size, decayed), size);
  STORE(a, m);
  STORE(b, u);
  return x * k->keep - k->rate * m / u;
}

static TARGET void NAME(update_adamax)(size_t begin, size_t end, const dk_adamax *scalars, const dk_pass *pass,
                                       float *p, const float *g, float *mean, float *largest, double sums[2]) {
  const dk_adamax k = *scalars;
  RUN(op_adamax, mean, largest);
}

// ---- Lion

// The sign of x; 0 for 0, and a NaN stays one.
INLINE VF NAME(sign)(VF x) {
  const VF one = 1 - (VF){0}, zero = {0};
  return NAME(chosen)(x > zero, one, NAME(chosen)(x < zero, -one, x));
}

INLINE VF NAME(op_lion)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_lion *k = scalars;
  const VF m = LOAD(a);
  const VF d = y + k->coupled * x;
  const VF u = NAME(sign)(k->beta1 * m + k->fresh1 * d);
  STORE(a, k->beta2 * m + k->fresh2 * d);
  return x * k->keep - k->rate * u;
}

INLINE VF NAME(op_sign)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_lion *k = scalars;
  return x * k->keep - k->rate * NAME(sign)(y + k->coupled * x);
}

static TARGET void NAME(update_lion)(size_t begin, size_t end, const dk_lion *scalars, const dk_pass *pass, float *p,
                                     const float *g, float *mean, double sums[2]) {
  const dk_lion k = *scalars;
  if (mean)
    RUN(op_lion, mean, 0);
  else
    RUN(op_sign, 0, 0);
}

#include "update_further.body.h"
#include "moments.body.h"

#undef LANES
#undef VF
#undef VH
#undef VD
#undef VI
#undef INLINE
#undef LOAD
#undef STORE
#undef LOW
#undef HIGH
#undef ADD_SQUARES
#undef RUN
#undef RUN3
