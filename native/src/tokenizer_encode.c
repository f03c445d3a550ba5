#include <string.h>

#include "../fixes/tokenizer_state.h"
#include "tokenizer.h"

// The largest memory that is kept for the next call.
#define IREE_FFI_KEPT_TRANSFORM (1u << 20)
#define IREE_FFI_KEPT_TOKENS (1u << 16)

// Room for the special tokens around texts.
#define IREE_FFI_TOKENS_MARGIN 256u

//===----------------------------------------------------------------------===//
// Tokens
//===----------------------------------------------------------------------===//

iree_status_t iree_ffi_tokens_reserve(iree_ffi_tokens_t* tokens,
                                      bool with_offsets,
                                      iree_host_size_t room) {
  bool has_arrays = !with_offsets || tokens->offsets;
  if (has_arrays && room <= tokens->capacity - tokens->count) {
    return iree_ok_status();
  }
  iree_host_size_t capacity =
      iree_max(tokens->count + room, 2 * tokens->capacity);
  iree_allocator_t allocator = iree_ffi_allocator();
  // The capacity counts only once all arrays have it.
  IREE_RETURN_IF_ERROR(iree_allocator_realloc_array(
      allocator, capacity, sizeof(*tokens->ids), (void**)&tokens->ids));
  IREE_RETURN_IF_ERROR(iree_allocator_realloc_array(allocator, capacity,
                                                    sizeof(*tokens->type_ids),
                                                    (void**)&tokens->type_ids));
  if (with_offsets) {
    IREE_RETURN_IF_ERROR(iree_allocator_realloc_array(
        allocator, capacity, sizeof(*tokens->offsets),
        (void**)&tokens->offsets));
  }
  tokens->capacity = capacity;
  return iree_ok_status();
}

iree_tokenizer_token_output_t iree_ffi_tokens_room(
    const iree_ffi_tokens_t* tokens, iree_host_size_t room) {
  // Special tokens have neither; IREE leaves them unwritten.
  memset(tokens->type_ids + tokens->count, 0, room);
  if (tokens->offsets) {
    memset(tokens->offsets + tokens->count, 0, room * sizeof(*tokens->offsets));
  }
  return iree_tokenizer_make_token_output(
      tokens->ids + tokens->count,
      tokens->offsets ? tokens->offsets + tokens->count : NULL,
      tokens->type_ids + tokens->count, room);
}

uint32_t iree_ffi_tokens_write(const iree_ffi_tokens_t* tokens, uint32_t* ids,
                               uint8_t* type_ids, uint32_t* offsets,
                               uint32_t capacity) {
  iree_host_size_t count = tokens->count;
  if (count >= IREE_FFI_FAILED) {
    iree_ffi_check(iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED,
                                    "%" PRIhsz " tokens are too many", count));
    return IREE_FFI_FAILED;
  }
  if (count == 0 || count > capacity) return (uint32_t)count;
  memcpy(ids, tokens->ids, count * sizeof(*ids));
  memcpy(type_ids, tokens->type_ids, count);
  for (iree_host_size_t i = 0; tokens->offsets && i < count; ++i) {
    offsets[2 * i] = (uint32_t)tokens->offsets[i].start;
    offsets[2 * i + 1] = (uint32_t)tokens->offsets[i].end;
  }
  return (uint32_t)count;
}

void iree_ffi_tokens_free(iree_ffi_tokens_t* tokens) {
  iree_allocator_free(iree_ffi_allocator(), tokens->ids);
  iree_allocator_free(iree_ffi_allocator(), tokens->type_ids);
  iree_allocator_free(iree_ffi_allocator(), tokens->offsets);
  memset(tokens, 0, sizeof(*tokens));
}

iree_host_size_t iree_ffi_transform_length(const iree_tokenizer_t* tokenizer,
                                           iree_host_size_t length) {
  iree_host_size_t longest =
      iree_tokenizer_vocab_max_token_length(iree_tokenizer_vocab(tokenizer));
  return iree_max(length, iree_host_size_next_power_of_two(2 * (longest + 1)));
}

//===----------------------------------------------------------------------===//
// Whole texts
//===----------------------------------------------------------------------===//

