#include "internal.h"
#include "iree/hal/utils/statistics_sink.h"
#include "iree/tooling/device_util.h"

struct iree_ffi_device_profile_t {
  iree_hal_device_group_t* group;
  iree_hal_profiling_session_t* session;
  iree_hal_profile_statistics_sink_t* sink;
};

static iree_status_t iree_ffi_device_profile_start(
    iree_hal_device_group_t* group, iree_ffi_device_profile_t* profile) {
  profile->group = group;
  iree_hal_device_group_retain(group);
  IREE_RETURN_IF_ERROR(iree_hal_profile_statistics_sink_create(
      iree_ffi_allocator(), &profile->sink));
  iree_host_size_t count = iree_hal_device_group_device_count(group);
  iree_hal_device_t** devices = NULL;
  IREE_RETURN_IF_ERROR(iree_allocator_malloc(
      iree_ffi_allocator(), count * sizeof(*devices), (void**)&devices));
  for (iree_host_size_t i = 0; i < count; ++i) {
    devices[i] = iree_hal_device_group_device_at(group, i);
  }
  iree_hal_device_profiling_options_t options = {0};
  options.flags = IREE_HAL_DEVICE_PROFILING_FLAG_LIGHTWEIGHT_STATISTICS;
  options.sink = iree_hal_profile_statistics_sink_base(profile->sink);
  iree_status_t status = iree_hal_profiling_session_begin(
      count, devices, &options, /*external_options=*/NULL,
      /*flush_interval_ms=*/0, iree_ffi_allocator(), &profile->session);
  iree_allocator_free(iree_ffi_allocator(), devices);
  return status;
}

iree_ffi_device_profile_t* iree_ffi_device_profile_begin(
    iree_hal_device_group_t* group) {
  iree_ffi_device_profile_t* profile = NULL;
  iree_status_t status = iree_allocator_malloc(
      iree_ffi_allocator(), sizeof(*profile), (void**)&profile);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_device_profile_start(group, profile);
    if (!iree_status_is_ok(status)) {
      iree_ffi_device_profile_free(profile);
      profile = NULL;
    }
  }
  iree_ffi_check(status);
  return (iree_ffi_device_profile_t*)iree_ffi_hand_out(
      IREE_FFI_KIND_DEVICE_PROFILE, profile);
}

static iree_status_t iree_ffi_device_profile_stop(
    iree_ffi_device_profile_t* profile) {
  iree_hal_profiling_session_t* session = profile->session;
  profile->session = NULL;
  return iree_hal_profiling_session_end(session);
}

uint32_t iree_ffi_device_profile_end(iree_ffi_device_profile_t* profile) {
  return iree_ffi_check(iree_ffi_device_profile_stop(profile));
}

typedef struct iree_ffi_device_profile_rows_t {
  const iree_hal_profile_statistics_sink_t* sink;
  iree_ffi_writer_t* writer;
} iree_ffi_device_profile_rows_t;

// Writes a duration in nanoseconds; UINT64_MAX if there is none.
static void iree_ffi_device_profile_write_duration(
    iree_ffi_device_profile_rows_t* rows,
    const iree_hal_profile_statistics_row_t* row, uint64_t duration) {
  uint64_t nanoseconds = UINT64_MAX;
  if (!iree_all_bits_set(row->flags,
                         IREE_HAL_PROFILE_STATISTICS_ROW_FLAG_TIMING) ||
      !iree_hal_profile_statistics_sink_scale_duration_to_ns(
          rows->sink, row, duration, &nanoseconds)) {
    nanoseconds = UINT64_MAX;
  }
  iree_ffi_write_u64(rows->writer, nanoseconds);
}

static iree_status_t iree_ffi_device_profile_write_row(
    void* user_data, const iree_hal_profile_statistics_row_t* row) {
  iree_ffi_device_profile_rows_t* rows =
      (iree_ffi_device_profile_rows_t*)user_data;
  iree_ffi_writer_t* writer = rows->writer;
  iree_string_view_t name = iree_string_view_empty();
  if (!iree_hal_profile_statistics_sink_find_function_name(
          rows->sink, row->executable_id, row->function_ordinal, &name)) {
    name = iree_string_view_empty();
  }
  iree_ffi_write_u32(writer, row->row_type);
  iree_ffi_write_u32(writer, row->physical_device_ordinal);
  iree_ffi_write_u32(writer, row->queue_ordinal);
  iree_ffi_write_u32(writer, row->event_type);
  iree_ffi_write_u64(writer, row->executable_id);
  iree_ffi_write_u64(writer, row->command_buffer_id);
  iree_ffi_write_u32(writer, row->function_ordinal);
  iree_ffi_write_u32(writer, row->command_index);
  iree_ffi_write_u64(writer, row->sample_count);
  iree_ffi_write_u64(writer, row->invalid_sample_count);
  iree_ffi_write_u64(writer, row->operation_count);
  iree_ffi_write_u64(writer, row->payload_bytes);
  iree_ffi_write_u64(writer, row->tile_count);
  iree_ffi_write_u64(writer, row->tile_duration_sum_ns);
  iree_ffi_device_profile_write_duration(rows, row, row->total_duration);
  iree_ffi_device_profile_write_duration(rows, row, row->minimum_duration);
  iree_ffi_device_profile_write_duration(rows, row, row->maximum_duration);
  iree_ffi_write_string(writer, name);
  return iree_ok_status();
}

uint32_t iree_ffi_device_profile_rows(iree_ffi_device_profile_t* profile,
                                      uint8_t* buffer, uint32_t capacity) {
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_ffi_write_u64(
      &writer,
      iree_hal_profile_statistics_sink_dropped_record_count(profile->sink));
  iree_ffi_write_u32(
      &writer,
      (uint32_t)iree_hal_profile_statistics_sink_row_count(profile->sink));
  iree_ffi_device_profile_rows_t rows = {profile->sink, &writer};
  iree_hal_profile_statistics_row_callback_t callback = {
      iree_ffi_device_profile_write_row, &rows};
  iree_status_t status =
      iree_hal_profile_statistics_sink_for_each_row(profile->sink, callback);
  if (iree_ffi_check(status)) return IREE_FFI_FAILED;
  return iree_ffi_writer_length(&writer);
}

void iree_ffi_device_profile_free(iree_ffi_device_profile_t* profile) {
  iree_status_ignore(iree_ffi_device_profile_stop(profile));
  if (profile->sink) iree_hal_profile_statistics_sink_release(profile->sink);
  iree_hal_device_group_release(profile->group);
  iree_allocator_free(iree_ffi_allocator(), profile);
}
