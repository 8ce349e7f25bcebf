// Matrix products for one element type and one instruction set.
//
// B is taken in blocks that stay in a level-2 cache, packed into panels as wide as a tile; over a block, tile after
// tile of A's rows passes along all the panels. The first tile reads B where it is and packs it on the way, so that
// fetching B and computing overlap. Each element of C is summed in the order of k, whatever the blocks and tiles.

#include "tile.body.h"
#include "pack.body.h"

// One matrix product of depth at most DEPTH, in FN(block).
typedef struct {
  long m, n, k;
  const REAL *a;
  long lda;
  const REAL *b;
  long ldb;
  REAL *c;
  long ldc;
  int transpose_a, transpose_b, adds;
} FN(product);

// The tiles of rows that begin at `call`'s A and C, along all panels. With `packing`, B is read in place and left in
// `packed`; else it is read from there, or in place if `packed` is NULL. `ahead`, if not NULL, are the columns of A that
// are wanted next.
static TARGET void FN(strip)(const FN(product) * p, FN(panels) panels, FN(tile_call) * call, int down, long rows,
                             REAL *packed, int packing, const REAL *ahead) {
  const long ragged = (p->n - 1) % LANES + 1;
  const REAL *b = p->b;
  REAL *c = call->c;
  call->adds = p->adds;
  call->last = LANES;
  for (long panel = 0; panel < panels.count; panel++) {
    const long vectors = FN(panel_vectors)(panels, panel), width = vectors * LANES;
    if (panel + 1 == panels.count) call->last = ragged;
    call->b = packing || !packed ? b : packed;
    call->b_step = packing || !packed ? p->ldb : width;
    if (ahead && panel == 0)
      FN(dk_down_ahead)(vectors, call, ahead, p->lda);
    else if (!packing && down)
      FN(dk_down)(vectors, rows, call);
    else if (!packing)
      FN(dk_across)(vectors, rows, call);
    else if (down)
      FN(dk_down_packing)(vectors, call, packed);
    else
      FN(dk_across_packing)(vectors, panels.wider > 0 && panel >= panels.wider, call, packed);
    call->c += width;
    b += width;
    if (packed) packed += width * p->k;
  }
  call->c = c;
}

// Rows of A side by side: tiles along A's rows, the tallest that fit or less, of as equal heights as can be.
static TARGET void FN(block_across)(const FN(product) * p, FN(panels) panels, REAL *packed, int packing) {
  const long tallest = FN(tallest)(FN(panel_vectors)(panels, 0));
  FN(tile_call) call = {.runs = 1, .k = p->k, .a = p->a, .a_stride = p->lda, .c = p->c, .ldc = p->ldc};
  long left = p->m;
  for (long tiles = (p->m + tallest - 1) / tallest; tiles > 0; tiles--) {
    const long rows = packing || left >= tiles * tallest ? tallest : (left + tiles - 1) / tiles;
    FN(strip)(p, panels, &call, 0, rows, packed, packing, NULL);
    packing = 0;
    call.a += rows * p->lda;
    call.c += rows * p->ldc;
    left -= rows;
  }
}

// Copies `width` columns of A, so that they stand close together for all the panels.
static TARGET void FN(gather_columns)(long k, long width, const REAL *a, long lda, REAL *strip) {
  if (width == STRIP)
    for (long q = 0; q < k; q++) memcpy(strip + q * STRIP, a + q * lda, STRIP * sizeof(REAL));
  else
    for (long q = 0; q < k; q++)
      for (long r = 0; r < width; r++) strip[q * STRIP + r] = a[q * lda + r];
}

// Columns of A are C's rows: taken by the line of cache, in tiles that share it.
static TARGET void FN(block_down)(const FN(product) * p, FN(panels) panels, REAL *packed, int packing, REAL *strip) {
  FN(tile_call) call = {.runs = 1, .k = p->k, .a_stride = p->lda, .c = p->c, .ldc = p->ldc};
  for (long first = 0; first < p->m; first += STRIP) {
    const long width = p->m - first < STRIP ? p->m - first : STRIP;
    call.a = p->a + first;
    if (panels.count > 1) {
      FN(gather_columns)(p->k, width, call.a, p->lda, strip);
      call.a = strip;
      call.a_stride = STRIP;
    }
    for (long r = 0; r < width; r += EVEN) {
      const long rows = width - r < EVEN ? width - r : EVEN;
      const int fetches = r > 0 && rows == EVEN && first + STRIP < p->m;
      FN(strip)(p, panels, &call, 1, rows, packed, packing, fetches ? p->a + first + STRIP : NULL);
      packing = 0;
      call.a += rows;
      call.c += rows * p->ldc;
    }
  }
}

