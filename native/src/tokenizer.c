#include "tokenizer.h"

#include <string.h>

#include "iree/base/internal/json.h"
#include "iree/tokenizer/format/huggingface/tokenizer_json.h"
#include "iree/tokenizer/format/tiktoken/tiktoken.h"

//===----------------------------------------------------------------------===//
// Creation
//===----------------------------------------------------------------------===//

// Builds the tokenizer that |builder| was filled with, unless |status| is a
// failure. Deinitializes |builder|.
static iree_ffi_tokenizer_t* iree_ffi_tokenizer_build(
    iree_status_t status, iree_tokenizer_builder_t* builder) {
  iree_ffi_tokenizer_t* tokenizer = NULL;
  if (iree_status_is_ok(status)) {
    status = iree_allocator_malloc(iree_ffi_allocator(), sizeof(*tokenizer),
                                   (void**)&tokenizer);
  }
  if (iree_status_is_ok(status)) {
    memset(tokenizer, 0, sizeof(*tokenizer));
    tokenizer->reference_count = 1;
    tokenizer->single = builder->postprocessor.single;
    tokenizer->pair = builder->postprocessor.pair;
    tokenizer->has_segmenter = builder->segmenter != NULL;
    status = iree_tokenizer_builder_build(builder, &tokenizer->tokenizer);
  }
  iree_tokenizer_builder_deinitialize(builder);
  if (!iree_status_is_ok(status)) {
    iree_allocator_free(iree_ffi_allocator(), tokenizer);
    tokenizer = NULL;
  }
  iree_ffi_check(status);
  return (iree_ffi_tokenizer_t*)iree_ffi_hand_out(IREE_FFI_KIND_TOKENIZER,
                                                  tokenizer);
}

iree_ffi_tokenizer_t* iree_ffi_tokenizer_from_json(const uint8_t* bytes,
                                                   size_t length) {
  iree_tokenizer_builder_t builder;
  iree_tokenizer_builder_initialize(iree_ffi_allocator(), &builder);
  iree_status_t status = iree_tokenizer_parse_huggingface_json(
      iree_make_string_view((const char*)bytes, length), &builder);
  return iree_ffi_tokenizer_build(status, &builder);
}

iree_ffi_tokenizer_t* iree_ffi_tokenizer_from_tiktoken(
    const uint8_t* bytes, size_t length, const uint8_t* encoding,
    uint32_t encoding_length) {
  iree_tokenizer_builder_t builder;
  iree_tokenizer_builder_initialize(iree_ffi_allocator(), &builder);
  const iree_tokenizer_tiktoken_config_t* config =
      iree_tokenizer_tiktoken_config_by_name(
          iree_ffi_view(encoding, encoding_length));
  iree_status_t status =
      config ? iree_tokenizer_parse_tiktoken(
                   iree_make_string_view((const char*)bytes, length), config,
                   &builder)
             : iree_make_status(IREE_STATUS_NOT_FOUND,
                                "no tiktoken encoding '%.*s'",
                                (int)encoding_length, (const char*)encoding);
  return iree_ffi_tokenizer_build(status, &builder);
}

void iree_ffi_tokenizer_retain(iree_ffi_tokenizer_t* tokenizer) {
  ++tokenizer->reference_count;
}

void iree_ffi_tokenizer_release(iree_ffi_tokenizer_t* tokenizer) {
  if (--tokenizer->reference_count > 0) return;
  iree_tokenizer_free(tokenizer->tokenizer);
  iree_allocator_free(iree_ffi_allocator(), tokenizer->encode_state.data);
  iree_allocator_free(iree_ffi_allocator(), tokenizer->transform.data);
  iree_allocator_free(iree_ffi_allocator(), tokenizer->decode_state.data);
  iree_allocator_free(iree_ffi_allocator(), tokenizer->text.data);
  iree_ffi_tokens_free(&tokenizer->tokens);
  iree_allocator_free(iree_ffi_allocator(), tokenizer);
}

iree_status_t iree_ffi_span_reserve(iree_byte_span_t* span,
                                    iree_host_size_t length) {
  if (span->data_length >= length) return iree_ok_status();
  iree_allocator_free(iree_ffi_allocator(), span->data);
  *span = iree_byte_span_empty();
  IREE_RETURN_IF_ERROR(
      iree_allocator_malloc(iree_ffi_allocator(), length, (void**)&span->data));
  span->data_length = length;
  return iree_ok_status();
}

