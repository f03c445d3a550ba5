#include <string.h>

#include "internal.h"
#include "iree/hal/replay/dump.h"
#include "iree/hal/replay/execute.h"
#include "iree/hal/replay/file_reader.h"
#include "iree/hal/replay/recorder.h"
#include "text_stream.h"

//===----------------------------------------------------------------------===//
// Recording
//===----------------------------------------------------------------------===//

struct iree_ffi_recording_t {
  iree_hal_replay_recorder_t* recorder;
};

static iree_status_t iree_ffi_recording_open(
    iree_string_view_t path, const iree_hal_replay_recorder_options_t* options,
    iree_ffi_recording_t* recording) {
  iree_io_file_handle_t* file = NULL;
  IREE_RETURN_IF_ERROR(iree_io_file_handle_create(
      IREE_IO_FILE_MODE_WRITE | IREE_IO_FILE_MODE_SEQUENTIAL_SCAN |
          IREE_IO_FILE_MODE_SHARE_READ,
      path, /*initial_size=*/0, iree_ffi_allocator(), &file));
  iree_status_t status = iree_hal_replay_recorder_create(
      file, options, iree_ffi_allocator(), &recording->recorder);
  iree_io_file_handle_release(file);
  return status;
}

iree_ffi_recording_t* iree_ffi_recording_begin(const uint8_t* path,
                                               uint32_t path_length,
                                               uint32_t file_policy,
                                               uint32_t file_validation) {
  const iree_hal_replay_recorder_options_t options = {
      .external_file_policy = file_policy,
      .external_file_validation = file_validation,
  };
  iree_ffi_recording_t* recording = NULL;
  iree_status_t status = iree_allocator_malloc(
      iree_ffi_allocator(), sizeof(*recording), (void**)&recording);
  if (iree_status_is_ok(status)) {
    recording->recorder = NULL;
    status = iree_ffi_recording_open(iree_ffi_view(path, path_length), &options,
                                     recording);
  }
  if (!iree_status_is_ok(status) && recording) {
    iree_ffi_recording_free(recording);
    recording = NULL;
  }
  iree_ffi_check(status);
  return (iree_ffi_recording_t*)iree_ffi_hand_out(IREE_FFI_KIND_RECORDING,
                                                  recording);
}

iree_hal_device_group_t* iree_ffi_recording_wrap(
    iree_ffi_recording_t* recording, iree_hal_device_group_t* group) {
  iree_hal_device_group_t* wrapped = NULL;
  iree_ffi_check(iree_hal_replay_wrap_device_group(
      recording->recorder, group, iree_ffi_allocator(), &wrapped));
  return iree_ffi_hand_out(IREE_FFI_KIND_DEVICE_GROUP, wrapped);
}

uint32_t iree_ffi_recording_scope(iree_ffi_recording_t* recording,
                                  const uint8_t* name, uint32_t name_length,
                                  uint32_t is_begin) {
  iree_string_view_t scope = iree_ffi_view(name, name_length);
  return iree_ffi_check(
      is_begin
          ? iree_hal_replay_recorder_scope_begin(recording->recorder, scope)
          : iree_hal_replay_recorder_scope_end(recording->recorder, scope));
}

uint32_t iree_ffi_recording_end(iree_ffi_recording_t* recording) {
  return iree_ffi_check(iree_hal_replay_recorder_close(recording->recorder));
}

void iree_ffi_recording_free(iree_ffi_recording_t* recording) {
  // Devices may keep the recorder.
  iree_hal_replay_recorder_release(recording->recorder);
  iree_allocator_free(iree_ffi_allocator(), recording);
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

static iree_status_t iree_ffi_replay_print(void* user_data,
                                           iree_string_view_t text) {
  if (text.size == 0 ||
      fwrite(text.data, 1, text.size, (FILE*)user_data) == text.size) {
    return iree_ok_status();
  }
  return iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED,
                          "no memory for the text");
}

iree_vm_buffer_t* iree_ffi_replay_dump(const uint8_t* bytes, size_t length,
                                       uint32_t format, uint32_t* out_code) {
  *out_code = 0;
  iree_ffi_text_stream_t stream = {NULL};
  iree_vm_buffer_t* text = NULL;
  iree_status_t status = iree_ffi_text_stream_open(&stream);
  if (iree_status_is_ok(status)) {
    const iree_hal_replay_dump_options_t options = {
        .format = (iree_hal_replay_dump_format_t)format,
    };
    const iree_hal_replay_dump_write_callback_t write = {
        .fn = iree_ffi_replay_print,
        .user_data = stream.file,
    };
    iree_status_t failure =
        iree_hal_replay_dump_file(iree_make_const_byte_span(bytes, length),
                                  &options, write, iree_ffi_allocator());
    status = iree_ffi_text_stream_close(&stream, &text);
    if (iree_status_is_ok(status)) {
      *out_code = iree_ffi_check(failure);
    } else {
      iree_status_free(failure);
    }
  }
  iree_ffi_check(status);
  return iree_ffi_hand_out(IREE_FFI_KIND_BUFFER, text);
}

