#ifndef DK_POOL_H
#define DK_POOL_H

/// A fixed set of threads that run the parts of one piece of work together.
///
/// The caller is one of the threads. Waiting threads spin briefly, then sleep, so that back-to-back kernels pay little
/// and an idle pool costs nothing. One caller at a time.
typedef struct dk_pool dk_pool;

/// A part of the work: `part` is in 0 ..< parts.
typedef void (*dk_part)(void *context, int part);

/// A pool of `threads` threads counting the caller; NULL if `threads` is below 2 or threads cannot be made.
/// Each new thread calls `prepare` (may be NULL) once before its first part.
dk_pool *dk_pool_create(int threads, void (*prepare)(void));

/// Ends the threads and frees the pool. NULL is allowed.
void dk_pool_destroy(dk_pool *pool);

/// Threads of the pool, counting the caller; 1 for NULL.
int dk_pool_threads(const dk_pool *pool);

/// Runs `work` for every part in 0 ..< parts, part i on thread i; `parts` must not exceed the pool's threads.
/// With a NULL pool the caller runs all the parts in order. Returns when all are done.
void dk_pool_run(dk_pool *pool, int parts, dk_part work, void *context);

/// Scratch memory of the calling thread, at least `bytes` long, 64-byte aligned. The next call on this thread may move
/// it. It grows on demand and is freed when the thread ends. Never NULL: the process
/// ends if memory is exhausted.
void *dk_thread_scratch(unsigned long bytes);

#endif
