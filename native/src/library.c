#include <stdio.h>

#include "thread_state.h"

uint32_t iree_ffi_abi_version(void) { return IREE_FFI_ABI_VERSION; }

uint32_t iree_ffi_version(uint8_t* buffer, uint32_t capacity) {
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_ffi_write_string(&writer, IREE_SV(IREE_FFI_VERSION));
  iree_ffi_write_string(&writer, IREE_SV(IREE_FFI_IREE_VERSION));
  return iree_ffi_writer_length(&writer);
}

void iree_ffi_isolate_enter(uint64_t isolate) {
  iree_ffi_thread_t* thread = iree_ffi_this_thread();
  if (thread && thread->isolate != isolate) {
    iree_ffi_thread_release_all(thread);
    thread->isolate = isolate;
  }
  setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
}
