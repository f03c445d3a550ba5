#include "internal.h"

#if defined(IREE_PLATFORM_WINDOWS)
#include <windows.h>
#else
#include <pthread.h>
#endif  // IREE_PLATFORM_WINDOWS

// Nobody tells when a thread of the host's ends, but the system does. Releasing
// what a thread was given frees memory, so that is counted last; what others do
// at the end of the thread after that makes it watched once more.

static void iree_ffi_thread_end(void) {
  iree_ffi_thread_release_all();
  iree_ffi_thread_sum_up();
}

#if defined(IREE_PLATFORM_WINDOWS)

static DWORD iree_ffi_thread_key;
static INIT_ONCE iree_ffi_thread_once = INIT_ONCE_STATIC_INIT;

static void WINAPI iree_ffi_thread_ended(void* value) {
  if (value) iree_ffi_thread_end();
}

static BOOL WINAPI iree_ffi_thread_create_key(INIT_ONCE* once, void* parameter,
                                              void** context) {
  iree_ffi_thread_key = FlsAlloc(iree_ffi_thread_ended);
  return TRUE;
}

void iree_ffi_thread_watch(void) {
  InitOnceExecuteOnce(&iree_ffi_thread_once, iree_ffi_thread_create_key, NULL,
                      NULL);
  FlsSetValue(iree_ffi_thread_key, &iree_ffi_thread_key);
}

#else

static pthread_key_t iree_ffi_thread_key;
static pthread_once_t iree_ffi_thread_once = PTHREAD_ONCE_INIT;

static void iree_ffi_thread_ended(void* value) { iree_ffi_thread_end(); }

static void iree_ffi_thread_create_key(void) {
  pthread_key_create(&iree_ffi_thread_key, iree_ffi_thread_ended);
}

void iree_ffi_thread_watch(void) {
  pthread_once(&iree_ffi_thread_once, iree_ffi_thread_create_key);
  pthread_setspecific(iree_ffi_thread_key, &iree_ffi_thread_key);
}

#endif  // IREE_PLATFORM_WINDOWS
