// Kernels of rules that remember more or correct more than those of update.body.h, whose names they use.

// ---- AdaBound

INLINE VF NAME(op_adabound)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_adabound *k = scalars;
  const VF d = y + k->coupled * x, zero = {0}, low = k->low - zero, high = k->high - zero;
  const VF m = k->beta1 * LOAD(a) + k->fresh1 * d;
  const VF v = k->beta2 * LOAD(b) + k->fresh2 * (d * d);
  STORE(a, m);
  STORE(b, v);
  const VF rate = k->step / (__builtin_elementwise_sqrt(v + k->inside) + k->epsilon);
  // Compared so that a NaN stays one.
  const VF raised = NAME(chosen)(rate < low, low, rate);
  return x * k->keep - NAME(chosen)(raised > high, high, raised) * m;
}

static TARGET void NAME(update_adabound)(size_t begin, size_t end, const dk_adabound *scalars, const dk_pass *pass,
                                         float *p, const float *g, float *mean, float *square, double sums[2]) {
  const dk_adabound k = *scalars;
  RUN(op_adabound, mean, square);
}

// ---- LaProp

INLINE VF NAME(op_laprop)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_laprop *k = scalars;
  // Written so that there is one way only to fuse it: it must not depend on how the gradient is treated.
  const VF v0 = LOAD(b), v = v0 + k->fresh2 * (y * y - v0);
  const VF m = k->beta1 * LOAD(a) +
               k->intake * y / (__builtin_elementwise_sqrt(k->correction * v + k->inside) + k->epsilon);
  STORE(a, m);
  STORE(b, v);
  return k->keep * (x - k->step * m);
}

static TARGET void NAME(update_laprop)(size_t begin, size_t end, const dk_laprop *scalars, const dk_pass *pass, float *p,
                                       const float *g, float *mean, float *square, double sums[2]) {
  const dk_laprop k = *scalars;
  RUN(op_laprop, mean, square);
}

// ---- AggMo

// One velocity: what it becomes, kept.
INLINE VF NAME(velocity)(float beta, VF d, float *at) {
  const VF v = beta * LOAD(at) + d;
  STORE(at, v);
  return v;
}

INLINE VF NAME(op_aggmo0)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_aggmo *k = scalars;
  return x * k->keep - k->rate * (y + k->coupled * x);
}

INLINE VF NAME(op_aggmo1)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_aggmo *k = scalars;
  const VF d = y + k->coupled * x;
  return x * k->keep - k->rate * (d + NAME(velocity)(k->beta[0], d, a));
}

INLINE VF NAME(op_aggmo2)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_aggmo *k = scalars;
  const VF d = y + k->coupled * x;
  return x * k->keep - k->rate * (d + NAME(velocity)(k->beta[0], d, a) + NAME(velocity)(k->beta[1], d, b));
}

INLINE VF NAME(op_aggmo3)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_aggmo *k = scalars;
  const VF d = y + k->coupled * x;
  const VF sum = d + NAME(velocity)(k->beta[0], d, a) + NAME(velocity)(k->beta[1], d, b);
  return x * k->keep - k->rate * (sum + NAME(velocity)(k->beta[2], d, c));
}

static TARGET void NAME(update_aggmo)(size_t begin, size_t end, const dk_aggmo *scalars, const dk_pass *pass, float *p,
                                      const float *g, float *first, float *second, float *third, double sums[2]) {
  const dk_aggmo k = *scalars;
  if (third)
    RUN3(op_aggmo3, first, second, third);
  else if (second)
    RUN(op_aggmo2, first, second);
  else if (first)
    RUN(op_aggmo1, first, 0);
  else
    RUN(op_aggmo0, 0, 0);
}

// ---- MARS

INLINE VF NAME(corrected)(const dk_mars *k, VF y, VF last) { return y + k->pull * (y - last); }

INLINE VF NAME(op_mars_adamw)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_mars *k = scalars;
  const VF d = k->bound * NAME(corrected)(k, y, LOAD(c));
  const VF m = k->beta1 * LOAD(a) + k->fresh1 * d;
  const VF v = k->beta2 * LOAD(b) + k->fresh2 * (d * d);
  STORE(a, m);
  STORE(b, v);
  STORE(c, y);
  return x * k->keep - k->rate * m / (k->scale * __builtin_elementwise_sqrt(v) + k->epsilon);
}

INLINE VF NAME(op_mars_lion)(const void *scalars, VF x, VF y, float *a, float *b, float *c) {
  const dk_mars *k = scalars;
  const VF d = k->bound * NAME(corrected)(k, y, LOAD(c));
  const VF m = k->beta1 * LOAD(a) + k->fresh1 * d;
  STORE(a, m);
  STORE(b, k->beta2 * LOAD(b) + k->fresh2 * (d * d));
  STORE(c, y);
  return x * k->keep - k->rate * NAME(sign)(m);
}

static TARGET void NAME(update_mars)(size_t begin, size_t end, const dk_mars *scalars, const dk_pass *pass, float *p,
                                     const float *g, float *mean, float *square, float *last, double sums[2]) {
  const dk_mars k = *scalars;
  if (k.takes_sign)
    RUN3(op_mars_lion, mean, square, last);
  else
    RUN3(op_mars_adamw, mean, square, last);
}

static TARGET double NAME(mars_squares)(size_t begin, size_t end, const dk_mars *scalars, const float *g,
                                        const float *last) {
  const dk_mars k = *scalars;
  VD squares[2] = {0};
  size_t i = begin;
  for (; i + LANES <= end; i += LANES) {
    const VF d = NAME(corrected)(&k, LOAD(g + i), LOAD(last + i));
    ADD_SQUARES(squares, d);
  }
  double sum = NAME(total)(squares);
  for (; i < end; i++) {
    const float d = NAME(corrected)(&k, g[i] - (VF){0}, last[i] - (VF){0})[0];
    sum += (double)d * d;
  }
  return sum;
}
