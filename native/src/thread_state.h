// What the layer keeps of each thread that called in or allocated.

#ifndef IREE_FFI_THREAD_H_
#define IREE_FFI_THREAD_H_

#include "internal.h"
#include "iree/base/internal/atomics.h"

// How many references of an object were handed out to the thread.
typedef struct iree_ffi_entry_t {
  void* object;
  uint32_t kind;
  uint32_t count;
} iree_ffi_entry_t;

// Open addressing with linear probing; the capacity is a power of two.
typedef struct iree_ffi_handouts_t {
  iree_ffi_entry_t* entries;
  uint32_t capacity;
  uint32_t used;
} iree_ffi_handouts_t;

typedef struct iree_ffi_thread_t {
  iree_status_t failure;
  // The isolate that has the thread, and what it was given.
  uint64_t isolate;
  iree_ffi_handouts_t handouts;

  // What was counted: written by the thread alone, read by all.
  iree_atomic_int64_t untold_bytes;
  iree_atomic_int64_t peak_bytes;
  iree_atomic_int64_t live_count;
  iree_atomic_int64_t total_count;
  // Bytes that all threads had told of when this one last did.
  int64_t told_bytes;
  // In the list of all that count.
  struct iree_ffi_thread_t* previous;
  struct iree_ffi_thread_t* next;
} iree_ffi_thread_t;

// What is kept of this thread, made when it is first asked for; NULL without
// memory.
iree_ffi_thread_t* iree_ffi_this_thread(void);

// The same if there is anything, else NULL.
iree_ffi_thread_t* iree_ffi_this_thread_if_any(void);

// Drops what was handed out to a thread that ends, or whose isolate is gone.
void iree_ffi_thread_release_all(iree_ffi_thread_t* thread);

// Counts a thread from now on, until its counts are added to what ended threads
// have counted.
void iree_ffi_thread_count(iree_ffi_thread_t* thread);
void iree_ffi_thread_sum_up(iree_ffi_thread_t* thread);

#endif  // IREE_FFI_THREAD_H_
