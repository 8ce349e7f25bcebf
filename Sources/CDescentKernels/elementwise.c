#include "dk_elementwise.h"

#include <math.h>
#include <string.h>

#include "dk_pool.h"

// Whole rows in a tile; 0 if a row is cut into several tiles.
static int64_t chain_rows_per_tile(const dk_chain *chain) {
  if (chain->columns <= DK_TILE / 2) return DK_TILE / chain->columns;
  return chain->whole_rows ? 1 : 0;
}

int64_t dk_chain_tiles(const dk_chain *chain) {
  if (chain->columns <= 0 || chain->rows <= 0) return 0;
  const int64_t rows_per_tile = chain_rows_per_tile(chain);
  if (rows_per_tile == 0) return chain->rows * ((chain->columns + DK_TILE - 1) / DK_TILE);
  return (chain->rows + rows_per_tile - 1) / rows_per_tile;
}

// Loops that call libm cannot be vectorised; asking for it anyway keeps one macro for all operations.
#pragma clang diagnostic ignored "-Wpass-failed"

#define BODY "elementwise.body.h"

#define REAL float
#define REAL_IS_FLOAT
#define FN(f) NAME(DK_CAT(f, _f32))
#include "targets.h"
void dk_chain_f32(dk_path path, const dk_chain *chain, int64_t begin, int64_t end, void *const *pointers) {
  DISPATCH(path, chain_f32, chain, begin, end, pointers);
}
#undef REAL
#undef REAL_IS_FLOAT
#undef FN

#define REAL double
#define FN(f) NAME(DK_CAT(f, _f64))
#include "targets.h"
void dk_chain_f64(dk_path path, const dk_chain *chain, int64_t begin, int64_t end, void *const *pointers) {
  DISPATCH(path, chain_f64, chain, begin, end, pointers);
}
#undef REAL
#undef FN
