// Packed averages for one instruction set, beside the rules' kernels of update.body.h, whose names it uses.

typedef unsigned char NAME(dk_bytes) __attribute__((vector_size(LANES), aligned(1), may_alias));
typedef unsigned short NAME(dk_halves) __attribute__((vector_size(2 * LANES), aligned(2), may_alias));
typedef unsigned NAME(dk_words) __attribute__((vector_size(VECTOR_BYTES), aligned(4), may_alias));
#define VB NAME(dk_bytes)
#define VS NAME(dk_halves)
#define VU NAME(dk_words)

// Elements unpacked at a time, a multiple of the block: 512 was measured faster than 256, and than 2048 where all must come
// from memory, since the processor then fetches the next tile while it packs this one.
#define PACKED_TILE 512

// table[index % 16] and table[index % 32].
#if VECTOR_BYTES == 64
INLINE VF NAME(look16)(const float *table, VI index) {
  return (VF)_mm512_permutexvar_ps((__m512i)index, _mm512_loadu_ps(table));
}
INLINE VF NAME(look32)(const float *table, VI index) {
  return (VF)_mm512_permutex2var_ps(_mm512_loadu_ps(table), (__m512i)index, _mm512_loadu_ps(table + 16));
}
#elif VECTOR_BYTES == 32
INLINE VF NAME(look16)(const float *table, VI index) { return (VF)_mm256_i32gather_ps(table, (__m256i)(index & 15), 4); }
INLINE VF NAME(look32)(const float *table, VI index) { return (VF)_mm256_i32gather_ps(table, (__m256i)(index & 31), 4); }
#else
INLINE VF NAME(look)(const float *table, VI index) {
  VF found;
  for (int j = 0; j < LANES; j++) found[j] = table[index[j]];
  return found;
}
INLINE VF NAME(look16)(const float *table, VI index) { return NAME(look)(table, index & 15); }
INLINE VF NAME(look32)(const float *table, VI index) { return NAME(look)(table, index & 31); }
#endif

// ---- bfloat16

INLINE void NAME(unpack_halves)(size_t count, const unsigned short *codes, float *values) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    STORE(values + i, (VF)(__builtin_convertvector(*(const VS *)(codes + i), VU) << 16));
  for (; i < count; i++) {
    const unsigned bits = (unsigned)codes[i] << 16;
    memcpy(values + i, &bits, 4);
  }
}

// `added` stands in for rounding: what is cut off carries into the upper half where it overflows. A NaN stays one.
INLINE VS NAME(upper_halves)(VU bits, VU added) {
  const VU is_nan = (VU)((bits & 0x7fffffff) > 0x7f800000);
  return __builtin_convertvector((is_nan & ((bits >> 16) | 64)) | (~is_nan & ((bits + added) >> 16)), VS);
}

// Sixteen random bits for each of the 128 elements of group `group`: 16 blocks of Philox4x32-10 side by side.
INLINE void NAME(random_bits)(const dk_packed *array, unsigned group, unsigned short *bits) {
  uint32_t c0[PHILOX_WIDTH], c1[PHILOX_WIDTH], c2[PHILOX_WIDTH], c3[PHILOX_WIDTH];
  for (int j = 0; j < PHILOX_WIDTH; j++) {
    c0[j] = group * PHILOX_WIDTH + (uint32_t)j;
    c1[j] = array->counter[0];
    c2[j] = array->counter[1];
    c3[j] = array->counter[2];
  }
  philox(c0, c1, c2, c3, 0x64657363u, 0x656e7400u);
  for (int j = 0; j < PHILOX_WIDTH; j++) {
    bits[j] = (unsigned short)c0[j], bits[16 + j] = (unsigned short)(c0[j] >> 16);
    bits[32 + j] = (unsigned short)c1[j], bits[48 + j] = (unsigned short)(c1[j] >> 16);
    bits[64 + j] = (unsigned short)c2[j], bits[80 + j] = (unsigned short)(c2[j] >> 16);
    bits[96 + j] = (unsigned short)c3[j], bits[112 + j] = (unsigned short)(c3[j] >> 16);
  }
}