//===----------------------------------------------------------------------===//
// Replaying
//===----------------------------------------------------------------------===//

// Code that takes the place of recorded code.
typedef struct iree_ffi_replay_substitution_t {
  // The recorded executable; 0 for all.
  iree_hal_replay_object_id_t executable_id;
  iree_byte_span_t bytes;
  // Where the bytes come from, and their format. One allocation.
  char* text;
  iree_string_view_t source;
  iree_string_view_t format;
} iree_ffi_replay_substitution_t;

struct iree_ffi_replay_t {
  iree_byte_span_t bytes;
  iree_hal_replay_plan_t* plan;
  iree_ffi_replay_substitution_t* substitutions;
  iree_host_size_t substitution_count;
  iree_host_size_t substitution_capacity;
  // Files that may be opened: the recorded paths, and the paths to open. Both
  // are in one text.
  char** file_texts;
  iree_host_size_t file_text_capacity;
  iree_hal_replay_file_path_remap_t* files;
  iree_host_size_t file_count;
  iree_host_size_t file_capacity;
};

// Copies bytes that IREE reads in place.
static iree_status_t iree_ffi_replay_copy(const uint8_t* bytes, size_t length,
                                          iree_byte_span_t* out_copy) {
  IREE_RETURN_IF_ERROR(iree_ffi_file_allocate(length, out_copy));
  if (length > 0) memcpy(out_copy->data, bytes, length);
  return iree_ok_status();
}

// Copies two texts into one allocation.
static iree_status_t iree_ffi_replay_copy_texts(iree_string_view_t* first,
                                                iree_string_view_t* second,
                                                char** out_text) {
  char* text = NULL;
  IREE_RETURN_IF_ERROR(iree_allocator_malloc(
      iree_ffi_allocator(), first->size + second->size + 1, (void**)&text));
  memcpy(text, first->data, first->size);
  memcpy(text + first->size, second->data, second->size);
  first->data = text;
  second->data = text + first->size;
  *out_text = text;
  return iree_ok_status();
}

iree_ffi_replay_t* iree_ffi_replay_create(const uint8_t* bytes, size_t length) {
  iree_ffi_replay_t* replay = NULL;
  iree_status_t status = iree_allocator_malloc(
      iree_ffi_allocator(), sizeof(*replay), (void**)&replay);
  if (iree_status_is_ok(status)) {
    memset(replay, 0, sizeof(*replay));
    status = iree_ffi_replay_copy(bytes, length, &replay->bytes);
  }
  if (iree_status_is_ok(status)) {
    status = iree_hal_replay_plan_create(
        iree_make_const_byte_span(replay->bytes.data,
                                  replay->bytes.data_length),
        iree_ffi_allocator(), &replay->plan);
  }
  if (!iree_status_is_ok(status) && replay) {
    iree_ffi_replay_free(replay);
    replay = NULL;
  }
  iree_ffi_check(status);
  return (iree_ffi_replay_t*)iree_ffi_hand_out(IREE_FFI_KIND_REPLAY, replay);
}

// Writes the path and the access of the file that a record opens, if it does.
static bool iree_ffi_replay_write_file(
    const iree_hal_replay_file_record_t* record, iree_ffi_writer_t* writer) {
  iree_hal_replay_file_object_payload_t payload;
  if (record->header.payload_type != IREE_HAL_REPLAY_PAYLOAD_TYPE_FILE_OBJECT ||
      record->payload.data_length < sizeof(payload)) {
    return false;
  }
  memcpy(&payload, record->payload.data, sizeof(payload));
  if (payload.reference_type !=
          IREE_HAL_REPLAY_FILE_REFERENCE_TYPE_EXTERNAL_PATH ||
      payload.reference_length !=
          record->payload.data_length - sizeof(payload)) {
    return false;
  }
  iree_ffi_write_string(
      writer,
      iree_make_string_view((const char*)record->payload.data + sizeof(payload),
                            (iree_host_size_t)payload.reference_length));
  iree_ffi_write_u32(
      writer, iree_all_bits_set(payload.access, IREE_HAL_MEMORY_ACCESS_WRITE));
  return true;
}

