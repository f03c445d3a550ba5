#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "internal.h"
#include "iree/io/stdio_util.h"
#include "iree/io/stream.h"

iree_io_parameter_index_t* iree_ffi_parameter_index_create(void) {
  iree_io_parameter_index_t* index = NULL;
  iree_ffi_check(iree_io_parameter_index_create(iree_ffi_allocator(), &index));
  return iree_ffi_hand_out(IREE_FFI_KIND_PARAMETER_INDEX, index);
}

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

static iree_io_parameter_index_entry_t iree_ffi_parameter_entry(
    const uint8_t* key, uint32_t key_length, const uint8_t* metadata,
    uint32_t metadata_length, uint64_t length) {
  iree_io_parameter_index_entry_t entry;
  memset(&entry, 0, sizeof(entry));
  entry.key = iree_ffi_view(key, key_length);
  entry.metadata = iree_make_const_byte_span(metadata, metadata_length);
  entry.length = length;
  return entry;
}

static iree_status_t iree_ffi_parameter_file_length(iree_io_file_handle_t* file,
                                                    uint64_t* out_length) {
  iree_io_file_handle_primitive_t primitive =
      iree_io_file_handle_primitive(file);
  if (primitive.type == IREE_IO_FILE_HANDLE_TYPE_HOST_ALLOCATION) {
    *out_length = primitive.value.host_allocation.data_length;
    return iree_ok_status();
  }
  struct stat description;
  if (fstat(primitive.value.fd, &description) != 0) {
    return iree_make_status(iree_status_code_from_errno(errno),
                            "cannot determine the length of a parameter file");
  }
  *out_length = (uint64_t)description.st_size;
  return iree_ok_status();
}

uint32_t iree_ffi_parameter_index_add_file(
    iree_io_parameter_index_t* index, const uint8_t* key, uint32_t key_length,
    const uint8_t* metadata, uint32_t metadata_length,
    iree_io_file_handle_t* file, uint64_t offset, uint64_t length) {
  uint64_t file_length = 0;
  iree_status_t status = iree_ffi_parameter_file_length(file, &file_length);
  if (iree_status_is_ok(status) &&
      (length > file_length || offset > file_length - length)) {
    status = iree_make_status(
        IREE_STATUS_OUT_OF_RANGE,
        "parameter `%.*s` is beyond the end of its file (offset=%" PRIu64
        ", length=%" PRIu64 ", file size=%" PRIu64 ")",
        (int)key_length, (const char*)key, offset, length, file_length);
  }
  if (iree_status_is_ok(status)) {
    iree_io_parameter_index_entry_t entry = iree_ffi_parameter_entry(
        key, key_length, metadata, metadata_length, length);
    entry.type = IREE_IO_PARAMETER_INDEX_ENTRY_STORAGE_TYPE_FILE;
    entry.storage.file.handle = file;
    entry.storage.file.offset = offset;
    status = iree_io_parameter_index_add(index, &entry);
  }
  return iree_ffi_check(status);
}

uint32_t iree_ffi_parameter_index_add_splat(
    iree_io_parameter_index_t* index, const uint8_t* key, uint32_t key_length,
    const uint8_t* metadata, uint32_t metadata_length, const uint8_t* pattern,
    uint32_t pattern_length, uint64_t length) {
  if (pattern_length == 0 ||
      pattern_length > IREE_IO_PARAMETER_MAX_SPLAT_PATTERN_LENGTH) {
    return iree_ffi_check(iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                                           "splat pattern length %u invalid",
                                           pattern_length));
  }
  iree_io_parameter_index_entry_t entry = iree_ffi_parameter_entry(
      key, key_length, metadata, metadata_length, length);
  entry.type = IREE_IO_PARAMETER_INDEX_ENTRY_STORAGE_TYPE_SPLAT;
  entry.storage.splat.pattern_length = (uint8_t)pattern_length;
  memcpy(entry.storage.splat.pattern, pattern, pattern_length);
  return iree_ffi_check(iree_io_parameter_index_add(index, &entry));
}

uint32_t iree_ffi_parameter_index_add_from(iree_io_parameter_index_t* index,
                                           const uint8_t* key,
                                           uint32_t key_length,
                                           iree_io_parameter_index_t* source,
                                           uint32_t ordinal) {
  const iree_io_parameter_index_entry_t* found = NULL;
  iree_status_t status = iree_io_parameter_index_get(source, ordinal, &found);
  if (iree_status_is_ok(status)) {
    iree_io_parameter_index_entry_t entry = *found;
    entry.key = iree_ffi_view(key, key_length);
    status = iree_io_parameter_index_add(index, &entry);
  }
  return iree_ffi_check(status);
}

//===----------------------------------------------------------------------===//
// Contents
//===----------------------------------------------------------------------===//

