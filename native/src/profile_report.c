#include <string.h>

#include "internal.h"
#include "iree/io/file_contents.h"
#include "iree/tooling/profile/commands.h"
#include "iree/tooling/profile/help.h"
#include "text_stream.h"

// IREE's reports about profile bundles. They print to a stream, and open a path
// that is the bundle itself here: native code reads no file that Deno has not
// read (see CMakeLists.txt).

static const iree_profile_command_t* iree_ffi_profile_command(
    iree_string_view_t name) {
  const iree_profile_command_t* const commands[] = {
      iree_profile_summary_command(),  iree_profile_statistics_command(),
      iree_profile_explain_command(),  iree_profile_executable_command(),
      iree_profile_dispatch_command(), iree_profile_command_command(),
      iree_profile_counter_command(),  iree_profile_memory_command(),
      iree_profile_queue_command(),    iree_profile_export_command(),
      iree_profile_cat_command(),
  };
  return iree_profile_find_command(commands, IREE_ARRAYSIZE(commands), name);
}

// Called by IREE's reader in place of iree_io_file_contents_map.
iree_status_t iree_ffi_profile_contents(iree_string_view_t bundle,
                                        iree_allocator_t allocator,
                                        iree_io_file_contents_t** out_contents);

iree_status_t iree_ffi_profile_contents(
    iree_string_view_t bundle, iree_allocator_t allocator,
    iree_io_file_contents_t** out_contents) {
  iree_io_file_contents_t* contents = NULL;
  IREE_RETURN_IF_ERROR(
      iree_allocator_malloc(allocator, sizeof(*contents), (void**)&contents));
  memset(contents, 0, sizeof(*contents));
  contents->allocator = allocator;
  contents->const_buffer = iree_make_const_byte_span(bundle.data, bundle.size);
  *out_contents = contents;
  return iree_ok_status();
}

// A function of IREE's export.c, which is static there.
iree_status_t iree_profile_export_ireeperf_jsonl_file(
    iree_string_view_t path, FILE* file, iree_allocator_t host_allocator);

static iree_status_t iree_ffi_profile_read_options(
    iree_ffi_reader_t reader, iree_string_view_t* out_command,
    iree_profile_command_options_t* out_options) {
  IREE_RETURN_IF_ERROR(iree_ffi_read_string(&reader, out_command));
  IREE_RETURN_IF_ERROR(iree_ffi_read_string(&reader, &out_options->format));
  IREE_RETURN_IF_ERROR(iree_ffi_read_string(&reader, &out_options->filter));
  IREE_RETURN_IF_ERROR(
      iree_ffi_read_string(&reader, &out_options->output_path));
  return iree_ffi_read_string(&reader, &out_options->rocm_library_path);
}

static iree_status_t iree_ffi_profile_print(
    iree_const_byte_span_t bundle, iree_string_view_t name,
    const iree_profile_command_options_t* options, FILE* file) {
  if (iree_string_view_is_empty(name)) {
    iree_profile_print_agent_markdown(file);
    return iree_ok_status();
  }
  const iree_profile_command_t* command = iree_ffi_profile_command(name);
  if (!command) {
    return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                            "unsupported iree-profile command '%.*s'",
                            (int)name.size, name.data);
  }
  IREE_RETURN_IF_ERROR(iree_profile_command_validate_options(command, options));
  const iree_profile_command_invocation_t invocation = {
      .input_path =
          iree_make_string_view((const char*)bundle.data, bundle.data_length),
      .output_file = file,
      .options = options,
  };
  // This one opens its output itself.
  return command == iree_profile_export_command()
             ? iree_profile_export_ireeperf_jsonl_file(
                   invocation.input_path, file, options->host_allocator)
             : command->run(&invocation);
}

iree_vm_buffer_t* iree_ffi_profile_report(const uint8_t* bytes, size_t length,
                                          const uint8_t* options,
                                          uint32_t options_length, int64_t id,
                                          uint32_t flags, uint32_t* out_code) {
  *out_code = 0;
  iree_profile_command_options_t command_options = {
      .id = id,
      .emit_dispatch_events =
          iree_all_bits_set(flags, IREE_FFI_PROFILE_DISPATCH_EVENTS),
      .emit_counter_samples =
          iree_all_bits_set(flags, IREE_FFI_PROFILE_COUNTER_SAMPLES),
      .host_allocator = iree_ffi_allocator(),
  };
  iree_string_view_t command = iree_string_view_empty();
  iree_ffi_text_stream_t stream = {NULL};
  iree_vm_buffer_t* text = NULL;
  iree_status_t status = iree_ffi_profile_read_options(
      iree_ffi_reader(options, options_length), &command, &command_options);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_text_stream_open(&stream);
  }
  if (iree_status_is_ok(status)) {
    iree_status_t failure =
        iree_ffi_profile_print(iree_make_const_byte_span(bytes, length),
                               command, &command_options, stream.file);
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