static TARGET void FN(block)(const FN(product) * p, REAL *packed, REAL *strip) {
  const FN(panels) panels = FN(panels_of)(p->n);
  // The last panel of a ragged B would be read beyond its end, and a transposed one cannot be read in place.
  const int copies = p->transpose_b || p->n % LANES != 0;
  const int packing = !p->transpose_b && p->m >= (p->transpose_a ? 2 * EVEN : 2 * TALLEST);
  if (!packing && !copies) packed = NULL;
  if (!packing && copies)
    for (long panel = 0, at = 0; panel < panels.count; panel++) {
      const long padded = FN(panel_vectors)(panels, panel) * LANES, width = p->n - at < padded ? p->n - at : padded;
      FN(pack)
      (p->transpose_b, p->b + at * (p->transpose_b ? p->ldb : 1), p->ldb, p->k, width, padded, packed + at * p->k);
      at += padded;
    }
  if (p->transpose_a)
    FN(block_down)(p, panels, packed, packing, strip);
  else
    FN(block_across)(p, panels, packed, packing);
}

// C = op(A)·op(B) in blocks, not all of whose sizes are zero.
static TARGET void FN(blocks)(int transpose_a, int transpose_b, long m, long n, long k, const REAL *a, long lda,
                              const REAL *b, long ldb, REAL *c, long ldc, int accumulate) {
  const long passes = (k + DEPTH - 1) / DEPTH, depth = (k + passes - 1) / passes;
  // Columns of a block, whole panels of them.
  const long fit = BLOCK_BYTES / (long)sizeof(REAL) / depth / (NV * LANES), panels = FN(panels_of)(n).count;
  const long blocks = (panels + fit - 1) / fit, columns = (panels + blocks - 1) / blocks * NV * LANES;
  const long padded = n < columns ? (n + LANES - 1) / LANES * LANES : columns;
  REAL *scratch = dk_thread_scratch((size_t)(depth * (padded + STRIP)) * sizeof(REAL));
  for (long j = 0; j < n; j += columns)
    for (long q = 0; q < k; q += depth) {
      FN(product) p = {.m = m, .n = n - j < columns ? n - j : columns, .k = k - q < depth ? k - q : depth};
      p.a = a + (transpose_a ? q * lda : q);
      p.b = b + (transpose_b ? j * ldb + q : q * ldb + j);
      p.c = c + j;
      p.lda = lda;
      p.ldb = ldb;
      p.ldc = ldc;
      p.transpose_a = transpose_a;
      p.transpose_b = transpose_b;
      p.adds = accumulate || q > 0;
      FN(block)(&p, scratch, scratch + depth * padded);
    }
}

// C = Aᵀ·B for fewer columns than a vector has lanes, as (Bᵀ·A)ᵀ: vectors then run along A's rows and are full. `m` is
// a multiple of the lanes.
static TARGET void FN(narrow)(long m, long n, long k, const REAL *a, long lda, const REAL *b, long ldb, REAL *c,
                              long ldc, int accumulate) {
  const long tallest = n > TALLEST2 ? TALLEST : TALLEST2, widest = n > TALLEST2 ? 1 : 2;
  REAL *turned = dk_thread_scratch((size_t)(tallest * widest * LANES) * sizeof(REAL));
  FN(tile_call) call = {.runs = 1, .k = k, .a_stride = ldb, .b_step = lda, .c = turned, .last = LANES, .adds = 1};
  for (long i = 0; i < m; i += call.ldc) {
    const long vectors = m - i < widest * LANES ? 1 : widest;
    call.ldc = vectors * LANES;
    call.b = a + i;
    for (long j = 0; j < n; j += tallest) {
      const long rows = n - j < tallest ? n - j : tallest;
      for (long r = 0; r < rows; r++)
        for (long q = 0; q < call.ldc; q++) turned[r * call.ldc + q] = accumulate ? c[(i + q) * ldc + j + r] : 0;
      call.a = b + j;
      FN(dk_down)(vectors, rows, &call);
      for (long q = 0; q < call.ldc; q++)
        for (long r = 0; r < rows; r++) c[(i + q) * ldc + j + r] = turned[r * call.ldc + q];
    }
  }
}

static TARGET void FN(gemm)(int transpose_a, int transpose_b, long m, long n, long k, const REAL *a, long lda,
                            const REAL *b, long ldb, REAL *c, long ldc, int accumulate) {
  if (m <= 0 || n <= 0) return;
  if (k <= 0) {
    if (!accumulate)
      for (long i = 0; i < m; i++) memset(c + i * ldc, 0, (size_t)n * sizeof(REAL));
    return;
  }
  if (transpose_a && !transpose_b && n < LANES && m >= 2 * LANES) {
    const long whole = m / LANES * LANES;
    FN(narrow)(whole, n, k, a, lda, b, ldb, c, ldc, accumulate);
    a += whole;
    c += whole * ldc;
    m -= whole;
    if (m == 0) return;
  }
  FN(blocks)(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, c, ldc, accumulate);
}

#include "untile.body.h"
