// Shared by the source files of tokenizers.

#ifndef IREE_FFI_TOKENIZER_H_
#define IREE_FFI_TOKENIZER_H_

#include "internal.h"
#include "iree/tokenizer/tokenizer.h"
#include "iree/tokenizer/vocab/vocab.h"

// Tokens that grow. Offsets are kept only if asked for.
typedef struct iree_ffi_tokens_t {
  iree_host_size_t capacity;
  iree_host_size_t count;
  iree_tokenizer_token_id_t* ids;
  uint8_t* type_ids;
  iree_tokenizer_offset_t* offsets;
} iree_ffi_tokens_t;

// Used by one thread only, so its count is a plain number.
struct iree_ffi_tokenizer_t {
  uint32_t reference_count;
  iree_tokenizer_t* tokenizer;
  // The numbers of special tokens around one text and around a pair.
  iree_tokenizer_postprocessor_template_t single;
  iree_tokenizer_postprocessor_template_t pair;
  // Whether texts are split before they are encoded. Otherwise IREE takes each
  // part of a stream for a text.
  bool has_segmenter;
  // Memory that calls reuse: the state of an encoder, its normalized text, the
  // state of a decoder, and the text of the last tokens.
  iree_byte_span_t encode_state;
  iree_byte_span_t transform;
  iree_byte_span_t decode_state;
  iree_byte_span_t text;
  iree_ffi_tokens_t tokens;
};

// Makes room for |room| more tokens.
iree_status_t iree_ffi_tokens_reserve(iree_ffi_tokens_t* tokens,
                                      bool with_offsets, iree_host_size_t room);
// Returns room for |room| tokens after the last one.
iree_tokenizer_token_output_t iree_ffi_tokens_room(
    const iree_ffi_tokens_t* tokens, iree_host_size_t room);
// Writes all tokens if they fit, and returns their number.
uint32_t iree_ffi_tokens_write(const iree_ffi_tokens_t* tokens, uint32_t* ids,
                               uint8_t* type_ids, uint32_t* offsets,
                               uint32_t capacity);
void iree_ffi_tokens_free(iree_ffi_tokens_t* tokens);

// Makes |span| at least |length| bytes long; its contents are lost.
iree_status_t iree_ffi_span_reserve(iree_byte_span_t* span,
                                    iree_host_size_t length);

// The length of the memory for normalized text: a power of two that the longest
// token of the vocabulary fits into.
iree_host_size_t iree_ffi_transform_length(const iree_tokenizer_t* tokenizer,
                                           iree_host_size_t length);

void iree_ffi_tokenizer_retain(iree_ffi_tokenizer_t* tokenizer);

#endif  // IREE_FFI_TOKENIZER_H_
