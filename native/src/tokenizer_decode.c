#include <string.h>

#include "tokenizer.h"

// Receives decoded text.
typedef iree_status_t (*iree_ffi_text_fn_t)(void* user_data,
                                            iree_string_view_t text);

// Decodes |tokens| and, if |is_end|, what |state| still holds.
static iree_status_t iree_ffi_decode(iree_ffi_tokenizer_t* tokenizer,
                                     iree_tokenizer_decode_state_t* state,
                                     iree_tokenizer_token_id_list_t tokens,
                                     bool is_end, iree_ffi_text_fn_t receive,
                                     void* user_data) {
  // The text of several of the longest tokens fits.
  iree_host_size_t longest = iree_tokenizer_vocab_max_token_length(
      iree_tokenizer_vocab(tokenizer->tokenizer));
  IREE_RETURN_IF_ERROR(iree_ffi_span_reserve(
      &tokenizer->text,
      IREE_TOKENIZER_DECODE_OUTPUT_RECOMMENDED_SIZE + 4 * longest));
  iree_mutable_string_view_t output = iree_make_mutable_string_view(
      (char*)tokenizer->text.data, tokenizer->text.data_length);
  iree_host_size_t length = 0;
  do {
    iree_host_size_t consumed = 0;
    IREE_RETURN_IF_ERROR(iree_tokenizer_decode_state_feed(state, tokens, output,
                                                          &consumed, &length));
    if (tokens.count > 0 && consumed == 0 && length == 0) {
      return iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED,
                              "a token's text is too long");
    }
    IREE_RETURN_IF_ERROR(
        receive(user_data, iree_make_string_view(output.data, length)));
    tokens.values += consumed;
    tokens.count -= consumed;
    // It may have read all tokens, but not have had room for all of their text.
  } while (tokens.count > 0 || length > 0);
  if (!is_end) return iree_ok_status();
  IREE_RETURN_IF_ERROR(
      iree_tokenizer_decode_state_finalize(state, output, &length));
  return receive(user_data, iree_make_string_view(output.data, length));
}

// Ids that are not in the vocabulary have no text, also those that IREE's type
// cannot represent.
static iree_tokenizer_token_id_list_t iree_ffi_id_list(const uint32_t* ids,
                                                       uint32_t count) {
  return iree_tokenizer_make_token_id_list(
      (const iree_tokenizer_token_id_t*)ids, count);
}

//===----------------------------------------------------------------------===//
// Whole texts
//===----------------------------------------------------------------------===//

static iree_status_t iree_ffi_write_text(void* user_data,
                                         iree_string_view_t text) {
  iree_ffi_write_bytes((iree_ffi_writer_t*)user_data, text.data, text.size);
  return iree_ok_status();
}

uint32_t iree_ffi_tokenizer_decode(iree_ffi_tokenizer_t* tokenizer,
                                   const uint32_t* ids, const uint32_t* ends,
                                   uint32_t count, uint32_t flags,
                                   uint32_t* out_ends, uint8_t* buffer,
                                   uint32_t capacity) {
  iree_host_size_t state_size = 0;
  iree_status_t status = iree_tokenizer_decode_state_calculate_size(
      tokenizer->tokenizer, &state_size);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_span_reserve(&tokenizer->decode_state, state_size);
  }
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  uint32_t begin = 0;
  for (uint32_t i = 0; iree_status_is_ok(status) && i < count; ++i) {
    iree_tokenizer_decode_state_t* state = NULL;
    status = iree_tokenizer_decode_state_initialize(
        tokenizer->tokenizer, flags, tokenizer->decode_state, &state);
    if (iree_status_is_ok(status)) {
      status = iree_ffi_decode(tokenizer, state,
                               iree_ffi_id_list(ids + begin, ends[i] - begin),
                               /*is_end=*/true, iree_ffi_write_text, &writer);
    }
    iree_tokenizer_decode_state_deinitialize(state);
    begin = ends[i];
    out_ends[i] = (uint32_t)writer.length;
  }
  if (iree_ffi_check(status)) return IREE_FFI_FAILED;
  return iree_ffi_writer_length(&writer);
}

