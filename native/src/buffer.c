#include <string.h>

#include "internal.h"

iree_status_t iree_ffi_buffer_make(iree_const_byte_span_t bytes,
                                   iree_vm_buffer_t** out_buffer) {
  IREE_RETURN_IF_ERROR(iree_vm_buffer_create(
      IREE_VM_BUFFER_ACCESS_MUTABLE | IREE_VM_BUFFER_ACCESS_ORIGIN_HOST,
      bytes.data_length, /*alignment=*/64, iree_ffi_allocator(), out_buffer));
  if (bytes.data_length > 0) {
    memcpy(iree_vm_buffer_data(*out_buffer), bytes.data, bytes.data_length);
  }
  return iree_ok_status();
}

iree_vm_buffer_t* iree_ffi_buffer_create(const uint8_t* bytes, size_t length) {
  iree_vm_buffer_t* buffer = NULL;
  iree_ffi_check(
      iree_ffi_buffer_make(iree_make_const_byte_span(bytes, length), &buffer));
  return iree_ffi_hand_out(IREE_FFI_KIND_BUFFER, buffer);
}

uint64_t iree_ffi_buffer_length(iree_vm_buffer_t* buffer) {
  return iree_vm_buffer_length(buffer);
}

uint32_t iree_ffi_buffer_read(iree_vm_buffer_t* buffer, uint64_t offset,
                              uint8_t* target, size_t length) {
  if (length == 0) return 0;
  return iree_ffi_check(iree_vm_buffer_read_elements(
      buffer, (iree_host_size_t)offset, target, length, /*element_length=*/1));
}

uint32_t iree_ffi_buffer_write(iree_vm_buffer_t* buffer, uint64_t offset,
                               const uint8_t* source, size_t length) {
  if (length == 0) return 0;
  return iree_ffi_check(iree_vm_buffer_write_elements(
      source, buffer, (iree_host_size_t)offset, length, /*element_length=*/1));
}
