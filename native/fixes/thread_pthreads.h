// Force-included before iree/base/threading/thread_pthreads.c only.
//
// IREE joins a thread even if it could not be created (out of memory for its stack, or too many threads), which
// crashes. So a thread that was not created is marked, and joining it does nothing.

#ifndef IREE_FFI_FIXES_THREAD_PTHREADS_H_
#define IREE_FFI_FIXES_THREAD_PTHREADS_H_

// Must come before any system header.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif  // _GNU_SOURCE

#include <pthread.h>
#include <string.h>

static int iree_ffi_pthread_create(pthread_t* out_thread, const pthread_attr_t* attributes, void* (*entry)(void*),
                                   void* argument) {
  int result = pthread_create(out_thread, attributes, entry, argument);
  if (result != 0) memset(out_thread, 0, sizeof(*out_thread));
  return result;
}

static int iree_ffi_pthread_join(pthread_t thread, void** out_result) {
  pthread_t none;
  memset(&none, 0, sizeof(none));
  return memcmp(&thread, &none, sizeof(none)) == 0 ? 0 : pthread_join(thread, out_result);
}

#define pthread_create iree_ffi_pthread_create
#define pthread_join iree_ffi_pthread_join

#endif  // IREE_FFI_FIXES_THREAD_PTHREADS_H_
