// The state that the layer keeps for each thread that called in or allocated.

#ifndef IREE_FFI_THREAD_H_
#define IREE_FFI_THREAD_H_

#include "internal.h"
#include "iree/base/internal/atomics.h"

// How many references to an object were handed out to the thread.
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
  // The isolate that runs on the thread, and its references.
  uint64_t isolate;
  iree_ffi_handouts_t handouts;

  // Counts, written only by this thread and read by all.
  iree_atomic_int64_t untold_bytes;
  iree_atomic_int64_t peak_bytes;
  iree_atomic_int64_t live_count;
  iree_atomic_int64_t total_count;
  // Bytes that all threads had reported when this one last did.
  int64_t told_bytes;
  // In the list of all counted threads.
  struct iree_ffi_thread_t* previous;
  struct iree_ffi_thread_t* next;
} iree_ffi_thread_t;

// The state of this thread, created on first use; NULL if out of memory.
iree_ffi_thread_t* iree_ffi_this_thread(void);

// The same if it exists, else NULL.
iree_ffi_thread_t* iree_ffi_this_thread_if_any(void);

// Releases the references of a thread that ends, or whose isolate has ended.
void iree_ffi_thread_release_all(iree_ffi_thread_t* thread);

// Adds a thread to the counted ones, until its counts move to those of ended
// threads.
void iree_ffi_thread_count(iree_ffi_thread_t* thread);
void iree_ffi_thread_sum_up(iree_ffi_thread_t* thread);

#endif  // IREE_FFI_THREAD_H_
