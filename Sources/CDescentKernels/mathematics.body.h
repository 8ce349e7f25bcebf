// Vectorisable float functions and their double counterparts (libm). No branches, so that loops over them vectorise.
// Polynomials: least squares on Chebyshev nodes over the reduced interval.

#ifdef REAL_IS_FLOAT

static inline __attribute__((always_inline)) TARGET float FN(exp_)(float x) {
  // exp(x) = 2^n · exp(r), n = round(x / ln 2), |r| ≤ ln 2 / 2. Relative error below 2 ulp.
  const float limited = x > 89.0f ? 89.0f : x < -104.0f ? -104.0f : x;
  const float shifted = limited * 1.44269504f + 12582912.0f;  // 1.5·2²³: the low bits then hold the integer
  const float n = shifted - 12582912.0f;
  const float r = (limited - n * 0.693359375f) - n * -2.12194440e-4f;
  const float p =
      0.5f + r * (0.16666576266288757f +
                  r * (0.04166646674275398f + r * (0.008363181725144386f + r * 0.0013933652080595493f)));
  const float e = 1.0f + (r + r * r * p);
  // Two factors, since 2^n alone may leave the range of floats.
  const int32_t exponent = (int32_t)n, half = exponent >> 1;
  union {
    int32_t i;
    float f;
  } low = {.i = (half + 127) << 23}, high = {.i = (exponent - half + 127) << 23};
  const float result = e * low.f * high.f;
  return x != x ? x : result;
}

static inline __attribute__((always_inline)) TARGET float FN(log_)(float x) {
  // log(x) = k·ln 2 + log(m), m in [√½, √2), log(m) = 2s + s³·q(s²) with s = (m − 1)/(m + 1).
  const int tiny = x < 1.17549435e-38f;
  union {
    float f;
    int32_t i;
  } u = {.f = tiny ? x * 8388608.0f : x};
  const int32_t shifted = u.i - 0x3f3504f3;  // the bits of √½
  const int32_t k = shifted >> 23;
  union {
    int32_t i;
    float f;
  } m = {.i = (shifted & 0x7fffff) + 0x3f3504f3};
  const float f = m.f - 1.0f, s = f / (2.0f + f), z = s * s;
  const float q =
      0.6666666865348816f + z * (0.4000012278556824f + z * (0.2855074107646942f + z * 0.2333248108625412f));
  const float kf = (float)(k - (tiny ? 23 : 0));
  // 2s = f − s·f exactly enough; adding the small parts first keeps the last bit.
  const float log_m = f - s * (f - z * q);
  const float result = (log_m + kf * -2.12194440e-4f) + kf * 0.693359375f;
  return x > 0 ? (x > 3.4028234e38f ? x : result) : (x == 0 ? -__builtin_inff() : __builtin_nanf(""));
}

static inline __attribute__((always_inline)) TARGET float FN(tanh_)(float x) {
  const float a = __builtin_fabsf(x), z = x * x;
  const float near =
      x + x * z *
              (-0.3333333432674408f +
               z * (0.13333304226398468f +
                    z * (-0.05395938828587532f +
                         z * (0.021769847720861435f + z * (-0.008346689864993095f + z * 0.0022955704480409622f)))));
  const float e = FN(exp_)(2.0f * (a > 10.0f ? 10.0f : a));
  const float far = __builtin_copysignf(1.0f - 2.0f / (e + 1.0f), x);
  const float result = a < 0.625f ? near : far;
  return x != x ? x : result;
}

static inline __attribute__((always_inline)) TARGET float FN(erf_)(float x) {
  const float a = __builtin_fabsf(x), z = x * x;
  const float near =
      x * (1.1283791065216064f +
           z * (-0.3761245906352997f +
                z * (0.11281437426805496f +
                     z * (-0.026752419769763947f + z * (0.004971958696842194f + z * -0.0005881639663130045f)))));
  // 1 − erf(t) = exp(−t·p(t)), p by least squares on 0.9 … 4; beyond that erf is 1.
  const float t = a > 4.0f ? 4.0f : a;
  const float p =
      1.128549575805664f +
      t * (0.6356334686279297f +
           t * (0.10525012761354446f +
                t * (-0.022664476186037064f +
                     t * (0.0029264262411743402f +
                          t * (-4.9047866923501715e-05f +
                               t * (-4.552841346594505e-05f + t * 4.921011168335099e-06f))))));
  const float far = __builtin_copysignf(1.0f - FN(exp_)(-t * p), x);
  const float result = a < 0.92f ? near : far;
  return x != x ? x : result;
}

#define SQRT_ __builtin_sqrtf
#define ABS_ __builtin_fabsf
#define SIN_ sinf
#define COS_ cosf
#define POW_ powf

#else

static inline __attribute__((always_inline)) TARGET double FN(exp_)(double x) { return exp(x); }
static inline __attribute__((always_inline)) TARGET double FN(log_)(double x) { return log(x); }
static inline __attribute__((always_inline)) TARGET double FN(tanh_)(double x) { return tanh(x); }

static inline __attribute__((always_inline)) TARGET double FN(erf_)(double x) { return erf(x); }
#define SQRT_ __builtin_sqrt
#define ABS_ __builtin_fabs
#define SIN_ sin
#define COS_ cos
#define POW_ pow

#endif

static inline __attribute__((always_inline)) TARGET REAL FN(sigmoid_)(REAL x) {
  // exp of a non-positive number on both sides, so that nothing overflows.
  const REAL e = FN(exp_)(-ABS_(x));
  const REAL s = 1 / (1 + e);
  return x >= 0 ? s : e * s;
}

// Both arms are read, so that the choice needs no branch.
static inline __attribute__((always_inline)) TARGET REAL FN(select_)(REAL a, REAL yes, REAL no) {
  return a != 0 ? yes : no;
}

// 1 + tanh(u) = 2·sigmoid(2u), which costs one exponential and loses nothing where tanh is near −1.
static inline __attribute__((always_inline)) TARGET REAL FN(gelu_tanh_)(REAL x) {
  const REAL twice = (REAL)1.5957691216057308 * (x + (REAL)0.044715 * x * (x * x));
  return x * FN(sigmoid_)(twice);
}

static inline __attribute__((always_inline)) TARGET REAL FN(gelu_tanh_slope_)(REAL x) {
  const REAL z = x * x;
  const REAL s = FN(sigmoid_)((REAL)1.5957691216057308 * (x + (REAL)0.044715 * x * z));
  return s + x * (s * (1 - s)) * ((REAL)1.5957691216057308 * (1 + (REAL)0.134145 * z));
}
