#include <string.h>

#include "internal.h"

//===----------------------------------------------------------------------===//
// Files in memory
//===----------------------------------------------------------------------===//

static void iree_ffi_parameter_file_free(
    void* user_data, iree_io_file_handle_primitive_t primitive) {
  iree_allocator_free_aligned(iree_ffi_allocator(),
                              primitive.value.host_allocation.data);
}

// The access that programs have to a file.
static iree_io_file_access_t iree_ffi_parameter_file_access(bool writable) {
  return IREE_IO_FILE_ACCESS_READ | (writable ? IREE_IO_FILE_ACCESS_WRITE : 0);
}

iree_status_t iree_ffi_parameter_file_wrap(iree_byte_span_t bytes,
                                           bool writable,
                                           iree_io_file_handle_t** out_file) {
  iree_io_file_handle_release_callback_t release_callback = {
      .fn = iree_ffi_parameter_file_free,
      .user_data = NULL,
  };
  iree_status_t status = iree_io_file_handle_wrap_host_allocation(
      iree_ffi_parameter_file_access(writable), bytes, release_callback,
      iree_ffi_allocator(), out_file);
  if (!iree_status_is_ok(status)) {
    iree_allocator_free_aligned(iree_ffi_allocator(), bytes.data);
  }
  return status;
}

iree_io_file_handle_t* iree_ffi_parameter_file_create(const uint8_t* bytes,
                                                      size_t length,
                                                      uint32_t writable) {
  iree_byte_span_t copy = iree_byte_span_empty();
  iree_io_file_handle_t* file = NULL;
  iree_status_t status = iree_ffi_file_allocate(length, &copy);
  if (iree_status_is_ok(status)) {
    if (length > 0) memcpy(copy.data, bytes, length);
    status = iree_ffi_parameter_file_wrap(copy, writable != 0, &file);
  }
  iree_ffi_check(status);
  return iree_ffi_hand_out(IREE_FFI_KIND_PARAMETER_FILE, file);
}

//===----------------------------------------------------------------------===//
// Files on disk
//===----------------------------------------------------------------------===//

static iree_status_t iree_ffi_parameter_file_preload(
    const char* path, bool writable, iree_io_file_handle_t** out_file) {
  iree_byte_span_t bytes = iree_byte_span_empty();
  IREE_RETURN_IF_ERROR(iree_ffi_file_read(path, &bytes));
  return iree_ffi_parameter_file_wrap(bytes, writable, out_file);
}

static void iree_ffi_parameter_file_unmap(
    void* user_data, iree_io_file_handle_primitive_t primitive) {
  iree_ffi_mapped_file_remove(primitive.value.host_allocation);
  iree_io_file_mapping_release((iree_io_file_mapping_t*)user_data);
}

// Devices with host memory use mapped parameters in place, and a program may
// modify its variables there. Writes go to private copies of the pages, never
// to the file.
static iree_status_t iree_ffi_parameter_file_map(
    const char* path, bool writable, iree_io_file_handle_t** out_file) {
  iree_io_file_handle_t* file = NULL;
  IREE_RETURN_IF_ERROR(iree_io_file_handle_open(
      IREE_IO_FILE_MODE_READ | IREE_IO_FILE_MODE_SHARE_READ,
      iree_make_cstring_view(path), iree_ffi_allocator(), &file));
  iree_io_file_mapping_t* mapping = NULL;
  iree_status_t status = iree_io_file_map_view(
      file, IREE_IO_FILE_ACCESS_READ | IREE_IO_FILE_ACCESS_WRITE, /*offset=*/0,
      IREE_HOST_SIZE_MAX,
      IREE_IO_FILE_MAPPING_FLAG_PRIVATE |
          IREE_IO_FILE_MAPPING_FLAG_EXCLUDE_FROM_DUMPS,
      iree_ffi_allocator(), &mapping);
  iree_io_file_handle_release(file);
  IREE_RETURN_IF_ERROR(status);
  iree_byte_span_t contents = iree_io_file_mapping_contents_rw(mapping);
  status = iree_ffi_mapped_file_add(contents, path);
  if (!iree_status_is_ok(status)) {
    iree_io_file_mapping_release(mapping);
    return status;
  }
  iree_io_file_handle_release_callback_t release_callback = {
      .fn = iree_ffi_parameter_file_unmap,
      .user_data = mapping,
  };
  status = iree_io_file_handle_wrap_host_allocation(
      iree_ffi_parameter_file_access(writable), contents, release_callback,
      iree_ffi_allocator(), out_file);
  if (!iree_status_is_ok(status)) {
    iree_ffi_mapped_file_remove(contents);
    iree_io_file_mapping_release(mapping);
  }
  return status;
}

iree_status_t iree_ffi_parameter_file_open_path(
    const char* path, uint32_t mode, bool writable,
    iree_io_file_handle_t** out_file) {
  IREE_RETURN_IF_ERROR(iree_ffi_check_regular_file(path));
  switch (mode) {
    case IREE_FFI_PARAMETER_MODE_FILE:
      return iree_io_file_handle_open(
          IREE_IO_FILE_MODE_READ | IREE_IO_FILE_MODE_SHARE_READ |
              (writable ? IREE_IO_FILE_MODE_WRITE : 0) |
              IREE_IO_FILE_MODE_ASYNC,
          iree_make_cstring_view(path), iree_ffi_allocator(), out_file);
    case IREE_FFI_PARAMETER_MODE_PRELOAD:
      return iree_ffi_parameter_file_preload(path, writable, out_file);
    case IREE_FFI_PARAMETER_MODE_MMAP:
      return iree_ffi_parameter_file_map(path, writable, out_file);
    default:
      return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                              "no parameter mode %u", mode);
  }
}

iree_io_file_handle_t* iree_ffi_parameter_file_open(const uint8_t* path,
                                                    uint32_t path_length,
                                                    uint32_t mode,
                                                    uint32_t writable) {
  char* path_cstring = NULL;
  iree_io_file_handle_t* file = NULL;
  iree_status_t status =
      iree_ffi_copy_cstring(iree_ffi_view(path, path_length), &path_cstring);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_parameter_file_open_path(path_cstring, mode,
                                               writable != 0, &file);
  }
  iree_allocator_free(iree_ffi_allocator(), path_cstring);
  iree_ffi_check(status);
  return iree_ffi_hand_out(IREE_FFI_KIND_PARAMETER_FILE, file);
}
