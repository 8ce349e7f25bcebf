#ifndef DK_ELEMENTWISE_H
#define DK_ELEMENTWISE_H
#include <stdint.h>

#include "dk_cpu.h"

/// Element-wise operations; `a`, `b`, `c` are the operands in order. Truth values are 1 and 0.
typedef enum {
  DK_COPY,
  DK_NEGATE,
  DK_EXP,
  DK_LOG,
  DK_TANH,
  DK_SIGMOID,
  DK_RELU,      ///< max(a, 0); a NaN stays a NaN
  DK_POSITIVE,  ///< a > 0
  DK_SQRT,
  DK_RECIPROCAL,
  DK_ABS,
  DK_SIGN,
  DK_SQUARE,
  DK_ERF,
  DK_SIN,
  DK_COS,
  DK_GELU_TANH,        ///< a·sigmoid(2u), u = √(2/π)·(a + 0.044715·a³)
  DK_GELU_TANH_SLOPE,  ///< its derivative
  DK_ADD,
  DK_SUBTRACT,
  DK_MULTIPLY,
  DK_DIVIDE,
  DK_MAXIMUM,
  DK_MINIMUM,
  DK_GREATER,  ///< a > b
  DK_POWER,
  DK_SELECT,  ///< a != 0 ? b : c
  DK_GATE,    ///< (a > 0)·b: DK_POSITIVE and DK_MULTIPLY in one
  DK_ADD3,    ///< (a + b) + c
  // From here on, between whole rows and one element for each row.
  DK_ROW_SUM,      ///< the sum of each row of a, accumulated in double as dk_reduce does
  DK_ROW_MAXIMUM,  ///< the largest element of each row of a
  DK_ROW_REPEAT,   ///< each element of a for a whole row
} dk_op;

/// How an operand of a fused chain spreads over the chain's rows × columns.
typedef enum {
  DK_FULL,    ///< rows × columns elements, in place
  DK_SCALAR,  ///< one element for all
  DK_ROW,     ///< `columns` elements, the same for every row
  DK_COLUMN,  ///< `rows` elements, each for a whole row
  DK_PER_ROW,  ///< `rows` elements, in place, for operations on one element for each row
} dk_spread;

/// One operation on registers. Registers 0 ..< inputs hold operands, the next `outputs` are results, the rest scratch.
typedef struct {
  uint8_t op, destination, a, b, c;
  uint8_t per_row;  ///< 1: on one element for each row
} dk_chain_op;

enum {
  DK_MAX_REGISTERS = 192,
  DK_TILE = 512,       ///< elements of a tile, unless one row is longer
  DK_MAX_ROW = 4096,   ///< columns of a chain with operations between rows
};

/// A chain of element-wise operations over rows × columns elements, run tile by tile so that intermediate values stay
/// in the nearest cache. With `whole_rows` a tile holds whole rows, and operations between rows are allowed.
typedef struct {
  int64_t rows, columns;
  int32_t op_count, input_count, output_count, register_count;
  int32_t whole_rows;
  const dk_chain_op *ops;
  const uint8_t *spreads;  ///< a dk_spread per input, then DK_FULL or DK_PER_ROW per output
} dk_chain;

/// Tiles the chain is run in.
int64_t dk_chain_tiles(const dk_chain *chain);

/// Runs tiles `begin` ..< `end`; `pointers` holds the inputs' then the outputs' first elements. An output may be the
/// same memory as a DK_FULL input whose last use is not after the output's operation.
void dk_chain_f32(dk_path path, const dk_chain *chain, int64_t begin, int64_t end, void *const *pointers);
void dk_chain_f64(dk_path path, const dk_chain *chain, int64_t begin, int64_t end, void *const *pointers);

#endif
