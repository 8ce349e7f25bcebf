#include "dk_pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { SPINS = 20000 };

struct dk_pool {
  int threads;
  pthread_t *handles;
  void (*prepare)(void);
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  // Each job has a number; a worker that sees a new one runs its part and counts itself done.
  atomic_ulong job;
  atomic_int pending;
  atomic_int sleeping;
  atomic_int closing;
  int parts;
  dk_part work;
  void *context;
};

typedef struct {
  dk_pool *pool;
  int index;
} worker_start;

static inline void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

static void *worker_main(void *argument) {
  worker_start start = *(worker_start *)argument;
  free(argument);
  dk_pool *pool = start.pool;
  if (pool->prepare) pool->prepare();
  unsigned long seen = 0;
  for (;;) {
    int spins = 0;
    while (atomic_load_explicit(&pool->job, memory_order_acquire) == seen) {
      if (++spins < SPINS) {
        pause_briefly();
        continue;
      }
      pthread_mutex_lock(&pool->mutex);
      atomic_fetch_add(&pool->sleeping, 1);
      while (atomic_load(&pool->job) == seen) pthread_cond_wait(&pool->wake, &pool->mutex);
      atomic_fetch_sub(&pool->sleeping, 1);
      pthread_mutex_unlock(&pool->mutex);
    }
    seen++;
    if (atomic_load(&pool->closing)) return NULL;
    if (start.index < pool->parts) pool->work(pool->context, start.index);
    atomic_fetch_sub_explicit(&pool->pending, 1, memory_order_acq_rel);
  }
}

static void announce(dk_pool *pool) {
  atomic_fetch_add(&pool->job, 1);
  if (atomic_load(&pool->sleeping) > 0) {
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
  }
}

dk_pool *dk_pool_create(int threads, void (*prepare)(void)) {
  if (threads < 2) return NULL;
  dk_pool *pool = calloc(1, sizeof *pool);
  if (!pool) return NULL;
  pool->handles = calloc((size_t)threads, sizeof *pool->handles);
  if (!pool->handles) {
    free(pool);
    return NULL;
  }
  pool->threads = 1;
  pool->prepare = prepare;
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->wake, NULL);
  for (int i = 1; i < threads; i++) {
    worker_start *start = malloc(sizeof *start);
    if (!start) break;
    *start = (worker_start){pool, i};
    if (pthread_create(&pool->handles[i], NULL, worker_main, start) != 0) {
      free(start);
      break;
    }
    pool->threads++;
  }
  if (pool->threads < 2) {
    dk_pool_destroy(pool);
    return NULL;
  }
  return pool;
}

void dk_pool_destroy(dk_pool *pool) {
  if (!pool) return;
  atomic_store(&pool->closing, 1);
  pthread_mutex_lock(&pool->mutex);
  atomic_fetch_add(&pool->job, 1);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
  for (int i = 1; i < pool->threads; i++) pthread_join(pool->handles[i], NULL);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
  free(pool->handles);
  free(pool);
}

int dk_pool_threads(const dk_pool *pool) { return pool ? pool->threads : 1; }

void dk_pool_run(dk_pool *pool, int parts, dk_part work, void *context) {
  if (!pool || parts < 2) {
    for (int i = 0; i < parts; i++) work(context, i);
    return;
  }
  pool->parts = parts;
  pool->work = work;
  pool->context = context;
  atomic_store_explicit(&pool->pending, pool->threads - 1, memory_order_release);
  announce(pool);
  work(context, 0);
  // On an overcommitted machine the other thread may need this very core to finish.
  for (int spins = 0; atomic_load_explicit(&pool->pending, memory_order_acquire) > 0; spins++) {
    if (spins < SPINS / 4) {
      pause_briefly();
    } else {
      sched_yield();
    }
  }
}

typedef struct {
  void *memory;
  unsigned long bytes;
} scratch;

static pthread_key_t scratch_key;
static pthread_once_t scratch_once = PTHREAD_ONCE_INIT;

static void scratch_free(void *value) {
  scratch *own = value;
  free(own->memory);
  free(own);
}

// Kernels cannot go on without scratch, and have no way to say so that would not be a wrong answer.
static void no_memory(unsigned long bytes) {
  fprintf(stderr, "There is no memory for %lu bytes of scratch.\n", bytes);
  abort();
}

static void scratch_key_make(void) { pthread_key_create(&scratch_key, scratch_free); }

void *dk_thread_scratch(unsigned long bytes) {
  static _Thread_local scratch *cached;
  if (!cached) {
    pthread_once(&scratch_once, scratch_key_make);
    cached = calloc(1, sizeof *cached);
    if (!cached) no_memory(bytes);
    pthread_setspecific(scratch_key, cached);
  }
  if (cached->bytes < bytes) {
    unsigned long rounded = (bytes + 4095) & ~4095ul;
    free(cached->memory);
    cached->memory = aligned_alloc(64, rounded);
    if (!cached->memory) no_memory(rounded);
    cached->bytes = rounded;
  }
  return cached->memory;
}
