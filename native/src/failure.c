#include "internal.h"

#if defined(IREE_COMPILER_MSVC)
#define IREE_FFI_THREAD_LOCAL __declspec(thread)
#else
#define IREE_FFI_THREAD_LOCAL _Thread_local
#endif  // IREE_COMPILER_MSVC

static IREE_FFI_THREAD_LOCAL iree_status_t iree_ffi_failure;

uint32_t iree_ffi_check(iree_status_t status) {
  if (iree_status_is_ok(status)) return 0;
  iree_status_free(iree_ffi_failure);
  iree_ffi_failure = status;
  return iree_status_code(status);
}

uint32_t iree_ffi_failure_code(void) {
  return iree_status_code(iree_ffi_failure);
}

static bool iree_ffi_failure_append(iree_string_view_t chunk, void* user_data) {
  iree_ffi_write_bytes((iree_ffi_writer_t*)user_data, chunk.data, chunk.size);
  return true;
}

uint32_t iree_ffi_failure_take(uint8_t* buffer, uint32_t capacity) {
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  // Streamed, since formatting into memory of its own could fail too.
  iree_status_format_to(iree_ffi_failure, iree_ffi_failure_append, &writer);
  if (writer.length <= capacity) {
    iree_status_free(iree_ffi_failure);
    iree_ffi_failure = iree_ok_status();
  }
  return (uint32_t)writer.length;
}
