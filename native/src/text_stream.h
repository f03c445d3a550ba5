// A C stream that keeps its text in memory, for IREE's code that prints.

#ifndef IREE_FFI_TEXT_STREAM_H_
#define IREE_FFI_TEXT_STREAM_H_

#include <stdio.h>

#include "internal.h"

typedef struct iree_ffi_text_stream_t {
  FILE* file;
  char* text;
  size_t length;
} iree_ffi_text_stream_t;

// Opens a stream; close it even after a failure of what prints to it.
iree_status_t iree_ffi_text_stream_open(iree_ffi_text_stream_t* out_stream);

// Closes a stream and returns its text as a buffer. Fails if text was lost.
iree_status_t iree_ffi_text_stream_close(iree_ffi_text_stream_t* stream,
                                         iree_vm_buffer_t** out_text);

#endif  // IREE_FFI_TEXT_STREAM_H_
