#ifndef DK_PROGRAM_H
#define DK_PROGRAM_H
#include <stdint.h>

#include "dk_arrays.h"
#include "dk_elementwise.h"
#include "dk_pool.h"
#include "dk_window.h"

/// A place in one of a run's buffers, in elements.
typedef struct {
  int32_t buffer;
  int64_t offset;
} dk_ref;

typedef enum {
  DK_RUN_GEMM,           ///< sizes m, n, k and two loops over batches; strides of both loops and of the rows as
                         ///< stored, for a, b and c; flags DK_TRANSPOSE_…
  DK_RUN_CHAIN,          ///< detail: index of the chain; refs: its inputs and outputs
  DK_RUN_REDUCE,         ///< sizes outer, middle, inner; flags DK_TAKE_MAXIMUM
  DK_RUN_SOFTMAX,        ///< sizes rows, columns, rows of a causal square or 0; value: the scale
  DK_RUN_CROSS_ENTROPY,  ///< sizes rows, columns; in[1] labels
  DK_RUN_ONE_HOT,        ///< sizes rows, classes; in[0] labels
  DK_RUN_COPY,           ///< detail: index of the walk
  DK_RUN_FILL,           ///< sizes count; value
  DK_RUN_GATHER,         ///< sizes count, columns, table rows; in: table, indices
  DK_RUN_SCATTER,        ///< sizes count, columns, table rows; in: indices, values
  DK_RUN_MASK,           ///< sizes count; detail: the layer; value: the probability to keep; in[0] the generator's state
  DK_RUN_CONVOLVE,       ///< detail: index of the window; flags: a dk_convolve_part; in: picture or result, kernel or result
  DK_RUN_WINDOW,         ///< detail: index of the window; flags: a dk_window_part; in: picture, values
} dk_opcode;

/// What a convolution computes from the other two: result, picture or kernel.
typedef enum { DK_CONVOLVE_RESULT, DK_CONVOLVE_PICTURE, DK_CONVOLVE_KERNEL } dk_convolve_part;

/// What is done under a pooling window.
typedef enum { DK_WINDOW_MAXIMUM, DK_WINDOW_PICK, DK_WINDOW_PLACE, DK_WINDOW_SUM, DK_WINDOW_SPREAD } dk_window_part;

enum { DK_TRANSPOSE_A = 1, DK_TRANSPOSE_B = 2, DK_TAKE_MAXIMUM = 1 };

typedef struct {
  int32_t opcode, flags, detail, refs;
  int64_t sizes[5];
  int64_t strides[9];
  double value;
  dk_ref out, in[2];
} dk_instruction;

/// A planned program; immutable while it runs, shared by any number of runs.
typedef struct {
  const dk_instruction *instructions;
  const dk_chain *chains;
  const dk_walk *walks;
  const dk_ref *refs;
  const dk_window *windows;
} dk_program;

/// A product of row-major matrices, as dk_gemm_f32 without `accumulate`; returns 0 if it declines the shape.
typedef int (*dk_gemm_seam)(int transpose_a, int transpose_b, long m, long n, long k, const float *a, long lda,
                            const float *b, long ldb, float *c, long ldc);

/// What a run uses of the machine.
typedef struct {
  dk_path path;
  dk_pool *pool;              ///< NULL: the caller's thread only
  dk_gemm_seam library_gemm;  ///< asked first for products in float; may be NULL
} dk_machine;

/// Runs instructions `begin` ..< `end` with `buffers[i]` the first element of buffer i.
void dk_run_f32(const dk_program *program, int32_t begin, int32_t end, const dk_machine *machine,
                void *const *buffers);
void dk_run_f64(const dk_program *program, int32_t begin, int32_t end, const dk_machine *machine,
                void *const *buffers);

#endif
