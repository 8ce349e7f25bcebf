// The instruction loop for one element type. Each instruction is cut into parts for the threads of the pool along a
// dimension whose elements do not depend on each other, so that results do not depend on the number of parts.

typedef struct {
  const dk_program *program;
  const dk_instruction *instruction;
  const dk_machine *machine;
  void *const *buffers;
  int parts;
} FN(job);

static inline REAL *FN(at)(void *const *buffers, dk_ref ref) { return (REAL *)buffers[ref.buffer] + ref.offset; }

static inline const int32_t *FN(labels_at)(void *const *buffers, dk_ref ref) {
  return (const int32_t *)buffers[ref.buffer] + ref.offset;
}

static void FN(gemm_part)(const FN(job) * job, int part) {
  const dk_instruction *in = job->instruction;
  const int ta = (in->flags & DK_TRANSPOSE_A) != 0, tb = (in->flags & DK_TRANSPOSE_B) != 0;
  const int64_t m = in->sizes[0], n = in->sizes[1], k = in->sizes[2], inner = in->sizes[4];
  const int64_t batch = in->sizes[3] * inner, *s = in->strides;
  const long lda = s[2], ldb = s[5], ldc = s[8];
  const REAL *a = FN(at)(job->buffers, in->in[0]), *b = FN(at)(job->buffers, in->in[1]);
  REAL *c = FN(at)(job->buffers, in->out);
  if (batch > 1) {
    const int64_t end = part_begin(batch, 1, part + 1, job->parts);
    for (int64_t i = part_begin(batch, 1, part, job->parts); i < end; i++) {
      const int64_t x = i / inner, y = i % inner;
      FN(library_or_own_gemm)
      (job->machine, ta, tb, m, n, k, a + x * s[0] + y * s[1], lda, b + x * s[3] + y * s[4], ldb,
       c + x * s[6] + y * s[7], ldc);
    }
    return;
  }
  if (m >= n) {
    const int64_t begin = part_begin(m, 8, part, job->parts), end = part_begin(m, 8, part + 1, job->parts);
    if (begin < end)
      FN(library_or_own_gemm)
    (job->machine, ta, tb, end - begin, n, k, a + begin * (ta ? 1 : lda), lda, b, ldb, c + begin * ldc, ldc);
  } else {
    const int64_t begin = part_begin(n, 16, part, job->parts), end = part_begin(n, 16, part + 1, job->parts);
    if (begin < end)
      FN(library_or_own_gemm)
    (job->machine, ta, tb, m, end - begin, k, a, lda, b + begin * (tb ? ldb : 1), ldb, c + begin, ldc);
  }
}

static void FN(convolve_part)(const FN(job) * job, int part) {
  const dk_instruction *in = job->instruction;
  const dk_window *window = job->program->windows + in->detail;
  const int64_t units = convolve_units(in->flags, window);
  const int64_t begin = part_begin(units, 1, part, job->parts), end = part_begin(units, 1, part + 1, job->parts);
  const REAL *a = FN(at)(job->buffers, in->in[0]), *b = FN(at)(job->buffers, in->in[1]);
  REAL *out = FN(at)(job->buffers, in->out);
  switch (in->flags) {
    case DK_CONVOLVE_RESULT:
      FN(dk_convolve)(job->machine->path, window, begin, end, a, b, out);
      break;
    case DK_CONVOLVE_PICTURE:
      FN(dk_convolve_picture)(job->machine->path, window, begin, end, a, b, out);
      break;
    default:
      FN(dk_convolve_kernel)(job->machine->path, window, begin, end, a, b, out);
  }
}