//===----------------------------------------------------------------------===//
// Streams
//===----------------------------------------------------------------------===//

struct iree_ffi_decode_stream_t {
  iree_ffi_tokenizer_t* tokenizer;
  uint32_t flags;
  iree_byte_span_t storage;
  iree_tokenizer_decode_state_t* state;
  // Text that the caller has not taken yet.
  iree_string_builder_t text;
};

static iree_status_t iree_ffi_decode_stream_start(
    iree_ffi_decode_stream_t* stream) {
  return iree_tokenizer_decode_state_initialize(stream->tokenizer->tokenizer,
                                                stream->flags, stream->storage,
                                                &stream->state);
}

static void iree_ffi_decode_stream_stop(iree_ffi_decode_stream_t* stream) {
  iree_tokenizer_decode_state_deinitialize(stream->state);
  stream->state = NULL;
}

iree_ffi_decode_stream_t* iree_ffi_decode_stream_create(
    iree_ffi_tokenizer_t* tokenizer, uint32_t flags) {
  iree_ffi_decode_stream_t* stream = NULL;
  iree_status_t status = iree_allocator_malloc(
      iree_ffi_allocator(), sizeof(*stream), (void**)&stream);
  iree_host_size_t state_size = 0;
  if (iree_status_is_ok(status)) {
    memset(stream, 0, sizeof(*stream));
    stream->tokenizer = tokenizer;
    stream->flags = flags;
    iree_string_builder_initialize(iree_ffi_allocator(), &stream->text);
    iree_ffi_tokenizer_retain(tokenizer);
    status = iree_tokenizer_decode_state_calculate_size(tokenizer->tokenizer,
                                                        &state_size);
  }
  if (iree_status_is_ok(status)) {
    status = iree_ffi_span_reserve(&stream->storage, state_size);
  }
  if (iree_status_is_ok(status)) status = iree_ffi_decode_stream_start(stream);
  if (!iree_status_is_ok(status) && stream) {
    iree_ffi_decode_stream_free(stream);
    stream = NULL;
  }
  iree_ffi_check(status);
  return (iree_ffi_decode_stream_t*)iree_ffi_hand_out(
      IREE_FFI_KIND_DECODE_STREAM, stream);
}

static iree_status_t iree_ffi_keep_text(void* user_data,
                                        iree_string_view_t text) {
  return iree_string_builder_append_string((iree_string_builder_t*)user_data,
                                           text);
}

uint32_t iree_ffi_decode_stream_feed(iree_ffi_decode_stream_t* stream,
                                     const uint32_t* ids, uint32_t count,
                                     uint32_t is_end, uint8_t* buffer,
                                     uint32_t capacity) {
  iree_status_t status = iree_ffi_decode(
      stream->tokenizer, stream->state, iree_ffi_id_list(ids, count),
      is_end != 0, iree_ffi_keep_text, &stream->text);
  if (!iree_status_is_ok(status) || is_end) {
    // The next tokens begin another text.
    iree_ffi_decode_stream_stop(stream);
    status = iree_status_join(status, iree_ffi_decode_stream_start(stream));
  }
  if (iree_ffi_check(status)) {
    iree_string_builder_reset(&stream->text);
    return IREE_FFI_FAILED;
  }
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_string_view_t text = iree_string_builder_view(&stream->text);
  iree_ffi_write_bytes(&writer, text.data, text.size);
  uint32_t length = iree_ffi_writer_length(&writer);
  if (length <= capacity) iree_string_builder_reset(&stream->text);
  return length;
}

void iree_ffi_decode_stream_free(iree_ffi_decode_stream_t* stream) {
  iree_ffi_decode_stream_stop(stream);
  iree_string_builder_deinitialize(&stream->text);
  iree_allocator_free(iree_ffi_allocator(), stream->storage.data);
  iree_ffi_tokenizer_release(stream->tokenizer);
  iree_allocator_free(iree_ffi_allocator(), stream);
}
