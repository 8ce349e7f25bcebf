// One tile of every element-wise operation, and the chain that runs them, for one element type and instruction set.

#include "mathematics.body.h"
#include "runs.body.h"

#define EACH(expression)                                                       \
  do {                                                                         \
    _Pragma("clang loop vectorize(assume_safety) interleave(enable)") for (long i = 0; i < n; i++) { \
      d[i] = (expression);                                                     \
    }                                                                          \
  } while (0);                                                                 \
  break

static TARGET void FN(operate)(int op, long n, REAL *d, const REAL *a, const REAL *b, const REAL *c) {
  switch (op) {
    case DK_COPY:
      if (d != a) memmove(d, a, (size_t)n * sizeof(REAL));
      break;
    case DK_NEGATE:
      EACH(-a[i]);
    case DK_EXP:
      EACH(FN(exp_)(a[i]));
    case DK_LOG:
      EACH(FN(log_)(a[i]));
    case DK_TANH:
      EACH(FN(tanh_)(a[i]));
    case DK_SIGMOID:
      EACH(FN(sigmoid_)(a[i]));
    case DK_RELU:
      EACH(a[i] < 0 ? 0 : a[i]);
    case DK_POSITIVE:
      EACH(a[i] > 0 ? (REAL)1 : (REAL)0);
    case DK_SQRT:
      EACH(SQRT_(a[i]));
    case DK_RECIPROCAL:
      EACH(1 / a[i]);
    case DK_ABS:
      EACH(ABS_(a[i]));
    case DK_SIGN:
      EACH(a[i] > 0 ? (REAL)1 : a[i] < 0 ? (REAL)-1 : a[i]);
    case DK_SQUARE:
      EACH(a[i] * a[i]);
    case DK_ERF:
      EACH(FN(erf_)(a[i]));
    case DK_SIN:
      EACH(SIN_(a[i]));
    case DK_COS:
      EACH(COS_(a[i]));
    case DK_GELU_TANH:
      EACH(FN(gelu_tanh_)(a[i]));
    case DK_GELU_TANH_SLOPE:
      EACH(FN(gelu_tanh_slope_)(a[i]));
    case DK_ADD:
      EACH(a[i] + b[i]);
    case DK_SUBTRACT:
      EACH(a[i] - b[i]);
    case DK_MULTIPLY:
      EACH(a[i] * b[i]);
    case DK_DIVIDE:
      EACH(a[i] / b[i]);
    case DK_MAXIMUM:
      EACH(a[i] > b[i] || a[i] != a[i] ? a[i] : b[i]);
    case DK_MINIMUM:
      EACH(a[i] < b[i] || a[i] != a[i] ? a[i] : b[i]);
    case DK_GREATER:
      EACH(a[i] > b[i] ? (REAL)1 : (REAL)0);
    case DK_POWER:
      EACH(POW_(a[i], b[i]));
    case DK_SELECT:
      EACH(FN(select_)(a[i], b[i], c[i]));
    case DK_GATE:
      EACH((a[i] > 0 ? (REAL)1 : (REAL)0) * b[i]);
    case DK_ADD3:
      EACH((a[i] + b[i]) + c[i]);
    default:
      break;
  }
}
#undef EACH

// Operations between a tile's rows and one element for each of them.
static TARGET void FN(operate_on_rows)(int op, int64_t rows, int64_t columns, REAL *out, const REAL *a) {
  for (int64_t r = 0; r < rows; r++) {
    if (op == DK_ROW_SUM) {
      out[r] = (REAL)FN(sum_run)(columns, a + r * columns);
    } else if (op == DK_ROW_MAXIMUM) {
      out[r] = FN(max_run)(columns, a + r * columns);
    } else {
      for (int64_t c = 0; c < columns; c++) out[r * columns + c] = a[r];
    }
  }
}

static TARGET void FN(chain)(const dk_chain *chain, int64_t begin, int64_t end, void *const *pointers) {
  if (begin >= end) return;  // Without elements there are no columns to divide by.
  const int inputs = chain->input_count, fixed = inputs + chain->output_count;
  const int64_t rows = chain->rows, columns = chain->columns;
  // Wide rows are cut into tiles; narrow rows are put together into one.
  const int64_t rows_per_tile = chain_rows_per_tile(chain);
  const int wide = rows_per_tile == 0;
  const int64_t per_row = wide ? (columns + DK_TILE - 1) / DK_TILE : 1;
  const int64_t room = wide || rows_per_tile * columns < DK_TILE ? DK_TILE : rows_per_tile * columns;
  REAL *scratch = dk_thread_scratch((unsigned long)(chain->register_count * room) * sizeof(REAL));
  REAL *registers[DK_MAX_REGISTERS];
  for (int r = 0; r < chain->register_count; r++) registers[r] = scratch + r * room;
  for (int r = 0; r < inputs; r++) {
    const REAL *source = pointers[r];
    if (chain->spreads[r] == DK_SCALAR) {
      for (int64_t i = 0; i < room; i++) registers[r][i] = source[0];
    } else if (chain->spreads[r] == DK_ROW && !wide) {
      const int64_t copies = rows < rows_per_tile ? rows : rows_per_tile;
      for (int64_t q = 0; q < copies; q++)
        memcpy(registers[r] + q * columns, source, (size_t)columns * sizeof(REAL));
    }
  }
  for (int64_t t = begin; t < end; t++) {
    int64_t row, column, n, tile_rows = 1;
    if (wide) {
      row = t / per_row;
      column = (t % per_row) * DK_TILE;
      n = columns - column < DK_TILE ? columns - column : DK_TILE;
    } else {
      row = t * rows_per_tile;
      column = 0;
      tile_rows = rows - row < rows_per_tile ? rows - row : rows_per_tile;
      n = tile_rows * columns;
    }
    const int64_t first = row * columns + column;
    for (int r = 0; r < inputs; r++) {
      REAL *source = pointers[r];
      switch (chain->spreads[r]) {
        case DK_FULL:
          registers[r] = source + first;
          break;
        case DK_PER_ROW:
          registers[r] = source + row;
          break;
        case DK_ROW:
          if (wide) registers[r] = source + column;
          break;
        case DK_COLUMN:
          if (wide) {
            for (long i = 0; i < n; i++) registers[r][i] = source[row];
          } else {
            FN(operate_on_rows)(DK_ROW_REPEAT, tile_rows, columns, registers[r], source + row);
          }
          break;
        default:
          break;
      }
    }
    for (int r = inputs; r < fixed; r++)
      registers[r] = (REAL *)pointers[r] + (chain->spreads[r] == DK_PER_ROW ? row : first);
    for (int o = 0; o < chain->op_count; o++) {
      const dk_chain_op op = chain->ops[o];
      if (op.op >= DK_ROW_SUM) {
        FN(operate_on_rows)(op.op, tile_rows, columns, registers[op.destination], registers[op.a]);
      } else {
        FN(operate)
        (op.op, op.per_row ? tile_rows : n, registers[op.destination], registers[op.a], registers[op.b],
         registers[op.c]);
      }
    }
  }
}

#undef SQRT_
#undef ABS_
#undef SIN_
#undef COS_
#undef POW_
