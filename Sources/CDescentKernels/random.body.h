// Dropout masks for one element type and instruction set: sixteen Philox blocks side by side, one to a lane.

static TARGET void FN(mask)(const int32_t state[4], uint32_t layer, double keep, int64_t begin, int64_t end,
                            int64_t count, REAL *mask) {
  const REAL kept = (REAL)(1 / keep);
  // A word below the threshold keeps; 2³² keeps always.
  const uint64_t threshold = (uint64_t)(keep * 4294967296.0);
  for (int64_t b = begin; b < end; b += PHILOX_WIDTH) {
    uint32_t c0[PHILOX_WIDTH], c1[PHILOX_WIDTH], c2[PHILOX_WIDTH], c3[PHILOX_WIDTH];
    for (int j = 0; j < PHILOX_WIDTH; j++) {
      c0[j] = (uint32_t)(b + j);
      c1[j] = layer;
      c2[j] = (uint32_t)state[2];
      c3[j] = (uint32_t)state[3];
    }
    philox(c0, c1, c2, c3, (uint32_t)state[0], (uint32_t)state[1]);
    for (int j = 0; j < PHILOX_WIDTH && b + j < end; j++) {
      const uint32_t word[4] = {c0[j], c1[j], c2[j], c3[j]};
      const int64_t first = 4 * (b + j), n = count - first < 4 ? count - first : 4;
      for (int64_t w = 0; w < n; w++) mask[first + w] = word[w] < threshold ? kept : 0;
    }
  }
}
