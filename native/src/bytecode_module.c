#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "internal.h"
#include "iree/io/file_contents.h"
#include "iree/vm/bytecode/module.h"

// Bytecode is read in place and wants the alignment of a file's pages; cache
// lines are enough for what programs embed.
#define IREE_FFI_BYTECODE_ALIGNMENT 64

static iree_status_t iree_ffi_bytecode_deallocator_ctl(
    void* self, iree_allocator_command_t command, const void* params,
    void** inout_ptr) {
  iree_allocator_free_aligned(iree_ffi_allocator(), *inout_ptr);
  return iree_ok_status();
}

static iree_status_t iree_ffi_bytecode_allocate(iree_host_size_t length,
                                                iree_byte_span_t* out_bytes) {
  out_bytes->data_length = length;
  return iree_allocator_malloc_aligned(
      iree_ffi_allocator(), iree_max(length, 1), IREE_FFI_BYTECODE_ALIGNMENT,
      /*offset=*/0, (void**)&out_bytes->data);
}

// Creates a module of |bytes|, which it owns from now on, or frees them.
static iree_status_t iree_ffi_bytecode_module_make(
    iree_ffi_instance_t* instance, iree_byte_span_t bytes,
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

// Reading a pipe may never end, and a folder cannot be read. What is not there
// is for the opening to complain about.
static iree_status_t iree_ffi_check_regular_file(const char* path) {
  struct stat file;
  if (stat(path, &file) != 0 || (file.st_mode & S_IFMT) == S_IFREG) {
    return iree_ok_status();
  }
  return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                          "'%s' is not a regular file", path);
}

static iree_status_t iree_ffi_read_contents(FILE* file, const char* path,
                                            iree_byte_span_t* out_bytes) {
  uint64_t length = 0;
  struct stat description;
  if (fstat(fileno(file), &description) == 0) length = description.st_size;
  iree_byte_span_t bytes = iree_byte_span_empty();
  IREE_RETURN_IF_ERROR(
      iree_ffi_bytecode_allocate((iree_host_size_t)length, &bytes));
  if (fread(bytes.data, 1, length, file) != length) {
    iree_allocator_free_aligned(iree_ffi_allocator(), bytes.data);
    return iree_make_status(IREE_STATUS_DATA_LOSS,
                            "failed to read all %" PRIu64 " bytes of '%s'",
                            length, path);
  }
  *out_bytes = bytes;
  return iree_ok_status();
}

// IREE's own iree_io_file_contents_read writes through a null pointer when there
// is no memory for the file.
static iree_status_t iree_ffi_bytecode_module_read(
    iree_ffi_instance_t* instance, const char* path,
    iree_vm_module_t** out_module) {
  FILE* file = fopen(path, "rb");
  if (!file) {
    return iree_make_status(iree_status_code_from_errno(errno),
                            "failed to open file '%s'", path);
  }
  iree_byte_span_t bytes = iree_byte_span_empty();
  iree_status_t status = iree_ffi_read_contents(file, path, &bytes);
  fclose(file);
  IREE_RETURN_IF_ERROR(status);
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

iree_vm_module_t* iree_ffi_bytecode_module_open(iree_ffi_instance_t* instance,
                                                const uint8_t* path,
                                                uint32_t path_length,
                                                uint32_t map) {
  char* path_cstring = NULL;
  iree_vm_module_t* module = NULL;
  iree_status_t status = iree_ffi_copy_cstring(iree_ffi_view(path, path_length),
                                               &path_cstring);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_check_regular_file(path_cstring);
  }
  if (iree_status_is_ok(status)) {
    status = map ? iree_ffi_bytecode_module_map(instance, path_cstring, &module)
                 : iree_ffi_bytecode_module_read(instance, path_cstring,
                                                 &module);
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
  iree_status_t status = iree_ffi_bytecode_allocate(length, &copy);
  if (iree_status_is_ok(status)) {
    if (length > 0) memcpy(copy.data, bytes, length);
    status = iree_ffi_bytecode_module_make(instance, copy, &module);
  }
  iree_ffi_check(status);
  return iree_ffi_hand_out(IREE_FFI_KIND_MODULE, module);
}