// `first` is the place of the first element, a multiple of 128.
INLINE void NAME(pack_halves)(size_t first, size_t count, const float *values, const dk_packed *array) {
  unsigned short *codes = (unsigned short *)array->codes + first;
  unsigned short bits[128];
  const int random = array->packing == DK_BFLOAT16_STOCHASTIC;
  for (size_t i = 0; i < count; i += LANES) {
    VU x;
    const size_t n = count - i < LANES ? count - i : LANES;
    if (n == LANES) {
      x = *(const VU *)(values + i);
    } else {
      x = (VU){0};
      memcpy(&x, values + i, 4 * n);
    }
    VU added = ((x >> 16) & 1) + 0x7fff;
    if (random) {
      if (i % 128 == 0) NAME(random_bits)(array, (unsigned)((first + i) / 128), bits);
      added = __builtin_convertvector(*(const VS *)(bits + i % 128), VU);
    }
    const VS packed = NAME(upper_halves)(x, added);
    if (n == LANES)
      *(VS *)(codes + i) = packed;
    else
      memcpy(codes + i, &packed, 2 * n);
  }
}

// ---- The dynamic map

// Sixteen of the decades' tops by the low four bits of q's exponent, times the block's scale.
INLINE VF NAME(decoded)(int is_signed, VI code, const float *tops) {
  const VI s = code - 127;
  const VF q = is_signed ? __builtin_convertvector(2 * ((s ^ (s >> 31)) - (s >> 31)) + 1, VF)
                         : __builtin_convertvector(code, VF) + 1.5f;
  // q/2^(i+1), from 1 to 2.
  const VF within = (VF)(((VI)q & 0x7fffff) | 0x3f800000);
  const VF x = NAME(look16)(tops, (VI)q >> 23) * (0.9f * within - 0.8f);
  return is_signed ? (VF)((VI)x ^ (s & (int)0x80000000)) : x;
}

INLINE void NAME(unpack_bytes)(int is_signed, size_t count, const unsigned char *codes, const float *scales,
                               float *values) {
  for (size_t start = 0; start < count; start += DK_BLOCK) {
    const size_t end = count - start < DK_BLOCK ? count : start + DK_BLOCK;
    float tops[16];
    for (int k = 0; k < 16; k++) tops[k] = decode_tops[is_signed][k] * scales[start / DK_BLOCK];
    size_t i = start;
    for (; i + LANES <= end; i += LANES)
      STORE(values + i,
            NAME(decoded)(is_signed, __builtin_convertvector(*(const VB *)(codes + i), VI), tops));
    if (i < end) {
      VB c = {0};
      memcpy(&c, codes + i, end - i);
      const VF x = NAME(decoded)(is_signed, __builtin_convertvector(c, VI), tops);
      memcpy(values + i, &x, 4 * (end - i));
    }
  }
}

INLINE VB NAME(encoded)(int is_signed, VI bits, float inverse) {
  const VI half = (VI)(0x1p-24f - (VF){0});
  const VF x = (VF)(bits & 0x7fffffff) * inverse;
  const VI binade = __builtin_elementwise_max((VI)x, half) >> 23;
  // A true comparison is −1.
  const VI piece = (VI)NAME(look32)((const float *)encode_piece[is_signed], binade) -
                   (VI)(x > NAME(look32)(encode_limit[is_signed], binade));
  // From 1 to 2 within a decade, and cut off to a whole number when multiplied by as many cells as it has.
  const VF within = NAME(look16)(encode_tops, piece) * x + 0.8f / 0.9f;
  const VI place = __builtin_convertvector((VF)((VI)within + ((piece - is_signed) << 23)), VI);
  const VI next = (2 - is_signed) << piece;
  VI code = __builtin_elementwise_min(place, next - 1);
  if (is_signed) {
    const VI sign = bits >> 31;
    code = ((code ^ sign) - sign) + 127;
  } else {
    code -= 1;
  }
  // There is no −1 where signed; where not, what is above 0 stays so. A true comparison is −1.
  const VI least = is_signed ? (VI){0} : -(VI)(bits > (VI){0});
  return __builtin_convertvector(__builtin_elementwise_max(code, least), VB);
}

// The largest magnitude. By their bits, magnitudes stand in order, with what is no number above all.
INLINE float NAME(largest)(size_t count, const float *values) {
  VI most = {0};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES)
    most = __builtin_elementwise_max(most, (VI)LOAD(values + i) & 0x7fffffff);
  int bits = __builtin_reduce_max(most);
  for (; i < count; i++) {
    int one;
    memcpy(&one, values + i, 4);
    one &= 0x7fffffff;
    if (one > bits) bits = one;
  }
  float found;
  memcpy(&found, &bits, 4);
  return found;
}

