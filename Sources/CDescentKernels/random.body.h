// Dropout masks for one element type and instruction set: sixteen Philox blocks side by side, one to a lane.

static TARGET void FN(mask)(const int32_t state[4], uint32_t layer, double keep, int64_t begin, int64_t end,
                            int64_t count, REAL *mask) {
  enum { WIDTH = 16 };
  const REAL kept = (REAL)(1 / keep);
  // A word below the threshold keeps; 2³² keeps always.
  const uint64_t threshold = (uint64_t)(keep * 4294967296.0);
  for (int64_t b = begin; b < end; b += WIDTH) {
    uint32_t c0[WIDTH], c1[WIDTH], c2[WIDTH], c3[WIDTH];
    for (int j = 0; j < WIDTH; j++) {
      c0[j] = (uint32_t)(b + j);
      c1[j] = layer;
      c2[j] = (uint32_t)state[2];
      c3[j] = (uint32_t)state[3];
    }
    uint32_t k0 = (uint32_t)state[0], k1 = (uint32_t)state[1];
    for (int round = 0; round < 10; round++) {
      for (int j = 0; j < WIDTH; j++) {
        const uint64_t first = (uint64_t)0xD2511F53u * c0[j], second = (uint64_t)0xCD9E8D57u * c2[j];
        c0[j] = (uint32_t)(second >> 32) ^ c1[j] ^ k0;
        c1[j] = (uint32_t)second;
        c2[j] = (uint32_t)(first >> 32) ^ c3[j] ^ k1;
        c3[j] = (uint32_t)first;
      }
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    for (int j = 0; j < WIDTH && b + j < end; j++) {
      const uint32_t word[4] = {c0[j], c1[j], c2[j], c3[j]};
      const int64_t first = 4 * (b + j), n = count - first < 4 ? count - first : 4;
      for (int64_t w = 0; w < n; w++) mask[first + w] = word[w] < threshold ? kept : 0;
    }
  }
}
