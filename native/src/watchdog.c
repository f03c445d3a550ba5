#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "iree/base/internal/atomics.h"
#include "iree/base/threading/notification.h"
#include "iree/base/threading/thread.h"

#if defined(IREE_PLATFORM_WINDOWS)
#include <io.h>
#include <process.h>
#define iree_ffi_write_stderr(text, length) _write(2, text, (unsigned)(length))
#else
#include <unistd.h>
#define iree_ffi_write_stderr(text, length) write(2, text, length)
#endif  // IREE_PLATFORM_WINDOWS

struct iree_ffi_watchdog_t {
  iree_thread_t* thread;
  iree_notification_t called_off_notification;
  iree_atomic_int32_t called_off;
  iree_duration_t duration;
  int32_t exit_status;
  iree_host_size_t message_length;
  char message[];
};

static bool iree_ffi_watchdog_is_called_off(void* user_data) {
  iree_ffi_watchdog_t* watchdog = (iree_ffi_watchdog_t*)user_data;
  return iree_atomic_load(&watchdog->called_off, iree_memory_order_acquire);
}

static int iree_ffi_watchdog_main(void* user_data) {
  iree_ffi_watchdog_t* watchdog = (iree_ffi_watchdog_t*)user_data;
  if (iree_notification_await(&watchdog->called_off_notification,
                              iree_ffi_watchdog_is_called_off, watchdog,
                              iree_make_timeout_ns(watchdog->duration))) {
    return 0;
  }
  if (iree_ffi_write_stderr(watchdog->message, watchdog->message_length) < 0) {
    // A failure cannot be reported here.
  }
  // Not exit: the stuck code may hold locks that exit needs.
  _exit(watchdog->exit_status);
}

iree_ffi_watchdog_t* iree_ffi_watchdog_create(double milliseconds,
                                              uint32_t exit_status,
                                              const uint8_t* message,
                                              uint32_t message_length) {
  iree_ffi_watchdog_t* watchdog = NULL;
  if (iree_ffi_check(iree_allocator_malloc(iree_ffi_allocator(),
                                           sizeof(*watchdog) + message_length,
                                           (void**)&watchdog))) {
    return NULL;
  }
  memset(watchdog, 0, sizeof(*watchdog));
  iree_notification_initialize(&watchdog->called_off_notification);
  watchdog->duration = (iree_duration_t)(milliseconds * 1e6);
  watchdog->exit_status = (int32_t)exit_status;
  watchdog->message_length = message_length;
  if (message_length > 0) memcpy(watchdog->message, message, message_length);
  const iree_thread_create_params_t params = {
      .name = IREE_SV("iree-watchdog"),
  };
  if (iree_ffi_check(iree_thread_create(iree_ffi_watchdog_main, watchdog,
                                        params, iree_ffi_allocator(),
                                        &watchdog->thread))) {
    iree_notification_deinitialize(&watchdog->called_off_notification);
    iree_allocator_free(iree_ffi_allocator(), watchdog);
    return NULL;
  }
  return (iree_ffi_watchdog_t*)iree_ffi_hand_out(IREE_FFI_KIND_WATCHDOG,
                                                 watchdog);
}

void iree_ffi_watchdog_free(iree_ffi_watchdog_t* watchdog) {
  iree_atomic_store(&watchdog->called_off, 1, iree_memory_order_release);
  iree_notification_post(&watchdog->called_off_notification, IREE_ALL_WAITERS);
  // Waits for the thread.
  iree_thread_release(watchdog->thread);
  iree_notification_deinitialize(&watchdog->called_off_notification);
  iree_allocator_free(iree_ffi_allocator(), watchdog);
}
