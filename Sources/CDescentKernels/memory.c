#define _DEFAULT_SOURCE
#include "dk_memory.h"

#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

enum { LINE = 64, HUGE_PAGE = 2 << 20 };

void *dk_allocate(unsigned long bytes) {
  const unsigned long unit = bytes < HUGE_PAGE ? LINE : HUGE_PAGE;
  if (bytes > (unsigned long)-1 / 2) return NULL;
  const unsigned long rounded = bytes == 0 ? LINE : (bytes + LINE - 1) / LINE * LINE;
  void *memory = NULL;
  if (posix_memalign(&memory, unit, rounded) != 0) return NULL;
#if defined(__linux__)
  // Advice only: a refusal does no harm.
  if (unit == HUGE_PAGE) madvise(memory, rounded, MADV_HUGEPAGE);
#endif
  memset(memory, 0, rounded);
  return memory;
}

void dk_release(void *memory) { free(memory); }
