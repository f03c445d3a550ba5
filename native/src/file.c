#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "internal.h"

#if defined(_WIN32)
#include "../fixes/windows_files.h"
#endif  // _WIN32

// Bytecode is read in place and needs the alignment of a file's pages. Device
// buffers need the alignment of cache lines, which also suffices for data
// embedded in programs.
#define IREE_FFI_FILE_ALIGNMENT 64

iree_status_t iree_ffi_file_allocate(iree_host_size_t length,
                                     iree_byte_span_t* out_bytes) {
  out_bytes->data_length = length;
  return iree_allocator_malloc_aligned(
      iree_ffi_allocator(), iree_max(length, 1), IREE_FFI_FILE_ALIGNMENT,
      /*offset=*/0, (void**)&out_bytes->data);
}

// Reading a pipe may block forever, and a directory cannot be read. A missing
// file is reported when it is opened.
iree_status_t iree_ffi_check_regular_file(const char* path) {
  struct stat file;
  if (stat(path, &file) != 0 || (file.st_mode & S_IFMT) == S_IFREG) {
    return iree_ok_status();
  }
  return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                          "'%s' is not a regular file", path);
}

uint32_t iree_ffi_file_check(const uint8_t* path, uint32_t path_length) {
  char* path_cstring = NULL;
  iree_status_t status =
      iree_ffi_copy_cstring(iree_ffi_view(path, path_length), &path_cstring);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_check_regular_file(path_cstring);
  }
  iree_allocator_free(iree_ffi_allocator(), path_cstring);
  return iree_ffi_check(status);
}

static iree_status_t iree_ffi_read_contents(FILE* file, const char* path,
                                            iree_byte_span_t* out_bytes) {
  uint64_t length = 0;
  struct stat description;
  if (fstat(fileno(file), &description) == 0) length = description.st_size;
  iree_byte_span_t bytes = iree_byte_span_empty();
  IREE_RETURN_IF_ERROR(
      iree_ffi_file_allocate((iree_host_size_t)length, &bytes));
  if (fread(bytes.data, 1, length, file) != length) {
    iree_allocator_free_aligned(iree_ffi_allocator(), bytes.data);
    return iree_make_status(IREE_STATUS_DATA_LOSS,
                            "failed to read all %" PRIu64 " bytes of '%s'",
                            length, path);
  }
  *out_bytes = bytes;
  return iree_ok_status();
}

// iree_io_file_contents_read writes through a null pointer when it cannot
// allocate memory for the file.
iree_status_t iree_ffi_file_read(const char* path,
                                 iree_byte_span_t* out_bytes) {
  FILE* file = fopen(path, "rb");
  if (!file) {
    return iree_make_status(iree_status_code_from_errno(errno),
                            "failed to open file '%s'", path);
  }
  iree_status_t status = iree_ffi_read_contents(file, path, out_bytes);
  fclose(file);
  return status;
}
