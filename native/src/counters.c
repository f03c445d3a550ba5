#include "iree/base/threading/call_once.h"
#include "iree/base/threading/mutex.h"
#include "thread_state.h"

// Each thread has its own counters: sharing them would make threads contend for
// the same cache lines at every allocation.

// Bytes that a thread allocates or frees before it adds them to the shared
// counters.
#define IREE_FFI_MAX_UNTOLD 65536

static iree_once_flag iree_ffi_counts_once = IREE_ONCE_FLAG_INIT;
// Guards the following variables.
static iree_slim_mutex_t iree_ffi_counts_mutex;
static iree_ffi_thread_t* iree_ffi_counting_threads;
static int64_t iree_ffi_told_bytes;
// Sums over ended threads.
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

static void iree_ffi_raise(iree_atomic_int64_t* counter, int64_t value) {
  if (value > iree_ffi_get(counter)) iree_ffi_set(counter, value);
}

void iree_ffi_thread_count(iree_ffi_thread_t* thread) {
  iree_ffi_counts_lock();
  thread->told_bytes = iree_ffi_told_bytes;
  thread->next = iree_ffi_counting_threads;
  if (thread->next) thread->next->previous = thread;
  iree_ffi_counting_threads = thread;
  iree_ffi_counts_unlock();
}

// Requires the mutex.
static void iree_ffi_thread_tell(iree_ffi_thread_t* thread) {
  iree_ffi_told_bytes += iree_ffi_get(&thread->untold_bytes);
  iree_ffi_set(&thread->untold_bytes, 0);
  thread->told_bytes = iree_ffi_told_bytes;
  iree_ffi_raise(&thread->peak_bytes, iree_ffi_told_bytes);
}

void iree_ffi_thread_sum_up(iree_ffi_thread_t* thread) {
  iree_ffi_counts_lock();
  iree_ffi_thread_tell(thread);
  iree_ffi_ended_peak_bytes =
      iree_max(iree_ffi_ended_peak_bytes, iree_ffi_get(&thread->peak_bytes));
  iree_ffi_ended_live_count += iree_ffi_get(&thread->live_count);
  iree_ffi_ended_total_count += iree_ffi_get(&thread->total_count);
  if (thread->next) thread->next->previous = thread->previous;
  if (thread->previous) {
    thread->previous->next = thread->next;
  } else {
    iree_ffi_counting_threads = thread->next;
  }
  iree_ffi_counts_unlock();
}

// For a thread whose state cannot be allocated.
static void iree_ffi_count_without_thread(int64_t bytes, int64_t live,
                                          int64_t total) {
  iree_ffi_counts_lock();
  iree_ffi_told_bytes += bytes;
  iree_ffi_ended_live_count += live;
  iree_ffi_ended_total_count += total;
  iree_ffi_counts_unlock();
}

static void iree_ffi_count(int64_t bytes, int64_t live, int64_t total) {
  iree_ffi_thread_t* thread = iree_ffi_this_thread();
  if (!thread) {
    iree_ffi_count_without_thread(bytes, live, total);
    return;
  }
  iree_ffi_set(&thread->live_count, iree_ffi_get(&thread->live_count) + live);
  iree_ffi_set(&thread->total_count,
               iree_ffi_get(&thread->total_count) + total);
  const int64_t untold = iree_ffi_get(&thread->untold_bytes) + bytes;
  iree_ffi_set(&thread->untold_bytes, untold);
  iree_ffi_raise(&thread->peak_bytes, thread->told_bytes + untold);
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
  for (iree_ffi_thread_t* thread = iree_ffi_counting_threads; thread;
       thread = thread->next) {
    live_bytes += iree_ffi_get(&thread->untold_bytes);
    peak_bytes = iree_max(peak_bytes, iree_ffi_get(&thread->peak_bytes));
    live_count += iree_ffi_get(&thread->live_count);
    total_count += iree_ffi_get(&thread->total_count);
  }
  iree_ffi_counts_unlock();
  // A block allocated by one thread and freed by another in between counts as
  // freed.
  live_bytes = iree_max(live_bytes, 0);
  out_statistics[0] = (uint64_t)live_bytes;
  out_statistics[1] = (uint64_t)iree_max(live_count, 0);
  out_statistics[2] = (uint64_t)iree_max(peak_bytes, live_bytes);
  out_statistics[3] = (uint64_t)total_count;
}
