#include "profile_sink.h"

#include <string.h>

#include "iree/base/threading/mutex.h"
#include "iree/hal/profile_sink.h"
#include "iree/hal/utils/profile_file.h"

// Of a chunk with what the host did; see span_log.h.
#define IREE_FFI_SPANS_CONTENT_TYPE \
  IREE_SV("application/vnd.iree.deno.profile.spans")

struct iree_ffi_profile_sink_t {
  iree_hal_resource_t resource;
  // Devices of one session write from several threads.
  iree_slim_mutex_t mutex;
  uint8_t* bytes;
  iree_host_size_t length;
  iree_host_size_t capacity;
};

// One record of a bundle.
typedef struct iree_ffi_profile_record_t {
  iree_hal_profile_file_record_type_t type;
  const iree_hal_profile_chunk_metadata_t* metadata;
  iree_status_code_t session_status_code;
  iree_host_size_t part_count;
  const iree_const_byte_span_t* parts;
} iree_ffi_profile_record_t;

static const iree_hal_profile_sink_vtable_t iree_ffi_profile_sink_vtable;

iree_hal_profile_sink_t* iree_ffi_profile_sink_base(
    iree_ffi_profile_sink_t* sink) {
  return (iree_hal_profile_sink_t*)sink;
}

static void iree_ffi_profile_sink_destroy(iree_hal_profile_sink_t* base) {
  iree_ffi_profile_sink_t* sink = (iree_ffi_profile_sink_t*)base;
  iree_slim_mutex_deinitialize(&sink->mutex);
  iree_allocator_free(iree_ffi_allocator(), sink->bytes);
  iree_allocator_free(iree_ffi_allocator(), sink);
}

static iree_status_t iree_ffi_profile_sink_reserve(
    iree_ffi_profile_sink_t* sink, iree_host_size_t length) {
  while (sink->capacity - sink->length < length) {
    IREE_RETURN_IF_ERROR(iree_allocator_grow_array(
        iree_ffi_allocator(), /*minimum_capacity=*/65536, /*element_size=*/1,
        &sink->capacity, (void**)&sink->bytes));
  }
  return iree_ok_status();
}

// Room must have been reserved.
static void iree_ffi_profile_sink_append(iree_ffi_profile_sink_t* sink,
                                         const void* bytes,
                                         iree_host_size_t length) {
  if (length > 0) memcpy(sink->bytes + sink->length, bytes, length);
  sink->length += length;
}

static iree_status_t iree_ffi_profile_sink_append_record(
    iree_ffi_profile_sink_t* sink, const iree_ffi_profile_record_t* record) {
  const iree_hal_profile_chunk_metadata_t* metadata = record->metadata;
  iree_host_size_t payload_length = 0;
  for (iree_host_size_t i = 0; i < record->part_count; ++i) {
    payload_length += record->parts[i].data_length;
  }
  iree_hal_profile_file_record_header_t header = {
      .payload_length = payload_length,
      .session_id = metadata->session_id,
      .stream_id = metadata->stream_id,
      .event_id = metadata->event_id,
      .executable_id = metadata->executable_id,
      .command_buffer_id = metadata->command_buffer_id,
      .header_length = sizeof(header),
      .content_type_length = (uint32_t)metadata->content_type.size,
      .name_length = (uint32_t)metadata->name.size,
      .physical_device_ordinal = metadata->physical_device_ordinal,
      .queue_ordinal = metadata->queue_ordinal,
      .session_status_code = (uint32_t)record->session_status_code,
      .record_type = record->type,
  };
  if (record->type == IREE_HAL_PROFILE_FILE_RECORD_TYPE_CHUNK) {
    header.chunk_flags = metadata->flags;
    header.dropped_record_count = metadata->dropped_record_count;
    if (header.dropped_record_count > 0) {
      header.chunk_flags |= IREE_HAL_PROFILE_CHUNK_FLAG_TRUNCATED;
    }
  }
  const iree_host_size_t length = sizeof(header) + metadata->content_type.size +
                                  metadata->name.size + payload_length;
  header.record_length = length;
  IREE_RETURN_IF_ERROR(iree_ffi_profile_sink_reserve(sink, length));
  iree_ffi_profile_sink_append(sink, &header, sizeof(header));
  iree_ffi_profile_sink_append(sink, metadata->content_type.data,
                               metadata->content_type.size);
  iree_ffi_profile_sink_append(sink, metadata->name.data, metadata->name.size);
  for (iree_host_size_t i = 0; i < record->part_count; ++i) {
    iree_ffi_profile_sink_append(sink, record->parts[i].data,
                                 record->parts[i].data_length);
  }
  return iree_ok_status();
}

static iree_status_t iree_ffi_profile_sink_add(
    iree_hal_profile_sink_t* base, const iree_ffi_profile_record_t* record) {
  iree_ffi_profile_sink_t* sink = (iree_ffi_profile_sink_t*)base;
  iree_slim_mutex_lock(&sink->mutex);
  iree_status_t status = iree_ffi_profile_sink_append_record(sink, record);
  iree_slim_mutex_unlock(&sink->mutex);
  return status;
}