INLINE void NAME(pack_bytes)(int is_signed, size_t count, const float *values, unsigned char *codes, float *scales) {
  for (size_t start = 0; start < count; start += DK_BLOCK) {
    const size_t end = count - start < DK_BLOCK ? count : start + DK_BLOCK;
    const float largest = NAME(largest)(end - start, values + start);
    // Below the smallest normal number all is 0; what is not finite makes NaN of its block.
    const int finite = largest <= 3.4028234e38f, whole = finite && largest >= 1.1754944e-38f;
    scales[start / DK_BLOCK] = whole ? largest : finite ? 0 : NAN;
    if (!whole) {
      memset(codes + start, is_signed ? 127 : 0, end - start);
      continue;
    }
    const float inverse = 1 / largest;
    size_t i = start;
    for (; i + LANES <= end; i += LANES)
      *(VB *)(codes + i) = NAME(encoded)(is_signed, (VI)LOAD(values + i), inverse);
    if (i < end) {
      VI bits = {0};
      memcpy(&bits, values + i, 4 * (end - i));
      const VB packed = NAME(encoded)(is_signed, bits, inverse);
      memcpy(codes + i, &packed, end - i);
    }
  }
}

static TARGET void NAME(unpack)(size_t begin, size_t end, const dk_packed *array, float *values) {
  const unsigned char *bytes = (const unsigned char *)array->codes + begin;
  if (array->packing != DK_DYNAMIC8)
    NAME(unpack_halves)(end - begin, (const unsigned short *)array->codes + begin, values);
  else if (array->is_signed)
    NAME(unpack_bytes)(1, end - begin, bytes, array->scales + begin / DK_BLOCK, values);
  else
    NAME(unpack_bytes)(0, end - begin, bytes, array->scales + begin / DK_BLOCK, values);
}

static TARGET void NAME(pack)(size_t begin, size_t end, const float *values, const dk_packed *array) {
  unsigned char *bytes = (unsigned char *)array->codes + begin;
  if (array->packing != DK_DYNAMIC8)
    NAME(pack_halves)(begin, end - begin, values, array);
  else if (array->is_signed)
    NAME(pack_bytes)(1, end - begin, values, bytes, array->scales + begin / DK_BLOCK);
  else
    NAME(pack_bytes)(0, end - begin, values, bytes, array->scales + begin / DK_BLOCK);
}

// Walks over the range in tiles, with `step` on the unpacked arrays m and v of each.
#define BY_TILES(one, two, step)                                              \
  do {                                                                        \
    __attribute__((aligned(64))) float m[PACKED_TILE], v[PACKED_TILE];        \
    sums[0] = sums[1] = 0;                                                    \
    for (size_t start = begin; start < end; start += PACKED_TILE) {           \
      const size_t stop = end - start < PACKED_TILE ? end : start + PACKED_TILE; \
      dk_pass here = *pass;                                                   \
      if (here.average) here.average += start;                                \
      double part[2];                                                         \
      const dk_packed *second = two;                                          \
      NAME(unpack)(start, stop, one, m);                                      \
      if (second) NAME(unpack)(start, stop, second, v);                       \
      step;                                                                   \
      NAME(pack)(start, stop, m, one);                                        \
      if (second) NAME(pack)(start, stop, v, second);                         \
      sums[0] += part[0];                                                     \
      sums[1] += part[1];                                                     \
    }                                                                         \
  } while (0)

static TARGET void NAME(update_sgd_packed)(size_t begin, size_t end, const dk_sgd *scalars, const dk_pass *pass,
                                           float *p, const float *g, const dk_packed *buffer, double sums[2]) {
  BY_TILES(buffer, NULL, NAME(update_sgd)(0, stop - start, scalars, &here, p + start, g + start, m, part));
}

static TARGET void NAME(update_adam_packed)(size_t begin, size_t end, const dk_adam *scalars, const dk_pass *pass,
                                            float *p, const float *g, const dk_packed *mean, const dk_packed *square,
                                            double sums[2]) {
  BY_TILES(mean, square, NAME(update_adam)(0, stop - start, scalars, &here, p + start, g + start, m, v, part));
}

static TARGET void NAME(update_adamax_packed)(size_t begin, size_t end, const dk_adamax *scalars, const dk_pass *pass,
                                              float *p, const float *g, const dk_packed *mean,
                                              const dk_packed *largest, double sums[2]) {
  BY_TILES(mean, largest, NAME(update_adamax)(0, stop - start, scalars, &here, p + start, g + start, m, v, part));
}

static TARGET void NAME(update_lion_packed)(size_t begin, size_t end, const dk_lion *scalars, const dk_pass *pass,
                                            float *p, const float *g, const dk_packed *mean, double sums[2]) {
  BY_TILES(mean, NULL, NAME(update_lion)(0, stop - start, scalars, &here, p + start, g + start, m, part));
}

#undef BY_TILES
#undef PACKED_TILE
#undef VB
#undef VS
#undef VU
