#include "text_stream.h"

#include <errno.h>
#include <stdlib.h>

#if defined(IREE_PLATFORM_WINDOWS)
// Windows has no streams in memory: this is a file that has no name.
static FILE* iree_ffi_text_file_open(iree_ffi_text_stream_t* stream) {
  return tmpfile();
}

static bool iree_ffi_text_file_finish(iree_ffi_text_stream_t* stream) {
  if (fflush(stream->file) != 0 || ferror(stream->file)) return false;
  long length = ftell(stream->file);
  if (length < 0) return false;
  stream->length = (size_t)length;
  stream->text = (char*)malloc(stream->length + 1);
  rewind(stream->file);
  return stream->text &&
         fread(stream->text, 1, stream->length, stream->file) == stream->length;
}
#else
static FILE* iree_ffi_text_file_open(iree_ffi_text_stream_t* stream) {
  return open_memstream(&stream->text, &stream->length);
}

static bool iree_ffi_text_file_finish(iree_ffi_text_stream_t* stream) {
  return fflush(stream->file) == 0 && !ferror(stream->file);
}
#endif  // IREE_PLATFORM_WINDOWS

iree_status_t iree_ffi_text_stream_open(iree_ffi_text_stream_t* out_stream) {
  *out_stream = (iree_ffi_text_stream_t){NULL};
  out_stream->file = iree_ffi_text_file_open(out_stream);
  if (out_stream->file) return iree_ok_status();
  return iree_make_status(iree_status_code_from_errno(errno),
                          "no stream for text");
}

iree_status_t iree_ffi_text_stream_close(iree_ffi_text_stream_t* stream,
                                         iree_vm_buffer_t** out_text) {
  const bool is_complete = iree_ffi_text_file_finish(stream);
  fclose(stream->file);
  iree_status_t status = is_complete
                             ? iree_ok_status()
                             : iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED,
                                                "no memory for the text");
  if (iree_status_is_ok(status)) {
    status = iree_ffi_buffer_make(
        iree_make_const_byte_span(stream->text, stream->length), out_text);
  }
  free(stream->text);
  return status;
}