//===----------------------------------------------------------------------===//
// Description
//===----------------------------------------------------------------------===//

uint32_t iree_ffi_json_member(const uint8_t* json, size_t length,
                              const uint8_t* name, uint32_t name_length,
                              uint8_t* buffer, uint32_t capacity) {
  iree_string_view_t value = iree_string_view_empty();
  iree_status_t status = iree_json_try_lookup_object_value(
      iree_make_string_view((const char*)json, length),
      iree_ffi_view(name, name_length), &value);
  if (iree_ffi_check(status)) return IREE_FFI_FAILED;
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_ffi_write_bytes(&writer, value.data, value.size);
  return iree_ffi_writer_length(&writer);
}

static void iree_ffi_write_special_tokens(const iree_tokenizer_vocab_t* vocab,
                                          iree_ffi_writer_t* writer) {
  int32_t capacity = (int32_t)iree_tokenizer_vocab_capacity(vocab);
  uint32_t count = 0;
  for (int32_t id = 0; id < capacity; ++id) {
    count += iree_all_bits_set(iree_tokenizer_vocab_token_attrs(vocab, id),
                               IREE_TOKENIZER_TOKEN_ATTR_SPECIAL);
  }
  iree_ffi_write_u32(writer, count);
  for (int32_t id = 0; id < capacity; ++id) {
    if (iree_all_bits_set(iree_tokenizer_vocab_token_attrs(vocab, id),
                          IREE_TOKENIZER_TOKEN_ATTR_SPECIAL)) {
      iree_ffi_write_u32(writer, (uint32_t)id);
      iree_ffi_write_string(writer, iree_tokenizer_vocab_token_text(vocab, id));
    }
  }
}

uint32_t iree_ffi_tokenizer_describe(iree_ffi_tokenizer_t* tokenizer,
                                     uint8_t* buffer, uint32_t capacity) {
  const iree_tokenizer_vocab_t* vocab =
      iree_tokenizer_vocab(tokenizer->tokenizer);
  iree_tokenizer_special_ids_t special =
      iree_tokenizer_vocab_special_ids(vocab);
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_ffi_write_string(&writer,
                        iree_tokenizer_model_type_name(tokenizer->tokenizer));
  const uint32_t numbers[] = {
      (uint32_t)iree_tokenizer_vocab_capacity(vocab),
      (uint32_t)iree_tokenizer_vocab_token_count(vocab),
      (uint32_t)iree_tokenizer_vocab_merge_count(vocab),
      (uint32_t)special.bos,
      (uint32_t)special.eos,
      (uint32_t)special.unk,
      (uint32_t)special.pad,
      (uint32_t)special.cls,
      (uint32_t)special.sep,
      (uint32_t)special.mask,
      tokenizer->single.prefix_count,
      tokenizer->single.suffix_count,
      tokenizer->pair.prefix_count,
      tokenizer->pair.infix_count,
      tokenizer->pair.suffix_count,
  };
  iree_ffi_write_bytes(&writer, numbers, sizeof(numbers));
  iree_ffi_write_special_tokens(vocab, &writer);
  return iree_ffi_writer_length(&writer);
}

uint32_t iree_ffi_tokenizer_token_id(iree_ffi_tokenizer_t* tokenizer,
                                     const uint8_t* text, uint32_t length) {
  return (uint32_t)iree_tokenizer_vocab_lookup(
      iree_tokenizer_vocab(tokenizer->tokenizer), iree_ffi_view(text, length));
}

uint32_t iree_ffi_tokenizer_token(iree_ffi_tokenizer_t* tokenizer, uint32_t id,
                                  uint8_t* buffer, uint32_t capacity) {
  const iree_tokenizer_vocab_t* vocab =
      iree_tokenizer_vocab(tokenizer->tokenizer);
  bool is_present = id < iree_tokenizer_vocab_capacity(vocab);
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_ffi_write_u32(
      &writer, is_present ? iree_tokenizer_vocab_token_attrs(vocab, (int32_t)id)
                          : IREE_TOKENIZER_TOKEN_ATTR_UNUSED);
  iree_ffi_write_string(
      &writer, is_present ? iree_tokenizer_vocab_token_text(vocab, (int32_t)id)
                          : iree_string_view_empty());
  return iree_ffi_writer_length(&writer);
}
