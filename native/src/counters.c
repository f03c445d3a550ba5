#include <string.h>

#include "internal.h"
#include "iree/base/internal/atomics.h"
#include "iree/base/threading/call_once.h"
#include "iree/base/threading/mutex.h"

// Each thread counts for itself: threads that all wrote the same counters at
// every allocation would wait for each other's caches.

// Bytes that a thread allocates or frees before it tells the others.
#define IREE_FFI_MAX_UNTOLD 65536

typedef struct iree_ffi_counts_t {
  iree_atomic_int64_t untold_bytes;
  iree_atomic_int64_t peak_bytes;
  iree_atomic_int64_t live_count;
  iree_atomic_int64_t total_count;
} iree_ffi_counts_t;

// Written by its thread alone.
typedef struct iree_ffi_thread_counts_t {
  iree_ffi_counts_t counts;
  // Bytes that all threads had told of when this one last did.
  int64_t told_bytes;
  bool is_counted;
  struct iree_ffi_thread_counts_t* previous;
  struct iree_ffi_thread_counts_t* next;
} iree_ffi_thread_counts_t;

static IREE_FFI_THREAD_LOCAL iree_ffi_thread_counts_t iree_ffi_this_thread;

static iree_once_flag iree_ffi_counts_once = IREE_ONCE_FLAG_INIT;
// Guards what follows.
static iree_slim_mutex_t iree_ffi_counts_mutex;
static iree_ffi_thread_counts_t* iree_ffi_counting_threads;
static int64_t iree_ffi_told_bytes;
// Of threads that have ended.
static int64_t iree_ffi_ended_peak_bytes;
static int64_t iree_ffi_ended_live_count;
static int64_t iree_ffi_ended_total_count;

static void iree_ffi_counts_initialize(void) {
  iree_slim_mutex_initialize(&iree_ffi_counts_mutex);
}

static void iree_ffi_counts_lock(void) {
  iree_call_once(&iree_ffi_counts_once, iree_ffi_counts_initialize);
  iree_slim_mutex_lock(&iree_ffi_counts_mutex);
}

static void iree_ffi_counts_unlock(void) {
  iree_slim_mutex_unlock(&iree_ffi_counts_mutex);
}

static int64_t iree_ffi_get(iree_atomic_int64_t* counter) {
  return iree_atomic_load(counter, iree_memory_order_relaxed);
}

static void iree_ffi_set(iree_atomic_int64_t* counter, int64_t value) {
  iree_atomic_store(counter, value, iree_memory_order_relaxed);
}

static void iree_ffi_thread_begin(iree_ffi_thread_counts_t* thread) {
  iree_ffi_thread_watch();
  iree_ffi_counts_lock();
  thread->told_bytes = iree_ffi_told_bytes;
  thread->previous = NULL;
  thread->next = iree_ffi_counting_threads;
  if (thread->next) thread->next->previous = thread;
  iree_ffi_counting_threads = thread;
  thread->is_counted = true;
  iree_ffi_counts_unlock();
}

// With the mutex held.
static void iree_ffi_thread_tell(iree_ffi_thread_counts_t* thread) {
  iree_ffi_told_bytes += iree_ffi_get(&thread->counts.untold_bytes);
  iree_ffi_set(&thread->counts.untold_bytes, 0);
  thread->told_bytes = iree_ffi_told_bytes;
  iree_ffi_set(&thread->counts.peak_bytes,
               iree_max(iree_ffi_get(&thread->counts.peak_bytes),
                        iree_ffi_told_bytes));
}

void iree_ffi_thread_sum_up(void) {
  iree_ffi_thread_counts_t* thread = &iree_ffi_this_thread;
  if (!thread->is_counted) return;
  iree_ffi_counts_lock();
  iree_ffi_thread_tell(thread);
  iree_ffi_ended_peak_bytes = iree_max(iree_ffi_ended_peak_bytes,
                                       iree_ffi_get(&thread->counts.peak_bytes));
  iree_ffi_ended_live_count += iree_ffi_get(&thread->counts.live_count);
  iree_ffi_ended_total_count += iree_ffi_get(&thread->counts.total_count);
  if (thread->next) thread->next->previous = thread->previous;
  if (thread->previous) {
    thread->previous->next = thread->next;
  } else {
    iree_ffi_counting_threads = thread->next;
  }
  iree_ffi_counts_unlock();
  memset(thread, 0, sizeof(*thread));
}

static void iree_ffi_count(int64_t bytes, int64_t live, int64_t total) {
  iree_ffi_thread_counts_t* thread = &iree_ffi_this_thread;
  if (!thread->is_counted) iree_ffi_thread_begin(thread);
  iree_ffi_counts_t* counts = &thread->counts;
  iree_ffi_set(&counts->live_count, iree_ffi_get(&counts->live_count) + live);
  iree_ffi_set(&counts->total_count, iree_ffi_get(&counts->total_count) + total);
  const int64_t untold = iree_ffi_get(&counts->untold_bytes) + bytes;
  iree_ffi_set(&counts->untold_bytes, untold);
  const int64_t live_bytes = thread->told_bytes + untold;
  if (live_bytes > iree_ffi_get(&counts->peak_bytes)) {
    iree_ffi_set(&counts->peak_bytes, live_bytes);
  }
  if (untold > IREE_FFI_MAX_UNTOLD || untold < -IREE_FFI_MAX_UNTOLD) {
    iree_ffi_counts_lock();
    iree_ffi_thread_tell(thread);
    iree_ffi_counts_unlock();
  }
}

void iree_ffi_count_allocation(int64_t bytes) { iree_ffi_count(bytes, 1, 1); }

void iree_ffi_count_free(int64_t bytes) { iree_ffi_count(-bytes, -1, 0); }

void iree_ffi_statistics(uint64_t* out_statistics) {
  iree_ffi_counts_lock();
  int64_t live_bytes = iree_ffi_told_bytes;
  int64_t peak_bytes = iree_ffi_ended_peak_bytes;
  int64_t live_count = iree_ffi_ended_live_count;
  int64_t total_count = iree_ffi_ended_total_count;
  for (iree_ffi_thread_counts_t* thread = iree_ffi_counting_threads; thread;
       thread = thread->next) {
    live_bytes += iree_ffi_get(&thread->counts.untold_bytes);
    peak_bytes = iree_max(peak_bytes, iree_ffi_get(&thread->counts.peak_bytes));
    live_count += iree_ffi_get(&thread->counts.live_count);
    total_count += iree_ffi_get(&thread->counts.total_count);
  }
  iree_ffi_counts_unlock();
  out_statistics[0] = (uint64_t)live_bytes;
  out_statistics[1] = (uint64_t)live_count;
  out_statistics[2] = (uint64_t)iree_max(peak_bytes, live_bytes);
  out_statistics[3] = (uint64_t)total_count;
}
