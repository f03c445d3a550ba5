#include <string.h>

#include "internal.h"
#include "iree/io/file_contents.h"
#include "iree/vm/bytecode/module.h"

static iree_status_t iree_ffi_bytecode_deallocator_ctl(
    void* self, iree_allocator_command_t command, const void* params,
    void** inout_ptr) {
  iree_allocator_free_aligned(iree_ffi_allocator(), *inout_ptr);
  return iree_ok_status();
}

iree_status_t iree_ffi_bytecode_module_make(iree_ffi_instance_t* instance,
                                            iree_byte_span_t bytes,
                                            iree_vm_module_t** out_module) {
  iree_allocator_t deallocator = {NULL, iree_ffi_bytecode_deallocator_ctl};
  iree_status_t status = iree_vm_bytecode_module_create(
      iree_ffi_instance_vm(instance), IREE_VM_BYTECODE_MODULE_FLAG_NONE,
      iree_make_const_byte_span(bytes.data, bytes.data_length), deallocator,
      iree_ffi_allocator(), out_module);
  if (!iree_status_is_ok(status)) {
    iree_allocator_free_aligned(iree_ffi_allocator(), bytes.data);
  }
  return status;
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

static iree_status_t iree_ffi_bytecode_module_read(
    iree_ffi_instance_t* instance, const char* path,
    iree_vm_module_t** out_module) {
  iree_byte_span_t bytes = iree_byte_span_empty();
  IREE_RETURN_IF_ERROR(iree_ffi_file_read(path, &bytes));
  return iree_ffi_bytecode_module_make(instance, bytes, out_module);
}

static iree_status_t iree_ffi_bytecode_module_map(
    iree_ffi_instance_t* instance, const char* path,
    iree_vm_module_t** out_module) {
  iree_io_file_contents_t* contents = NULL;
  IREE_RETURN_IF_ERROR(iree_io_file_contents_map(
      iree_make_cstring_view(path), IREE_IO_FILE_ACCESS_READ,
      iree_ffi_allocator(), &contents));
  iree_status_t status = iree_vm_bytecode_module_create(
      iree_ffi_instance_vm(instance), IREE_VM_BYTECODE_MODULE_FLAG_NONE,
      contents->const_buffer, iree_io_file_contents_deallocator(contents),
      iree_ffi_allocator(), out_module);
  if (!iree_status_is_ok(status)) iree_io_file_contents_free(contents);
  return status;
}

iree_status_t iree_ffi_bytecode_module_open_path(
    iree_ffi_instance_t* instance, const char* path, bool map,
    iree_vm_module_t** out_module) {
  IREE_RETURN_IF_ERROR(iree_ffi_check_regular_file(path));
  return map ? iree_ffi_bytecode_module_map(instance, path, out_module)
             : iree_ffi_bytecode_module_read(instance, path, out_module);
}

iree_vm_module_t* iree_ffi_bytecode_module_open(iree_ffi_instance_t* instance,
                                                const uint8_t* path,
                                                uint32_t path_length,
                                                uint32_t map) {
  char* path_cstring = NULL;
  iree_vm_module_t* module = NULL;
  iree_status_t status =
      iree_ffi_copy_cstring(iree_ffi_view(path, path_length), &path_cstring);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_bytecode_module_open_path(instance, path_cstring,
                                                map != 0, &module);
  }
  iree_allocator_free(iree_ffi_allocator(), path_cstring);
  iree_ffi_check(status);
  return iree_ffi_hand_out(IREE_FFI_KIND_MODULE, module);
}

//===----------------------------------------------------------------------===//
// Bytes
//===----------------------------------------------------------------------===//

iree_vm_module_t* iree_ffi_bytecode_module_create(iree_ffi_instance_t* instance,
                                                  const uint8_t* bytes,
                                                  size_t length) {
  iree_byte_span_t copy = iree_byte_span_empty();
  iree_vm_module_t* module = NULL;
  iree_status_t status = iree_ffi_file_allocate(length, &copy);
  if (iree_status_is_ok(status)) {
    if (length > 0) memcpy(copy.data, bytes, length);
    status = iree_ffi_bytecode_module_make(instance, copy, &module);
  }
  iree_ffi_check(status);
  return iree_ffi_hand_out(IREE_FFI_KIND_MODULE, module);
}