static void FN(window_part)(const FN(job) * job, int part) {
  const dk_instruction *in = job->instruction;
  const dk_window *window = job->program->windows + in->detail;
  const dk_path path = job->machine->path;
  const int64_t units = window_units(in->flags, window);
  const int64_t begin = part_begin(units, 1, part, job->parts), end = part_begin(units, 1, part + 1, job->parts);
  const REAL *picture = FN(at)(job->buffers, in->in[0]), *values = FN(at)(job->buffers, in->in[1]);
  REAL *out = FN(at)(job->buffers, in->out);
  switch (in->flags) {
    case DK_WINDOW_MAXIMUM:
      FN(dk_pool_maximum)(path, window, begin, end, picture, out);
      break;
    case DK_WINDOW_PICK:
      FN(dk_pool_pick)(path, window, begin, end, picture, values, out);
      break;
    case DK_WINDOW_PLACE:
      FN(dk_pool_place)(path, window, begin, end, picture, values, out);
      break;
    case DK_WINDOW_SUM:
      FN(dk_pool_sum)(path, window, begin, end, picture, out);
      break;
    default:
      FN(dk_pool_spread)(path, window, begin, end, picture, out);
  }
}

static void FN(part)(void *context, int part) {
  const FN(job) *job = context;
  const dk_instruction *in = job->instruction;
  void *const *buffers = job->buffers;
  const dk_path path = job->machine->path;
  switch (in->opcode) {
    case DK_RUN_GEMM:
      FN(gemm_part)(job, part);
      break;
    case DK_RUN_CHAIN: {
      const dk_chain *chain = job->program->chains + in->detail;
      const dk_ref *refs = job->program->refs + in->refs;
      void *pointers[DK_MAX_REGISTERS];
      for (int i = 0; i < chain->input_count + chain->output_count; i++) pointers[i] = FN(at)(buffers, refs[i]);
      const int64_t tiles = dk_chain_tiles(chain);
      FN(dk_chain)
      (path, chain, part_begin(tiles, 1, part, job->parts), part_begin(tiles, 1, part + 1, job->parts), pointers);
      break;
    }
    case DK_RUN_REDUCE: {
      const int64_t results = in->sizes[0] * in->sizes[2];
      const int64_t unit = in->sizes[2] > 1 ? 16 : 1;
      FN(dk_reduce)
      (path, in->flags & DK_TAKE_MAXIMUM, in->sizes[1], in->sizes[2], part_begin(results, unit, part, job->parts),
       part_begin(results, unit, part + 1, job->parts), FN(at)(buffers, in->in[0]), FN(at)(buffers, in->out));
      break;
    }
    case DK_RUN_SOFTMAX:
      FN(dk_softmax)
      (path, in->value, in->sizes[2], in->sizes[1], part_begin(in->sizes[0], 1, part, job->parts),
       part_begin(in->sizes[0], 1, part + 1, job->parts), FN(at)(buffers, in->in[0]), FN(at)(buffers, in->out));
      break;
    case DK_RUN_CROSS_ENTROPY:
      FN(dk_cross_entropy)
      (path, in->sizes[1], part_begin(in->sizes[0], 1, part, job->parts),
       part_begin(in->sizes[0], 1, part + 1, job->parts), FN(at)(buffers, in->in[0]),
       FN(labels_at)(buffers, in->in[1]), FN(at)(buffers, in->out));
      break;
    case DK_RUN_ONE_HOT:
      FN(dk_one_hot)
      (path, in->sizes[1], part_begin(in->sizes[0], 1, part, job->parts),
       part_begin(in->sizes[0], 1, part + 1, job->parts), FN(labels_at)(buffers, in->in[0]),
       FN(at)(buffers, in->out));
      break;
    case DK_RUN_COPY: {
      // A part of the outermost dimension.
      dk_walk walk = job->program->walks[in->detail];
      const int64_t first = walk.rank > 0 ? part_begin(walk.sizes[0], 1, part, job->parts) : 0;
      if (walk.rank > 0) walk.sizes[0] = part_begin(walk.sizes[0], 1, part + 1, job->parts) - first;
      FN(dk_copy)
      (path, &walk, FN(at)(buffers, in->in[0]) + first * walk.source_strides[0],
       FN(at)(buffers, in->out) + first * walk.destination_strides[0]);
      break;
    }
    case DK_RUN_FILL: {
      REAL *out = FN(at)(buffers, in->out);
      const int64_t end = part_begin(in->sizes[0], 16, part + 1, job->parts);
      for (int64_t i = part_begin(in->sizes[0], 16, part, job->parts); i < end; i++) out[i] = (REAL)in->value;
      break;
    }
    case DK_RUN_GATHER:
      FN(dk_gather)
      (path, in->sizes[2], in->sizes[1], part_begin(in->sizes[0], 1, part, job->parts),
       part_begin(in->sizes[0], 1, part + 1, job->parts), FN(at)(buffers, in->in[0]),
       FN(labels_at)(buffers, in->in[1]), FN(at)(buffers, in->out));
      break;
    case DK_RUN_SCATTER:
      FN(dk_scatter)
      (path, in->sizes[2], in->sizes[1], in->sizes[0], part_begin(in->sizes[1], 16, part, job->parts),
       part_begin(in->sizes[1], 16, part + 1, job->parts), FN(labels_at)(buffers, in->in[0]),
       FN(at)(buffers, in->in[1]), FN(at)(buffers, in->out));
      break;
    case DK_RUN_MASK: {
      const int64_t blocks = (in->sizes[0] + 3) / 4;
      FN(dk_mask)
      (path, FN(labels_at)(buffers, in->in[0]), (uint32_t)in->detail, in->value, part_begin(blocks, 16, part, job->parts),
       part_begin(blocks, 16, part + 1, job->parts), in->sizes[0], FN(at)(buffers, in->out));
      break;
    }
    case DK_RUN_CONVOLVE:
      FN(convolve_part)(job, part);
      break;
    case DK_RUN_WINDOW:
      FN(window_part)(job, part);
      break;
    default:
      break;
  }
}