// Encodes one item, and adds its tokens to |tokens|.
static iree_status_t iree_ffi_encode_item(
    iree_ffi_tokenizer_t* tokenizer, iree_tokenizer_encode_batch_item_t item,
    uint32_t flags, bool with_offsets, iree_ffi_tokens_t* tokens) {
  iree_host_size_t state_size = 0;
  IREE_RETURN_IF_ERROR(iree_tokenizer_encode_state_calculate_size(
      tokenizer->tokenizer, &state_size));
  IREE_RETURN_IF_ERROR(
      iree_ffi_span_reserve(&tokenizer->encode_state, state_size));
  iree_host_size_t length = item.text.size + item.text_pair.size;
  IREE_RETURN_IF_ERROR(iree_ffi_span_reserve(
      &tokenizer->transform,
      iree_ffi_transform_length(
          tokenizer->tokenizer,
          iree_tokenizer_transform_buffer_oneshot_size(length))));
  // IREE accepts only a power of two, and memory that is kept may be longer.
  iree_byte_span_t transform = tokenizer->transform;
  iree_host_size_t room = length + IREE_FFI_TOKENS_MARGIN;
  // Normalizing makes texts longer, at most 11 times for a character.
  iree_host_size_t limit = 16 * room;
  for (;; room *= 2) {
    IREE_RETURN_IF_ERROR(iree_ffi_tokens_reserve(tokens, with_offsets, room));
    item.output = iree_ffi_tokens_room(tokens, room);
    iree_status_t status = iree_tokenizer_encode_batch(
        tokenizer->tokenizer, &item, 1,
        flags | IREE_FFI_ENCODE_FLAG_KNOWN_STORAGE, tokenizer->encode_state,
        transform, iree_tokenizer_offset_run_list_empty());
    if (iree_status_is_ok(status)) {
      tokens->count += item.out_token_count;
      return status;
    }
    if (!iree_status_is_resource_exhausted(status) || room >= limit) {
      return status;
    }
    iree_status_ignore(status);
  }
}