static iree_status_t iree_ffi_parameter_file_read(iree_io_file_handle_t* file,
                                                  uint64_t offset,
                                                  iree_host_size_t length,
                                                  uint8_t* target) {
  iree_io_stream_t* stream = NULL;
  IREE_RETURN_IF_ERROR(iree_io_stream_open(IREE_IO_STREAM_MODE_READABLE, file,
                                           offset, iree_ffi_allocator(),
                                           &stream));
  iree_host_size_t read_length = 0;
  iree_status_t status =
      iree_io_stream_read(stream, length, target, &read_length);
  if (iree_status_is_ok(status) && read_length < length) {
    status = iree_make_status(IREE_STATUS_DATA_LOSS,
                              "parameter file ends before byte %" PRIu64
                              ": it was truncated after it was opened",
                              offset + length);
  }
  iree_io_stream_release(stream);
  return iree_ffi_unless_lost(status);
}

iree_status_t iree_ffi_parameter_entry_read(
    const iree_io_parameter_index_entry_t* entry, uint64_t offset,
    iree_host_size_t length, uint8_t* target) {
  if (length > entry->length || offset > entry->length - length) {
    return iree_make_status(
        IREE_STATUS_OUT_OF_RANGE,
        "parameter `%.*s` range out of bounds (offset=%" PRIu64
        ", length=%" PRIhsz ", size=%" PRIu64 ")",
        (int)entry->key.size, entry->key.data, offset, length, entry->length);
  }
  if (length == 0) return iree_ok_status();
  if (entry->type == IREE_IO_PARAMETER_INDEX_ENTRY_STORAGE_TYPE_FILE) {
    return iree_ffi_parameter_file_read(entry->storage.file.handle,
                                        entry->storage.file.offset + offset,
                                        length, target);
  }
  const uint8_t* pattern = entry->storage.splat.pattern;
  const uint8_t pattern_length = entry->storage.splat.pattern_length;
  for (iree_host_size_t i = 0; i < length; ++i) {
    target[i] = pattern[(offset + i) % pattern_length];
  }
  return iree_ok_status();
}

uint32_t iree_ffi_parameter_index_read(iree_io_parameter_index_t* index,
                                       uint32_t ordinal, uint64_t offset,
                                       uint8_t* target, size_t length) {
  const iree_io_parameter_index_entry_t* entry = NULL;
  iree_status_t status = iree_io_parameter_index_get(index, ordinal, &entry);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_parameter_entry_read(entry, offset, length, target);
  }
  return iree_ffi_check(status);
}

// Contents are copied in pieces of this many bytes, a multiple of every pattern
// length.
#define IREE_FFI_PARAMETER_PIECE_LENGTH (1024 * 1024)

static iree_status_t iree_ffi_parameter_entry_write(
    const iree_io_parameter_index_entry_t* entry, uint64_t offset,
    uint64_t length, FILE* file) {
  iree_byte_span_t piece = iree_byte_span_empty();
  IREE_RETURN_IF_ERROR(
      iree_ffi_file_allocate(IREE_FFI_PARAMETER_PIECE_LENGTH, &piece));
  iree_status_t status = iree_ok_status();
  while (length > 0 && iree_status_is_ok(status)) {
    iree_host_size_t count =
        (iree_host_size_t)iree_min(length, piece.data_length);
    status = iree_ffi_parameter_entry_read(entry, offset, count, piece.data);
    if (iree_status_is_ok(status) &&
        fwrite(piece.data, 1, count, file) != count) {
      status = iree_make_status(iree_status_code_from_errno(errno),
                                "writing failed: %s", strerror(errno));
    }
    offset += count;
    length -= count;
  }
  iree_allocator_free_aligned(iree_ffi_allocator(), piece.data);
  return status;
}

static iree_status_t iree_ffi_parameter_entry_write_to(
    const iree_io_parameter_index_entry_t* entry, uint64_t offset,
    uint64_t length, const char* path, uint64_t path_offset) {
  FILE* file = fopen(path, "r+b");
  if (!file) {
    return iree_make_status(iree_status_code_from_errno(errno),
                            "failed to open file '%s'", path);
  }
  iree_status_t status = iree_ok_status();
  if (iree_fseek(file, (int64_t)path_offset, SEEK_SET) != 0) {
    status = iree_make_status(iree_status_code_from_errno(errno),
                              "seeking in '%s' failed", path);
  } else {
    status = iree_ffi_parameter_entry_write(entry, offset, length, file);
  }
  // Closing the file writes its last bytes.
  if (fclose(file) != 0 && iree_status_is_ok(status)) {
    status = iree_make_status(iree_status_code_from_errno(errno),
                              "writing failed: %s", strerror(errno));
  }
  return status;
}

uint32_t iree_ffi_parameter_index_write(iree_io_parameter_index_t* index,
                                        uint32_t ordinal, uint64_t offset,
                                        uint64_t length, const uint8_t* path,
                                        uint32_t path_length,
                                        uint64_t path_offset) {
  const iree_io_parameter_index_entry_t* entry = NULL;
  char* path_cstring = NULL;
  iree_status_t status = iree_io_parameter_index_get(index, ordinal, &entry);
  if (iree_status_is_ok(status)) {
    status =
        iree_ffi_copy_cstring(iree_ffi_view(path, path_length), &path_cstring);
  }
  if (iree_status_is_ok(status)) {
    status = iree_ffi_parameter_entry_write_to(entry, offset, length,
                                               path_cstring, path_offset);
  }
  iree_allocator_free(iree_ffi_allocator(), path_cstring);
  return iree_ffi_check(status);
}
