#include "internal.h"
#include "iree/hal/profile_options.h"
#include "iree/hal/profile_sink.h"
#include "iree/tooling/device_util.h"
#include "profile_sink.h"
#include "span_log.h"

struct iree_ffi_profiling_t {
  iree_hal_device_group_t* group;
  iree_hal_profiling_session_t* session;
  // What a capture keeps in memory; NULL if IREE's flags configure the session.
  iree_ffi_profile_sink_t* sink;
  iree_ffi_span_log_t* log;
};

static iree_status_t iree_ffi_profiling_create(
    iree_hal_device_group_t* group, iree_ffi_profiling_t** out_profiling) {
  iree_ffi_profiling_t* profiling = NULL;
  IREE_RETURN_IF_ERROR(iree_allocator_malloc(
      iree_ffi_allocator(), sizeof(*profiling), (void**)&profiling));
  *profiling = (iree_ffi_profiling_t){.group = group};
  iree_hal_device_group_retain(group);
  *out_profiling = profiling;
  return iree_ok_status();
}

static iree_ffi_profiling_t* iree_ffi_profiling_hand_out(
    iree_status_t status, iree_ffi_profiling_t* profiling) {
  if (!iree_status_is_ok(status) && profiling) {
    iree_ffi_profiling_free(profiling);
    profiling = NULL;
  }
  iree_ffi_check(status);
  return (iree_ffi_profiling_t*)iree_ffi_hand_out(IREE_FFI_KIND_PROFILING,
                                                  profiling);
}

iree_ffi_profiling_t* iree_ffi_profiling_begin(iree_hal_device_group_t* group,
                                               uint32_t ordinal) {
  iree_hal_device_t* device = NULL;
  iree_ffi_profiling_t* profiling = NULL;
  iree_status_t status = ordinal == IREE_FFI_ALL_DEVICES
                             ? iree_ok_status()
                             : iree_ffi_device_at(group, ordinal, &device);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_profiling_create(group, &profiling);
  }
  if (iree_status_is_ok(status)) {
    status = device ? iree_hal_begin_profiling_from_flags(
                          device, iree_ffi_allocator(), &profiling->session)
                    : iree_hal_begin_device_group_profiling_from_flags(
                          group, iree_ffi_allocator(), &profiling->session);
  }
  return iree_ffi_profiling_hand_out(status, profiling);
}

//===----------------------------------------------------------------------===//
// Captures
//===----------------------------------------------------------------------===//

// Names of counters at most.
#define IREE_FFI_MAX_COUNTERS 256

typedef struct iree_ffi_capture_options_t {
  iree_hal_device_profiling_options_t native;
  iree_hal_profile_counter_set_selection_t counters;
  iree_string_view_t counter_names[IREE_FFI_MAX_COUNTERS];
  uint32_t flush_interval_ms;
  uint32_t has_operations;
} iree_ffi_capture_options_t;

static iree_status_t iree_ffi_capture_read_counters(
    iree_ffi_reader_t* reader, iree_ffi_capture_options_t* options) {
  uint32_t count = 0;
  IREE_RETURN_IF_ERROR(iree_ffi_read_u32(reader, &count));
  if (count > IREE_FFI_MAX_COUNTERS) {
    return iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED,
                            "%u counters requested; at most %d can be", count,
                            IREE_FFI_MAX_COUNTERS);
  }
  for (uint32_t i = 0; i < count; ++i) {
    IREE_RETURN_IF_ERROR(
        iree_ffi_read_string(reader, &options->counter_names[i]));
  }
  options->counters.name = IREE_SV("counters");
  options->counters.counter_name_count = count;
  options->counters.counter_names = options->counter_names;
  options->native.counter_set_count = count > 0 ? 1 : 0;
  options->native.counter_sets = count > 0 ? &options->counters : NULL;
  return iree_ok_status();
}

static iree_status_t iree_ffi_capture_read_options(
    iree_ffi_reader_t reader, iree_ffi_capture_options_t* options) {
  iree_hal_profile_capture_filter_t* filter = &options->native.capture_filter;
  uint32_t families = 0;
  uint32_t command_buffer[2] = {0};
  IREE_RETURN_IF_ERROR(iree_ffi_read_u32(&reader, &families));
  IREE_RETURN_IF_ERROR(iree_ffi_read_u32(&reader, &filter->flags));
  IREE_RETURN_IF_ERROR(iree_ffi_read_u32(&reader, &command_buffer[0]));
  IREE_RETURN_IF_ERROR(iree_ffi_read_u32(&reader, &command_buffer[1]));
  IREE_RETURN_IF_ERROR(iree_ffi_read_u32(&reader, &filter->command_index));
  IREE_RETURN_IF_ERROR(
      iree_ffi_read_u32(&reader, &filter->physical_device_ordinal));
  IREE_RETURN_IF_ERROR(iree_ffi_read_u32(&reader, &filter->queue_ordinal));
  IREE_RETURN_IF_ERROR(iree_ffi_read_u32(&reader, &options->flush_interval_ms));
  IREE_RETURN_IF_ERROR(iree_ffi_read_u32(&reader, &options->has_operations));
  IREE_RETURN_IF_ERROR(
      iree_ffi_read_string(&reader, &filter->executable_function_pattern));
  filter->command_buffer_id =
      command_buffer[0] | ((uint64_t)command_buffer[1] << 32);
  options->native.data_families = families;
  if (families == 0) {
    options->native.flags =
        IREE_HAL_DEVICE_PROFILING_FLAG_LIGHTWEIGHT_STATISTICS;
  }
  return iree_ffi_capture_read_counters(&reader, options);
}