static iree_status_t iree_ffi_replay_write_files(iree_ffi_replay_t* replay,
                                                 iree_ffi_writer_t* writer,
                                                 uint32_t* out_count) {
  iree_const_byte_span_t contents =
      iree_make_const_byte_span(replay->bytes.data, replay->bytes.data_length);
  iree_hal_replay_file_header_t header;
  iree_host_size_t offset = 0;
  IREE_RETURN_IF_ERROR(
      iree_hal_replay_file_parse_header(contents, &header, &offset));
  if (header.file_length != 0) contents.data_length = header.file_length;
  while (offset < contents.data_length) {
    iree_hal_replay_file_record_t record;
    IREE_RETURN_IF_ERROR(
        iree_hal_replay_file_parse_record(contents, offset, &record, &offset));
    if (iree_ffi_replay_write_file(&record, writer)) ++*out_count;
  }
  return iree_ok_status();
}

uint32_t iree_ffi_replay_files(iree_ffi_replay_t* replay, uint8_t* buffer,
                               uint32_t capacity) {
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  uint32_t count = 0;
  iree_ffi_write_u32(&writer, count);
  if (iree_ffi_check(iree_ffi_replay_write_files(replay, &writer, &count))) {
    return IREE_FFI_FAILED;
  }
  if (capacity >= sizeof(count)) memcpy(buffer, &count, sizeof(count));
  return iree_ffi_writer_length(&writer);
}

static iree_status_t iree_ffi_replay_add_file(iree_ffi_replay_t* replay,
                                              iree_string_view_t recorded,
                                              iree_string_view_t path) {
  if (replay->file_count == replay->file_text_capacity) {
    IREE_RETURN_IF_ERROR(iree_allocator_grow_array(
        iree_ffi_allocator(), /*minimum_capacity=*/4,
        sizeof(*replay->file_texts), &replay->file_text_capacity,
        (void**)&replay->file_texts));
  }
  if (replay->file_count == replay->file_capacity) {
    IREE_RETURN_IF_ERROR(iree_allocator_grow_array(
        iree_ffi_allocator(), /*minimum_capacity=*/4, sizeof(*replay->files),
        &replay->file_capacity, (void**)&replay->files));
  }
  char* text = NULL;
  IREE_RETURN_IF_ERROR(iree_ffi_replay_copy_texts(&recorded, &path, &text));
  replay->file_texts[replay->file_count] = text;
  replay->files[replay->file_count] = (iree_hal_replay_file_path_remap_t){
      .captured_prefix = recorded,
      .replay_prefix = path,
  };
  ++replay->file_count;
  return iree_ok_status();
}

uint32_t iree_ffi_replay_allow(iree_ffi_replay_t* replay,
                               const uint8_t* recorded,
                               uint32_t recorded_length, const uint8_t* path,
                               uint32_t path_length) {
  return iree_ffi_check(
      iree_ffi_replay_add_file(replay, iree_ffi_view(recorded, recorded_length),
                               iree_ffi_view(path, path_length)));
}

static iree_status_t iree_ffi_replay_add_substitution(
    iree_ffi_replay_t* replay, iree_ffi_replay_substitution_t substitution,
    const uint8_t* bytes, size_t length) {
  if (replay->substitution_count == replay->substitution_capacity) {
    IREE_RETURN_IF_ERROR(iree_allocator_grow_array(
        iree_ffi_allocator(), /*minimum_capacity=*/4,
        sizeof(*replay->substitutions), &replay->substitution_capacity,
        (void**)&replay->substitutions));
  }
  IREE_RETURN_IF_ERROR(iree_ffi_replay_copy_texts(
      &substitution.source, &substitution.format, &substitution.text));
  iree_status_t status =
      iree_ffi_replay_copy(bytes, length, &substitution.bytes);
  if (!iree_status_is_ok(status)) {
    iree_allocator_free(iree_ffi_allocator(), substitution.text);
    return status;
  }
  replay->substitutions[replay->substitution_count++] = substitution;
  return iree_ok_status();
}

uint32_t iree_ffi_replay_substitute(
    iree_ffi_replay_t* replay, uint64_t executable_id, const uint8_t* format,
    uint32_t format_length, const uint8_t* source, uint32_t source_length,
    const uint8_t* bytes, size_t length) {
  const iree_ffi_replay_substitution_t substitution = {
      .executable_id = executable_id,
      .source = iree_ffi_view(source, source_length),
      .format = iree_ffi_view(format, format_length),
  };
  return iree_ffi_check(
      iree_ffi_replay_add_substitution(replay, substitution, bytes, length));
}