static iree_status_t iree_ffi_profile_sink_begin_session(
    iree_hal_profile_sink_t* base,
    const iree_hal_profile_chunk_metadata_t* metadata) {
  const iree_ffi_profile_record_t record = {
      .type = IREE_HAL_PROFILE_FILE_RECORD_TYPE_SESSION_BEGIN,
      .metadata = metadata,
  };
  return iree_ffi_profile_sink_add(base, &record);
}

static iree_status_t iree_ffi_profile_sink_write(
    iree_hal_profile_sink_t* base,
    const iree_hal_profile_chunk_metadata_t* metadata,
    iree_host_size_t part_count, const iree_const_byte_span_t* parts) {
  const iree_ffi_profile_record_t record = {
      .type = IREE_HAL_PROFILE_FILE_RECORD_TYPE_CHUNK,
      .metadata = metadata,
      .part_count = part_count,
      .parts = parts,
  };
  return iree_ffi_profile_sink_add(base, &record);
}

static iree_status_t iree_ffi_profile_sink_end_session(
    iree_hal_profile_sink_t* base,
    const iree_hal_profile_chunk_metadata_t* metadata,
    iree_status_code_t session_status_code) {
  const iree_ffi_profile_record_t record = {
      .type = IREE_HAL_PROFILE_FILE_RECORD_TYPE_SESSION_END,
      .metadata = metadata,
      .session_status_code = session_status_code,
  };
  return iree_ffi_profile_sink_add(base, &record);
}

static const iree_hal_profile_sink_vtable_t iree_ffi_profile_sink_vtable = {
    .destroy = iree_ffi_profile_sink_destroy,
    .begin_session = iree_ffi_profile_sink_begin_session,
    .write = iree_ffi_profile_sink_write,
    .end_session = iree_ffi_profile_sink_end_session,
};

iree_status_t iree_ffi_profile_sink_create(iree_ffi_profile_sink_t** out_sink) {
  iree_ffi_profile_sink_t* sink = NULL;
  IREE_RETURN_IF_ERROR(iree_allocator_malloc(iree_ffi_allocator(),
                                             sizeof(*sink), (void**)&sink));
  memset(sink, 0, sizeof(*sink));
  iree_hal_resource_initialize(&iree_ffi_profile_sink_vtable, &sink->resource);
  iree_slim_mutex_initialize(&sink->mutex);
  const iree_hal_profile_file_header_t header = {
      .magic = IREE_HAL_PROFILE_FILE_MAGIC,
      .version_major = IREE_HAL_PROFILE_FILE_VERSION_MAJOR,
      .version_minor = IREE_HAL_PROFILE_FILE_VERSION_MINOR,
      .header_length = sizeof(header),
  };
  iree_status_t status = iree_ffi_profile_sink_reserve(sink, sizeof(header));
  if (!iree_status_is_ok(status)) {
    iree_hal_profile_sink_release(iree_ffi_profile_sink_base(sink));
    return status;
  }
  iree_ffi_profile_sink_append(sink, &header, sizeof(header));
  *out_sink = sink;
  return iree_ok_status();
}

static iree_status_t iree_ffi_profile_sink_complete(
    iree_ffi_profile_sink_t* sink, iree_const_byte_span_t spans,
    uint64_t dropped_count) {
  if (spans.data_length > 0) {
    iree_hal_profile_chunk_metadata_t metadata =
        iree_hal_profile_chunk_metadata_default();
    metadata.content_type = IREE_FFI_SPANS_CONTENT_TYPE;
    metadata.name = IREE_SV("host.spans");
    metadata.dropped_record_count = dropped_count;
    const iree_ffi_profile_record_t record = {
        .type = IREE_HAL_PROFILE_FILE_RECORD_TYPE_CHUNK,
        .metadata = &metadata,
        .part_count = 1,
        .parts = &spans,
    };
    IREE_RETURN_IF_ERROR(iree_ffi_profile_sink_append_record(sink, &record));
  }
  iree_hal_profile_file_header_t header;
  memcpy(&header, sink->bytes, sizeof(header));
  header.file_length = sink->length;
  memcpy(sink->bytes, &header, sizeof(header));
  return iree_ok_status();
}

iree_status_t iree_ffi_profile_sink_bundle(iree_ffi_profile_sink_t* sink,
                                           iree_const_byte_span_t spans,
                                           uint64_t dropped_count,
                                           iree_vm_buffer_t** out_bundle) {
  iree_slim_mutex_lock(&sink->mutex);
  const iree_host_size_t length = sink->length;
  iree_status_t status =
      iree_ffi_profile_sink_complete(sink, spans, dropped_count);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_buffer_make(
        iree_make_const_byte_span(sink->bytes, sink->length), out_bundle);
  }
  // So that another call completes it once again.
  sink->length = length;
  iree_slim_mutex_unlock(&sink->mutex);
  return status;
}