static int FN(worth_sharing)(const dk_program *program, const dk_instruction *in) {
  switch (in->opcode) {
    case DK_RUN_GEMM:
      return in->sizes[0] * in->sizes[1] * in->sizes[2] * in->sizes[3] * in->sizes[4] >= PARALLEL_PRODUCTS;
    case DK_RUN_CHAIN: {
      const dk_chain *chain = program->chains + in->detail;
      return chain->rows * chain->columns * (chain->op_count + 1) >= 2 * PARALLEL_ELEMENTS;
    }
    case DK_RUN_REDUCE:
      return in->sizes[0] * in->sizes[1] * in->sizes[2] >= PARALLEL_ELEMENTS && in->sizes[0] * in->sizes[2] > 1;
    case DK_RUN_SOFTMAX:
    case DK_RUN_CROSS_ENTROPY:
      return in->sizes[0] * in->sizes[1] >= PARALLEL_ELEMENTS / 8;
    case DK_RUN_COPY: {
      const dk_walk *walk = program->walks + in->detail;
      int64_t count = 1;
      for (int d = 0; d < walk->rank; d++) count *= walk->sizes[d];
      return count >= PARALLEL_ELEMENTS;
    }
    case DK_RUN_FILL:
      return in->sizes[0] >= 4 * PARALLEL_ELEMENTS;
    case DK_RUN_ONE_HOT:
    case DK_RUN_GATHER:
    case DK_RUN_SCATTER:
      return in->sizes[0] * in->sizes[1] >= PARALLEL_ELEMENTS;
    case DK_RUN_MASK:
      return in->sizes[0] >= PARALLEL_ELEMENTS / 4;
    case DK_RUN_CONVOLVE: {
      const dk_window *w = program->windows + in->detail;
      return w->batch * w->out_height * w->out_width * w->out_channels * w->kernel_height * w->kernel_width *
                 w->channels >=
             PARALLEL_PRODUCTS;
    }
    case DK_RUN_WINDOW: {
      const dk_window *w = program->windows + in->detail;
      return w->batch * w->height * w->width * w->channels >= PARALLEL_ELEMENTS;
    }
    default:
      return 0;
  }
}

void FN(dk_run)(const dk_program *program, int32_t begin, int32_t end, const dk_machine *machine,
                void *const *buffers) {
  const int threads = dk_pool_threads(machine->pool);
  for (int32_t i = begin; i < end; i++) {
    const dk_instruction *instruction = program->instructions + i;
    FN(job) job = {program, instruction, machine, buffers, 1};
    if (threads > 1 && FN(worth_sharing)(program, instruction)) job.parts = threads;
    dk_pool_run(machine->pool, job.parts, FN(part), &job);
  }
}
