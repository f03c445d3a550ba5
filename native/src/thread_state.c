#include "thread_state.h"

#include <stdlib.h>

#if defined(IREE_PLATFORM_WINDOWS)
#include <windows.h>
#else
#include <pthread.h>
#endif  // IREE_PLATFORM_WINDOWS

// The end of a host thread is not announced to the layer, but the system runs a
// destructor. Thread-local variables may be destroyed by then (on macOS they
// are). So the destructor receives the state as its argument instead of reading
// a thread-local variable. Later uses create the state again.

static IREE_FFI_THREAD_LOCAL iree_ffi_thread_t* iree_ffi_current_thread = NULL;

static void iree_ffi_thread_end(iree_ffi_thread_t* thread) {
  // Frees are counted, too.
  iree_ffi_thread_release_all(thread);
  iree_ffi_thread_sum_up(thread);
  if (iree_ffi_current_thread == thread) iree_ffi_current_thread = NULL;
  free(thread);
}

#if defined(IREE_PLATFORM_WINDOWS)

static DWORD iree_ffi_thread_key;
static INIT_ONCE iree_ffi_thread_once = INIT_ONCE_STATIC_INIT;

typedef BOOLEAN(WINAPI* iree_ffi_is_process_ending_fn_t)(void);
static iree_ffi_is_process_ending_fn_t iree_ffi_is_process_ending;

static DWORD WINAPI iree_ffi_thread_end_elsewhere(void* thread) {
  iree_ffi_current_thread = (iree_ffi_thread_t*)thread;
  iree_ffi_thread_end((iree_ffi_thread_t*)thread);
  return 0;
}

// Unlike other systems, Windows also calls this when the process ends. The
// other threads are gone by then, and objects that wait for them would hang.
// A thread that ends may hold locks of the system that other threads need to
// end, so it does not wait for them either: a thread of its own does.
static void WINAPI iree_ffi_thread_ended(void* thread) {
  if (iree_ffi_is_process_ending && iree_ffi_is_process_ending()) return;
  if (!thread) return;
  HANDLE other =
      CreateThread(NULL, 0, iree_ffi_thread_end_elsewhere, thread, 0, NULL);
  if (other) {
    iree_ffi_current_thread = NULL;
    CloseHandle(other);
  } else {
    iree_ffi_thread_end((iree_ffi_thread_t*)thread);
  }
}

static BOOL WINAPI iree_ffi_thread_create_key(INIT_ONCE* once, void* parameter,
                                              void** context) {
  iree_ffi_is_process_ending =
      (iree_ffi_is_process_ending_fn_t)(void*)GetProcAddress(
          GetModuleHandleA("ntdll.dll"), "RtlDllShutdownInProgress");
  iree_ffi_thread_key = FlsAlloc(iree_ffi_thread_ended);
  return TRUE;
}

static void iree_ffi_thread_watch(iree_ffi_thread_t* thread) {
  InitOnceExecuteOnce(&iree_ffi_thread_once, iree_ffi_thread_create_key, NULL,
                      NULL);
  FlsSetValue(iree_ffi_thread_key, thread);
}

#else

static pthread_key_t iree_ffi_thread_key;
static pthread_once_t iree_ffi_thread_once = PTHREAD_ONCE_INIT;

static void iree_ffi_thread_ended(void* thread) {
  iree_ffi_thread_end((iree_ffi_thread_t*)thread);
}

static void iree_ffi_thread_create_key(void) {
  pthread_key_create(&iree_ffi_thread_key, iree_ffi_thread_ended);
}

static void iree_ffi_thread_watch(iree_ffi_thread_t* thread) {
  pthread_once(&iree_ffi_thread_once, iree_ffi_thread_create_key);
  pthread_setspecific(iree_ffi_thread_key, thread);
}

#endif  // IREE_PLATFORM_WINDOWS

static iree_ffi_thread_t* iree_ffi_thread_create(void) {
  iree_ffi_thread_t* thread = (iree_ffi_thread_t*)calloc(1, sizeof(*thread));
  if (!thread) return NULL;
  iree_ffi_current_thread = thread;
  iree_ffi_thread_watch(thread);
  iree_ffi_thread_count(thread);
  return thread;
}

iree_ffi_thread_t* iree_ffi_this_thread(void) {
  iree_ffi_thread_t* thread = iree_ffi_current_thread;
  return thread ? thread : iree_ffi_thread_create();
}

iree_ffi_thread_t* iree_ffi_this_thread_if_any(void) {
  return iree_ffi_current_thread;
}
