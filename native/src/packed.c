#include <string.h>

#include "internal.h"

void iree_ffi_write_bytes(iree_ffi_writer_t* writer, const void* bytes,
                          iree_host_size_t length) {
  if (length > 0 && writer->length + length <= writer->capacity) {
    memcpy(writer->buffer + writer->length, bytes, length);
  }
  writer->length += length;
}

void iree_ffi_write_u32(iree_ffi_writer_t* writer, uint32_t value) {
  iree_ffi_write_bytes(writer, &value, sizeof(value));
}

void iree_ffi_write_u64(iree_ffi_writer_t* writer, uint64_t value) {
  iree_ffi_write_bytes(writer, &value, sizeof(value));
}

void iree_ffi_write_string(iree_ffi_writer_t* writer,
                           iree_string_view_t value) {
  iree_ffi_write_u32(writer, (uint32_t)value.size);
  iree_ffi_write_bytes(writer, value.data, value.size);
}

uint32_t iree_ffi_write_builder(iree_status_t status,
                                iree_string_builder_t* builder, uint8_t* buffer,
                                uint32_t capacity) {
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_ffi_write_bytes(&writer, iree_string_builder_buffer(builder),
                       iree_string_builder_size(builder));
  iree_string_builder_deinitialize(builder);
  if (iree_ffi_check(status)) return IREE_FFI_FAILED;
  return iree_ffi_writer_length(&writer);
}

uint32_t iree_ffi_writer_length(const iree_ffi_writer_t* writer) {
  if (writer->length >= IREE_FFI_FAILED) {
    iree_ffi_check(iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED,
                                    "record of %" PRIhsz " bytes is too long",
                                    writer->length));
    return IREE_FFI_FAILED;
  }
  return (uint32_t)writer->length;
}

iree_status_t iree_ffi_copy_cstring(iree_string_view_t value,
                                    char** out_cstring) {
  char* cstring = NULL;
  IREE_RETURN_IF_ERROR(iree_allocator_malloc(
      iree_ffi_allocator(), value.size + /*NUL=*/1, (void**)&cstring));
  memcpy(cstring, value.data, value.size);
  cstring[value.size] = 0;
  *out_cstring = cstring;
  return iree_ok_status();
}

iree_status_t iree_ffi_read_u32(iree_ffi_reader_t* reader,
                                uint32_t* out_value) {
  if (reader->length < sizeof(*out_value)) {
    return iree_make_status(IREE_STATUS_OUT_OF_RANGE,
                            "packed record is truncated");
  }
  memcpy(out_value, reader->data, sizeof(*out_value));
  reader->data += sizeof(*out_value);
  reader->length -= sizeof(*out_value);
  return iree_ok_status();
}

iree_status_t iree_ffi_read_string(iree_ffi_reader_t* reader,
                                   iree_string_view_t* out_value) {
  uint32_t length = 0;
  IREE_RETURN_IF_ERROR(iree_ffi_read_u32(reader, &length));
  if (reader->length < length) {
    return iree_make_status(IREE_STATUS_OUT_OF_RANGE,
                            "packed record is truncated");
  }
  *out_value = iree_make_string_view((const char*)reader->data, length);
  reader->data += length;
  reader->length -= length;
  return iree_ok_status();
}
