// Pooling of WIDTH neighbouring channels under one window; `row` and `channels` are the distances between rows and
// columns of the picture. IN(f) is the function's name with the width's suffix.

typedef REAL IN(block) __attribute__((ext_vector_type(WIDTH), aligned(sizeof(REAL))));
typedef __typeof__((IN(block)){0} > (IN(block)){0}) IN(mask);

#define AT(from) (*(const IN(block) *)((from) + i * row + j * channels))
#define EACH_UNDER(rows, columns)      \
  for (long i = 0; i < (rows); i++) \
    for (long j = 0; j < (columns); j++)

// In each lane, whether `value` is larger than the best so far; a NaN is larger than all but the NaN before it.
INLINE IN(mask) IN(takes)(IN(block) value, IN(block) best) { return ~(value <= best) & (best == best); }

INLINE IN(block) IN(largest)(const long rows, const long columns, long row, long channels, const REAL *picture) {
  IN(block) best = *(const IN(block) *)picture;
  // One instruction each; a maximum loses a NaN.
  IN(mask) missing = best != best;
  EACH_UNDER(rows, columns) {
    const IN(block) value = AT(picture);
    best = value > best ? value : best;
    missing |= value != value;
  }
  return missing ? (IN(block))(REAL)NAN : best;
}

INLINE IN(block) IN(picked)(const long rows, const long columns, long row, long channels, const REAL *picture,
                            const REAL *values) {
  IN(block) best = *(const IN(block) *)picture, chosen = *(const IN(block) *)values;
  EACH_UNDER(rows, columns) {
    const IN(block) value = AT(picture);
    const IN(mask) takes = IN(takes)(value, best);
    best = takes ? value : best;
    chosen = takes ? AT(values) : chosen;
  }
  return chosen;
}

INLINE void IN(placed)(const long rows, const long columns, long row, long channels, const REAL *picture,
                       const REAL *value, REAL *result, int adds) {
  const IN(block) best = IN(largest)(rows, columns, row, channels, picture), change = *(const IN(block) *)value;
  IN(mask) open = ~(IN(mask)){0};
  EACH_UNDER(rows, columns) {
    const IN(block) here = AT(picture);
    const IN(mask) hit = ((here == best) | ((here != here) & (best != best))) & open;
    open &= ~hit;
    IN(block) *to = (IN(block) *)(result + i * row + j * channels);
    const IN(block) part = hit ? change : (IN(block)){0};
    *to = adds ? *to + part : part;
  }
}

INLINE IN(block) IN(summed)(const long rows, const long columns, long row, long channels, const REAL *picture) {
  IN(block) sum = {0};
  EACH_UNDER(rows, columns) sum += AT(picture);
  return sum;
}

INLINE void IN(spread)(const long rows, const long columns, long row, long channels, const REAL *value, REAL *picture,
                       int adds) {
  const IN(block) change = *(const IN(block) *)value;
  EACH_UNDER(rows, columns) {
    IN(block) *to = (IN(block) *)(picture + i * row + j * channels);
    *to = adds ? *to + change : change;
  }
}

#undef AT
#undef EACH_UNDER
