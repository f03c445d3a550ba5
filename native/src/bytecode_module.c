#include <string.h>
#include <sys/stat.h>

#include "internal.h"
#include "iree/io/file_contents.h"
#include "iree/vm/bytecode/module.h"

// Reading a folder crashes IREE, and reading a pipe may never end. What is not
// there is IREE's to complain about.
static iree_status_t iree_ffi_check_regular_file(iree_string_view_t path) {
  char* path_cstring = NULL;
  IREE_RETURN_IF_ERROR(iree_ffi_copy_cstring(path, &path_cstring));
  struct stat file;
  bool is_other =
      stat(path_cstring, &file) == 0 && (file.st_mode & S_IFMT) != S_IFREG;
  iree_allocator_free(iree_ffi_allocator(), path_cstring);
  if (!is_other) return iree_ok_status();
  return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                          "'%.*s' is not a regular file", (int)path.size,
                          path.data);
}

static iree_status_t iree_ffi_read_file(iree_string_view_t path, bool map,
                                        iree_io_file_contents_t** out_contents) {
  IREE_RETURN_IF_ERROR(iree_ffi_check_regular_file(path));
  return map ? iree_io_file_contents_map(path, IREE_IO_FILE_ACCESS_READ,
                                         iree_ffi_allocator(), out_contents)
             : iree_io_file_contents_read(path, iree_ffi_allocator(),
                                          out_contents);
}

iree_vm_module_t* iree_ffi_bytecode_module_open(iree_ffi_instance_t* instance,
                                                const uint8_t* path,
                                                uint32_t path_length,
                                                uint32_t map) {
  iree_io_file_contents_t* contents = NULL;
  iree_status_t status = iree_ffi_read_file(iree_ffi_view(path, path_length),
                                            map != 0, &contents);
  iree_vm_module_t* module = NULL;
  if (iree_status_is_ok(status)) {
    status = iree_vm_bytecode_module_create(
        iree_ffi_instance_vm(instance), IREE_VM_BYTECODE_MODULE_FLAG_NONE,
        contents->const_buffer, iree_io_file_contents_deallocator(contents),
        iree_ffi_allocator(), &module);
  }
  // The module owns the contents only once it exists.
  if (!iree_status_is_ok(status)) iree_io_file_contents_free(contents);
  iree_ffi_check(status);
  return iree_ffi_hand_out(IREE_FFI_KIND_MODULE, module);
}

static iree_status_t iree_ffi_copy_deallocator_ctl(
    void* self, iree_allocator_command_t command, const void* params,
    void** inout_ptr) {
  iree_allocator_free_aligned(iree_ffi_allocator(), *inout_ptr);
  return iree_ok_status();
}

iree_vm_module_t* iree_ffi_bytecode_module_create(iree_ffi_instance_t* instance,
                                                  const uint8_t* bytes,
                                                  size_t length) {
  // Bytecode is read in place and wants the alignment of a file's pages; cache
  // lines are enough for what programs embed.
  uint8_t* copy = NULL;
  iree_status_t status = iree_allocator_malloc_aligned(
      iree_ffi_allocator(), iree_max(length, 1), /*min_alignment=*/64,
      /*offset=*/0, (void**)&copy);
  iree_vm_module_t* module = NULL;
  if (iree_status_is_ok(status)) {
    if (length > 0) memcpy(copy, bytes, length);
    iree_allocator_t deallocator = {NULL, iree_ffi_copy_deallocator_ctl};
    status = iree_vm_bytecode_module_create(
        iree_ffi_instance_vm(instance), IREE_VM_BYTECODE_MODULE_FLAG_NONE,
        iree_make_const_byte_span(copy, length), deallocator,
        iree_ffi_allocator(), &module);
  }
  if (!iree_status_is_ok(status)) {
    iree_allocator_free_aligned(iree_ffi_allocator(), copy);
  }
  iree_ffi_check(status);
  return iree_ffi_hand_out(IREE_FFI_KIND_MODULE, module);
}
