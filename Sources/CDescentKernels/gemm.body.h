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

// The tiles at `call`'s A and C along all panels. With `packing`, B is read in place and left in `packed`; else it is
// read from there, or in place if `packed` is NULL. The first tile fetches the steps of A at call->ahead.
static TARGET void FN(strip)(const FN(product) * p, FN(tile_call) * call, long rows, REAL *packed, int packing) {
  const long panels = FN(panels)(p->n), ragged = (p->n - 1) % LANES + 1;
  const REAL *b = p->b;
  call->last = LANES;
  for (long panel = 0; panel < panels; panel++) {
    const long vectors = FN(panel_vectors)(p->n, panel), width = vectors * LANES;
    if (panel + 1 == panels) call->last = ragged;
    call->b = packing || !packed ? b : packed;
    call->b_step = packing || !packed ? p->ldb : width;
    if (!packing && p->transpose_a)
      FN(dk_down)(vectors, rows, call);
    else if (!packing)
      FN(dk_across)(vectors, rows, call);
    else if (p->transpose_a)
      FN(dk_down_packing)(vectors, call, packed);
    else
      FN(dk_across_packing)(vectors, call, packed);
    call->c += width;
    b += width;
    if (packed) packed += width * p->k;
    call->ahead = call->a;
    call->ahead_step = 0;
  }
}

static TARGET void FN(block)(const FN(product) * p, REAL *packed) {
  // The last panel of a ragged B would be read beyond its end, and a transposed one cannot be read in place.
  const int copies = p->transpose_b || p->n % LANES != 0;
  int packing = !p->transpose_b && p->m >= 2 * TALLEST2;
  if (!packing && !copies) packed = NULL;
  if (!packing && copies)
    for (long panel = 0, at = 0; panel < FN(panels)(p->n); panel++) {
      const long padded = FN(panel_vectors)(p->n, panel) * LANES, width = p->n - at < padded ? p->n - at : padded;
      FN(pack)
      (p->transpose_b, p->b + at * (p->transpose_b ? p->ldb : 1), p->ldb, p->k, width, padded, packed + at * p->k);
      at += padded;
    }
  // Tiles of as equal heights as can be, after the one that packs.
  const long tallest = FN(tallest)(FN(panel_vectors)(p->n, 0)), a_row = p->transpose_a ? 1 : p->lda;
  FN(tile_call) call = {.runs = 1, .k = p->k, .a_stride = p->lda, .ldc = p->ldc, .adds = p->adds};
  for (long first = 0, rows; first < p->m; first += rows) {
    const long left = p->m - first, tiles = (left + tallest - 1) / tallest;
    rows = packing ? PACKING : (left + tiles - 1) / tiles;
    call.a = p->a + first * a_row;
    call.c = p->c + first * p->ldc;
    // Rows side by side come by the line of cache, the next one from far away.
    call.ahead = call.a + (left > LINE ? LINE : 0);
    call.ahead_step = p->lda;
    FN(strip)(p, &call, rows, packed, packing);
    packing = 0;
  }
}

// C = op(A)·op(B) in blocks, not all of whose sizes are zero.
static TARGET void FN(blocks)(int transpose_a, int transpose_b, long m, long n, long k, const REAL *a, long lda,
                              const REAL *b, long ldb, REAL *c, long ldc, int accumulate) {
  const long passes = (k + DEPTH - 1) / DEPTH, depth = (k + passes - 1) / passes;
  // Columns of a block, whole panels of them.
  const long fit = BLOCK_BYTES / (long)sizeof(REAL) / depth / (2 * LANES), panels = FN(panels)(n);
  const long blocks = (panels + fit - 1) / fit, columns = (panels + blocks - 1) / blocks * 2 * LANES;
  const long padded = n < columns ? (n + LANES - 1) / LANES * LANES : columns;
  REAL *scratch = dk_thread_scratch((size_t)(depth * padded) * sizeof(REAL));
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
      FN(block)(&p, scratch);
    }
}

// C = Aᵀ·B for fewer columns than a vector has lanes, as (Bᵀ·A)ᵀ: vectors then run along A's rows and are full. `m` is
// a multiple of the lanes.
static TARGET void FN(narrow)(long m, long n, long k, const REAL *a, long lda, const REAL *b, long ldb, REAL *c,
                              long ldc, int accumulate) {
  const long tallest = n > TALLEST2 ? TALLEST : TALLEST2, widest = n > TALLEST2 ? 1 : 2;
  REAL *turned = dk_thread_scratch((size_t)(tallest * widest * LANES) * sizeof(REAL));
  FN(tile_call) call = {.runs = 1, .k = k, .a_stride = ldb, .b_step = lda, .c = turned, .last = LANES, .adds = 1};
  call.ahead = b;
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
