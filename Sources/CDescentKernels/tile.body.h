// What matrix products and convolutions share, for one element type and one instruction set: tiles of the result that
// stay in registers. The tiles themselves are compiled once, in tiles.c.

#define LANES ((long)(VECTOR_BYTES / sizeof(REAL)))

// The widest tile, in vectors, and the most rows of tiles one, two and three vectors wide that registers hold. EVEN rows
// fit all of them and divide a line of cache.
#if VECTOR_BYTES == 64
#define NV 3
#define TALLEST 14
#define TALLEST2 14
#define TALLEST3 9
#define EVEN 8
#elif VECTOR_BYTES == 32
#define NV 3
#define TALLEST 8
#define TALLEST2 6
#define TALLEST3 4
#define EVEN 4
#else
#define NV 2
#define TALLEST 8
#define TALLEST2 4
#define TALLEST3 4
#define EVEN 4
#endif

// Rows of a kernel's window shorter than this are gathered together, see dk_down_grouped.
#define SHORTEST 5

#define INLINE static inline __attribute__((always_inline)) TARGET

typedef REAL FN(vec) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(REAL))));

// A tile as it is called: C = Σ A·B or, if `adds`, C += Σ A·B, over `runs` stretches of k steps each. The last vector
// of a row of C holds `last` elements, which may be fewer than its lanes; B always has whole vectors.
typedef struct {
  long runs, k;
  const REAL *a;
  long a_stride;  // between rows (dk_across) or steps (dk_down); the other distance is one
  long a_run;
  const REAL *b;
  long b_step, b_run;
  REAL *c;
  long ldc, last;
  int adds;
} FN(tile_call);

// Rows of A apart, steps of A side by side.
TARGET void FN(dk_across)(long vectors, long rows, const FN(tile_call) * call);
// Steps of A apart, rows of A side by side.
TARGET void FN(dk_down)(long vectors, long rows, const FN(tile_call) * call);
// As dk_down with one vector and `groups` groups of `per` rows, `a_group` apart: for groups so short that a tile of one
// of them would wait for its own sums. 1 … 4 rows, two or three groups, at most TALLEST rows in all.
TARGET void FN(dk_down_grouped)(long per, long groups, long a_group, const FN(tile_call) * call);
// As dk_across and dk_down, in one run; they leave B in `packed`, with no gaps between its rows, of which the last vector
// holds only what C has, and zeros. dk_across_packing takes the tallest tile's rows, the tallest being that for `vectors`
// or, if `lower`, for one vector more; dk_down_packing takes EVEN rows.
TARGET void FN(dk_across_packing)(long vectors, int lower, const FN(tile_call) * call, REAL *packed);
TARGET void FN(dk_down_packing)(long vectors, const FN(tile_call) * call, REAL *packed);

// As dk_down with EVEN rows in one run; meanwhile, fetches the element of each step at `ahead`, `step` apart.
TARGET void FN(dk_down_ahead)(long vectors, const FN(tile_call) * call, const REAL *ahead, long step);

// Rows of the tallest tile `vectors` wide.
INLINE long FN(tallest)(long vectors) { return vectors == 1 ? TALLEST : vectors == 2 ? TALLEST2 : TALLEST3; }

// How the vectors of `columns` columns are shared out among panels, as evenly as can be, the wider ones first.
typedef struct {
  long count, wider, vectors;  // `wider` of the `count` panels are a vector wider than `vectors`
} FN(panels);

INLINE FN(panels) FN(panels_of)(long columns) {
  const long all = (columns + LANES - 1) / LANES, count = (all + NV - 1) / NV;
  return (FN(panels)){count, all % count, all / count};
}
INLINE long FN(panel_vectors)(FN(panels) p, long panel) { return p.vectors + (panel < p.wider); }