static iree_status_t iree_ffi_capture_start(
    iree_ffi_profiling_t* profiling, iree_ffi_capture_options_t* options) {
  iree_host_size_t count = iree_hal_device_group_device_count(profiling->group);
  iree_hal_device_t** devices = NULL;
  IREE_RETURN_IF_ERROR(iree_ffi_profile_sink_create(&profiling->sink));
  IREE_RETURN_IF_ERROR(iree_allocator_malloc(
      iree_ffi_allocator(), count * sizeof(*devices), (void**)&devices));
  for (iree_host_size_t i = 0; i < count; ++i) {
    devices[i] = iree_hal_device_group_device_at(profiling->group, i);
  }
  options->native.sink = iree_ffi_profile_sink_base(profiling->sink);
  iree_status_t status = iree_hal_profiling_session_begin(
      count, devices, &options->native, /*external_options=*/NULL,
      options->flush_interval_ms, iree_ffi_allocator(), &profiling->session);
  iree_allocator_free(iree_ffi_allocator(), devices);
  if (iree_status_is_ok(status)) {
    status =
        iree_ffi_span_log_start(options->has_operations != 0, &profiling->log);
  }
  return status;
}

iree_ffi_profiling_t* iree_ffi_profiling_capture(iree_hal_device_group_t* group,
                                                 const uint8_t* options,
                                                 uint32_t options_length) {
  iree_ffi_profiling_t* profiling = NULL;
  iree_ffi_capture_options_t capture_options = {{0}};
  iree_status_t status = iree_ffi_capture_read_options(
      iree_ffi_reader(options, options_length), &capture_options);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_profiling_create(group, &profiling);
  }
  if (iree_status_is_ok(status)) {
    status = iree_ffi_capture_start(profiling, &capture_options);
  }
  return iree_ffi_profiling_hand_out(status, profiling);
}

int64_t iree_ffi_time_now(void) { return iree_time_now(); }

void iree_ffi_profiling_span(iree_ffi_profiling_t* profiling,
                             const uint8_t* name, uint32_t name_length,
                             int64_t start, int64_t end) {
  if (!profiling->session || !profiling->log) return;
  iree_ffi_span_log_add(profiling->log, IREE_FFI_SPAN_NAMED,
                        iree_ffi_view(name, name_length), start, end);
}

iree_vm_buffer_t* iree_ffi_profiling_bundle(iree_ffi_profiling_t* profiling) {
  iree_vm_buffer_t* bundle = NULL;
  iree_ffi_check(iree_ffi_profile_sink_bundle(
      profiling->sink, iree_ffi_span_log_bytes(profiling->log),
      iree_ffi_span_log_dropped_count(profiling->log), &bundle));
  return iree_ffi_hand_out(IREE_FFI_KIND_BUFFER, bundle);
}

//===----------------------------------------------------------------------===//
// The end
//===----------------------------------------------------------------------===//

static iree_status_t iree_ffi_profiling_stop(iree_ffi_profiling_t* profiling) {
  iree_hal_profiling_session_t* session = profiling->session;
  profiling->session = NULL;
  if (profiling->log) iree_ffi_span_log_stop(profiling->log);
  return iree_hal_profiling_session_end(session);
}

uint32_t iree_ffi_profiling_flush(iree_ffi_profiling_t* profiling) {
  return iree_ffi_check(iree_hal_profiling_session_flush(profiling->session));
}

uint32_t iree_ffi_profiling_end(iree_ffi_profiling_t* profiling) {
  return iree_ffi_check(iree_ffi_profiling_stop(profiling));
}

void iree_ffi_profiling_free(iree_ffi_profiling_t* profiling) {
  iree_status_ignore(iree_ffi_profiling_stop(profiling));
  iree_ffi_span_log_free(profiling->log);
  if (profiling->sink) {
    iree_hal_profile_sink_release(iree_ffi_profile_sink_base(profiling->sink));
  }
  iree_hal_device_group_release(profiling->group);
  iree_allocator_free(iree_ffi_allocator(), profiling);
}
