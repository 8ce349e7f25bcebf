#ifndef PHILOX_H
#define PHILOX_H

#include <stdint.h>

enum { PHILOX_WIDTH = 16 };

// Philox4x32-10 on sixteen counters side by side, in place. Inlined, so that it takes the caller's instruction set.
static inline __attribute__((always_inline)) void philox(uint32_t c0[PHILOX_WIDTH], uint32_t c1[PHILOX_WIDTH],
                                                         uint32_t c2[PHILOX_WIDTH], uint32_t c3[PHILOX_WIDTH],
                                                         uint32_t k0, uint32_t k1) {
  for (int round = 0; round < 10; round++) {
    for (int j = 0; j < PHILOX_WIDTH; j++) {
      const uint64_t first = (uint64_t)0xD2511F53u * c0[j], second = (uint64_t)0xCD9E8D57u * c2[j];
      c0[j] = (uint32_t)(second >> 32) ^ c1[j] ^ k0;
      c1[j] = (uint32_t)second;
      c2[j] = (uint32_t)(first >> 32) ^ c3[j] ^ k1;
      c3[j] = (uint32_t)first;
    }
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
}

#endif