uint32_t iree_ffi_tokenizer_encode(iree_ffi_tokenizer_t* tokenizer,
                                   const uint8_t* text, const uint32_t* ends,
                                   uint32_t count, uint32_t in_pairs,
                                   uint32_t flags, uint32_t* counts,
                                   uint32_t* ids, uint8_t* type_ids,
                                   uint32_t* offsets, uint32_t capacity) {
  iree_status_t status = iree_ok_status();
  bool with_offsets = (flags & IREE_TOKENIZER_ENCODE_FLAG_TRACK_OFFSETS) != 0;
  uint32_t step = in_pairs ? 2 : 1;
  uint32_t begin = 0;
  iree_ffi_tokens_t* tokens = &tokenizer->tokens;
  tokens->count = 0;
  for (uint32_t i = 0; iree_status_is_ok(status) && i + step <= count;
       i += step) {
    iree_tokenizer_encode_batch_item_t item = {0};
    item.text = iree_ffi_view(text + begin, ends[i] - begin);
    begin = ends[i];
    if (in_pairs) {
      item.flags = IREE_TOKENIZER_ENCODE_BATCH_ITEM_FLAG_HAS_TEXT_PAIR;
      item.text_pair = iree_ffi_view(text + begin, ends[i + 1] - begin);
      begin = ends[i + 1];
    }
    iree_host_size_t before = tokens->count;
    status = iree_ffi_encode_item(tokenizer, item, flags, with_offsets, tokens);
    counts[i / step] = (uint32_t)(tokens->count - before);
  }
  if (tokenizer->transform.data_length > IREE_FFI_KEPT_TRANSFORM) {
    iree_allocator_free(iree_ffi_allocator(), tokenizer->transform.data);
    tokenizer->transform = iree_byte_span_empty();
  }
  uint32_t result =
      iree_ffi_check(status)
          ? IREE_FFI_FAILED
          : iree_ffi_tokens_write(tokens, ids, type_ids, offsets, capacity);
  // Offsets slow IREE down, so the next call must not find their memory.
  if (tokens->offsets || tokens->capacity > IREE_FFI_KEPT_TOKENS) {
    iree_ffi_tokens_free(tokens);
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Streams
//===----------------------------------------------------------------------===//

struct iree_ffi_encode_stream_t {
  iree_ffi_tokenizer_t* tokenizer;
  uint32_t flags;
  iree_byte_span_t storage;
  iree_byte_span_t transform;
  iree_tokenizer_encode_state_t* state;
  // The text so far, of a tokenizer that needs all of it.
  iree_string_builder_t text;
  // Tokens that the caller has not taken yet.
  iree_ffi_tokens_t tokens;
};

static iree_status_t iree_ffi_encode_stream_start(
    iree_ffi_encode_stream_t* stream) {
  return iree_tokenizer_encode_state_initialize(
      stream->tokenizer->tokenizer, stream->storage, stream->transform,
      iree_tokenizer_offset_run_list_empty(),
      stream->flags | IREE_TOKENIZER_ENCODE_FLAG_AT_INPUT_START |
          IREE_FFI_ENCODE_FLAG_KNOWN_STORAGE,
      &stream->state);
}

static void iree_ffi_encode_stream_stop(iree_ffi_encode_stream_t* stream) {
  iree_tokenizer_encode_state_deinitialize(stream->state);
  stream->state = NULL;
}

iree_ffi_encode_stream_t* iree_ffi_encode_stream_create(
    iree_ffi_tokenizer_t* tokenizer, uint32_t flags) {
  iree_ffi_encode_stream_t* stream = NULL;
  iree_status_t status = iree_allocator_malloc(
      iree_ffi_allocator(), sizeof(*stream), (void**)&stream);
  iree_host_size_t state_size = 0;
  if (iree_status_is_ok(status)) {
    memset(stream, 0, sizeof(*stream));
    stream->tokenizer = tokenizer;
    stream->flags = flags;
    iree_string_builder_initialize(iree_ffi_allocator(), &stream->text);
    iree_ffi_tokenizer_retain(tokenizer);
    status = iree_tokenizer_encode_state_calculate_size(tokenizer->tokenizer,
                                                        &state_size);
  }
  if (iree_status_is_ok(status)) {
    status = iree_ffi_span_reserve(&stream->storage, state_size);
  }
  if (iree_status_is_ok(status)) {
    // As much as iree-tokenize uses.
    status = iree_ffi_span_reserve(
        &stream->transform,
        iree_ffi_transform_length(
            tokenizer->tokenizer,
            iree_tokenizer_transform_buffer_recommended_size(8192)));
  }
  if (iree_status_is_ok(status)) status = iree_ffi_encode_stream_start(stream);
  if (!iree_status_is_ok(status) && stream) {
    iree_ffi_encode_stream_free(stream);
    stream = NULL;
  }
  iree_ffi_check(status);
  return (iree_ffi_encode_stream_t*)iree_ffi_hand_out(
      IREE_FFI_KIND_ENCODE_STREAM, stream);
}

static iree_status_t iree_ffi_encode_stream_push(
    iree_ffi_encode_stream_t* stream, iree_string_view_t text) {
  while (text.size > 0) {
    iree_host_size_t room = text.size + IREE_FFI_TOKENS_MARGIN;
    IREE_RETURN_IF_ERROR(
        iree_ffi_tokens_reserve(&stream->tokens, /*with_offsets=*/false, room));
    iree_host_size_t consumed = 0;
    iree_host_size_t token_count = 0;
    IREE_RETURN_IF_ERROR(iree_tokenizer_encode_state_feed(
        stream->state, text, iree_ffi_tokens_room(&stream->tokens, room),
        &consumed, &token_count));
    stream->tokens.count += token_count;
    text = iree_string_view_remove_prefix(text, consumed);
  }
  return iree_ok_status();
}

static iree_status_t iree_ffi_encode_stream_end(
    iree_ffi_encode_stream_t* stream) {
  iree_host_size_t room =
      iree_tokenizer_encode_state_pending_token_bound(stream->state) +
      IREE_FFI_TOKENS_MARGIN;
  IREE_RETURN_IF_ERROR(
      iree_ffi_tokens_reserve(&stream->tokens, /*with_offsets=*/false, room));
  iree_host_size_t token_count = 0;
  IREE_RETURN_IF_ERROR(iree_tokenizer_encode_state_finalize(
      stream->state, iree_ffi_tokens_room(&stream->tokens, room),
      &token_count));
  stream->tokens.count += token_count;
  return iree_ok_status();
}

static iree_status_t iree_ffi_encode_stream_take(
    iree_ffi_encode_stream_t* stream, iree_string_view_t text, bool is_end) {
  if (!stream->tokenizer->has_segmenter) {
    IREE_RETURN_IF_ERROR(
        iree_string_builder_append_string(&stream->text, text));
    if (!is_end) return iree_ok_status();
    iree_tokenizer_encode_batch_item_t item = {0};
    item.text = iree_string_builder_view(&stream->text);
    return iree_ffi_encode_item(stream->tokenizer, item, stream->flags,
                                /*with_offsets=*/false, &stream->tokens);
  }
  IREE_RETURN_IF_ERROR(iree_ffi_encode_stream_push(stream, text));
  return is_end ? iree_ffi_encode_stream_end(stream) : iree_ok_status();
}

uint32_t iree_ffi_encode_stream_feed(iree_ffi_encode_stream_t* stream,
                                     const uint8_t* text, uint32_t length,
                                     uint32_t is_end, uint32_t* ids,
                                     uint8_t* type_ids, uint32_t capacity) {
  iree_status_t status = iree_ffi_encode_stream_take(
      stream, iree_ffi_view(text, length), is_end != 0);
  if (!iree_status_is_ok(status) || is_end) {
    // The next text begins anew.
    iree_string_builder_reset(&stream->text);
    iree_ffi_encode_stream_stop(stream);
    status = iree_status_join(status, iree_ffi_encode_stream_start(stream));
  }
  if (iree_ffi_check(status)) {
    stream->tokens.count = 0;
    return IREE_FFI_FAILED;
  }
  uint32_t count = iree_ffi_tokens_write(&stream->tokens, ids, type_ids,
                                         /*offsets=*/NULL, capacity);
  if (count <= capacity) stream->tokens.count = 0;
  return count;
}

void iree_ffi_encode_stream_free(iree_ffi_encode_stream_t* stream) {
  iree_ffi_encode_stream_stop(stream);
  iree_string_builder_deinitialize(&stream->text);
  iree_ffi_tokens_free(&stream->tokens);
  iree_allocator_free(iree_ffi_allocator(), stream->storage.data);
  iree_allocator_free(iree_ffi_allocator(), stream->transform.data);
  iree_ffi_tokenizer_release(stream->tokenizer);
  iree_allocator_free(iree_ffi_allocator(), stream);
}
