#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

/// Blocks that the calling thread has asked the C library for so far, Swift's objects among them. Counted with glibc, where
/// the executable's own malloc takes the library's place; elsewhere always 0.
long allocations(void);

/// 1 where they are counted.
int allocations_are_counted(void);

#endif
