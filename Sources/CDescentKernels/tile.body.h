// What matrix products and convolutions share, for one element type and one instruction set: tiles of the result that
// stay in registers. The tiles themselves are compiled once, in tiles.c.

#define LANES ((long)(VECTOR_BYTES / sizeof(REAL)))

// The most rows of tiles one and two vectors wide, and the rows of tiles that pack. With AVX-512 more sums would fit the
// registers, but with up to about twenty one tile's end overlaps the next one's beginning: measured, tiles of 10 × 2
// vectors lose 20 cycles each, tiles of 14 × 2 or 9 × 3 lose 80.
#if VECTOR_BYTES == 64
#define TALLEST 14
#define TALLEST2 10
#define PACKING 8
#elif VECTOR_BYTES == 32
#define TALLEST 8
#define TALLEST2 6
#define PACKING 4
#else
#define TALLEST 8
#define TALLEST2 4
#define PACKING 4
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
  const REAL *ahead;  // dk_down fetches an element here for each step, `ahead_step` apart; never NULL
  long ahead_step;
} FN(tile_call);

// Rows of A apart, steps of A side by side.
TARGET void FN(dk_across)(long vectors, long rows, const FN(tile_call) * call);
// Steps of A apart, rows of A side by side.
TARGET void FN(dk_down)(long vectors, long rows, const FN(tile_call) * call);
// As dk_down with one vector and `groups` groups of `per` rows, `a_group` apart: for groups so short that a tile of one
// of them would wait for its own sums. 1 … 4 rows, two or three groups, at most TALLEST rows in all.
TARGET void FN(dk_down_grouped)(long per, long groups, long a_group, const FN(tile_call) * call);
// As dk_across and dk_down, for PACKING rows and one run; they leave B in `packed`, with no gaps between its rows, of
// which the last vector holds only what C has, and zeros.
TARGET void FN(dk_across_packing)(long vectors, const FN(tile_call) * call, REAL *packed);
TARGET void FN(dk_down_packing)(long vectors, const FN(tile_call) * call, REAL *packed);

// Rows of the tallest tile `vectors` wide.
INLINE long FN(tallest)(long vectors) { return vectors == 1 ? TALLEST : TALLEST2; }

// Panels are two vectors wide; the last one may be one vector wide.
INLINE long FN(panels)(long columns) { return (columns + 2 * LANES - 1) / (2 * LANES); }
INLINE long FN(panel_vectors)(long columns, long panel) { return columns - panel * 2 * LANES > LANES ? 2 : 1; }