static iree_status_t iree_ffi_replay_find_substitution(
    void* user_data,
    const iree_hal_replay_executable_substitution_request_t* request,
    iree_hal_replay_executable_substitution_t* out_substitution) {
  const iree_ffi_replay_t* replay = (const iree_ffi_replay_t*)user_data;
  memset(out_substitution, 0, sizeof(*out_substitution));
  for (iree_host_size_t i = 0; i < replay->substitution_count; ++i) {
    const iree_ffi_replay_substitution_t* it = &replay->substitutions[i];
    if (it->executable_id != 0 && it->executable_id != request->executable_id) {
      continue;
    }
    out_substitution->substitute = true;
    out_substitution->source = it->source;
    out_substitution->executable_format = it->format;
    out_substitution->executable_data =
        iree_make_const_byte_span(it->bytes.data, it->bytes.data_length);
    break;
  }
  return iree_ok_status();
}

// The time in scopes of one name.
typedef struct iree_ffi_replay_timer_t {
  iree_string_view_t name;
  uint32_t depth;
  bool is_found;
  iree_time_t start;
  iree_duration_t duration;
} iree_ffi_replay_timer_t;

static iree_status_t iree_ffi_replay_time_scope(
    void* user_data, const iree_hal_replay_scope_event_t* event) {
  iree_ffi_replay_timer_t* timer = (iree_ffi_replay_timer_t*)user_data;
  if (!iree_string_view_equal(event->name, timer->name)) {
    return iree_ok_status();
  }
  if (event->type == IREE_HAL_REPLAY_SCOPE_EVENT_TYPE_BEGIN) {
    timer->is_found = true;
    if (timer->depth++ == 0) timer->start = iree_time_now();
    return iree_ok_status();
  }
  if (timer->depth == 0) {
    return iree_make_status(IREE_STATUS_FAILED_PRECONDITION,
                            "scope '%.*s' ends before it begins",
                            (int)timer->name.size, timer->name.data);
  }
  if (--timer->depth == 0) timer->duration += iree_time_now() - timer->start;
  return iree_ok_status();
}

static iree_status_t iree_ffi_replay_check_timer(
    const iree_ffi_replay_timer_t* timer) {
  if (!timer->is_found) {
    return iree_make_status(IREE_STATUS_NOT_FOUND,
                            "no scope '%.*s' in the recording",
                            (int)timer->name.size, timer->name.data);
  }
  if (timer->depth != 0) {
    return iree_make_status(IREE_STATUS_FAILED_PRECONDITION,
                            "scope '%.*s' does not end", (int)timer->name.size,
                            timer->name.data);
  }
  return iree_ok_status();
}

uint32_t iree_ffi_replay_execute(iree_ffi_replay_t* replay,
                                 iree_hal_device_group_t* group,
                                 const uint8_t* scope, uint32_t scope_length,
                                 uint64_t* out_nanoseconds) {
  iree_hal_replay_execute_options_t options =
      iree_hal_replay_execute_options_default();
  options.file_path_remap_count = replay->file_count;
  options.file_path_remaps = replay->files;
  if (replay->substitution_count > 0) {
    options.executable_substitution_callback.fn =
        iree_ffi_replay_find_substitution;
    options.executable_substitution_callback.user_data = replay;
  }
  iree_ffi_replay_timer_t timer = {
      .name = iree_ffi_view(scope, scope_length),
  };
  if (scope_length > 0) {
    options.scope_event_callback.fn = iree_ffi_replay_time_scope;
    options.scope_event_callback.user_data = &timer;
  }
  const iree_time_t start = iree_time_now();
  iree_status_t status = iree_hal_replay_plan_execute(
      replay->plan, group, &options, iree_ffi_allocator());
  if (scope_length == 0) {
    timer.duration = iree_time_now() - start;
  } else if (iree_status_is_ok(status)) {
    status = iree_ffi_replay_check_timer(&timer);
  }
  *out_nanoseconds = (uint64_t)timer.duration;
  return iree_ffi_check(status);
}

void iree_ffi_replay_free(iree_ffi_replay_t* replay) {
  iree_allocator_t allocator = iree_ffi_allocator();
  if (replay->plan) iree_hal_replay_plan_destroy(replay->plan);
  for (iree_host_size_t i = 0; i < replay->substitution_count; ++i) {
    iree_allocator_free(allocator, replay->substitutions[i].text);
    iree_allocator_free_aligned(allocator, replay->substitutions[i].bytes.data);
  }
  iree_allocator_free(allocator, replay->substitutions);
  for (iree_host_size_t i = 0; i < replay->file_count; ++i) {
    iree_allocator_free(allocator, replay->file_texts[i]);
  }
  iree_allocator_free(allocator, replay->file_texts);
  iree_allocator_free(allocator, replay->files);
  iree_allocator_free_aligned(allocator, replay->bytes.data);
  iree_allocator_free(allocator, replay);
}
