// Included by the mended copy of iree/tokenizer/tokenizer.c.
//
// Decoders such as Metaspace drop a space of the first token. IREE takes a second token for the first one if the first
// one was just a space, and copies a first token that is a byte without waiting for the rest of its character.

#ifndef IREE_FFI_FIXES_TOKENIZER_FIRST_TOKEN_H_
#define IREE_FFI_FIXES_TOKENIZER_FIRST_TOKEN_H_

// Returns the index of the first token that has text.
static iree_host_size_t iree_ffi_first_text_token(
    const iree_tokenizer_decode_state_t* state,
    iree_tokenizer_token_id_list_t tokens) {
  const iree_tokenizer_vocab_t* vocab = state->tokenizer->vocab;
  const bool skip_special = iree_all_bits_set(
      state->flags, IREE_TOKENIZER_DECODE_FLAG_SKIP_SPECIAL_TOKENS);
  iree_host_size_t i = 0;
  for (; i < tokens.count; ++i) {
    iree_tokenizer_token_id_t id = tokens.values[i];
    if (id < 0 || (iree_host_size_t)id >= iree_tokenizer_vocab_capacity(vocab)) {
      continue;
    }
    if (!skip_special ||
        !iree_any_bit_set(iree_tokenizer_vocab_token_attrs(vocab, id),
                          IREE_TOKENIZER_TOKEN_ATTR_SPECIAL)) {
      break;
    }
  }
  return i;
}

// Whether the next token with text is the first one, and not a byte.
static bool iree_ffi_begins_text(iree_tokenizer_decode_state_t* state,
                                 iree_tokenizer_token_id_list_t tokens) {
  const iree_tokenizer_pre_decoded_t* pre_decoded =
      &state->tokenizer->pre_decoded;
  if (!state->is_first_token || !pre_decoded->position_sensitive) return false;
  iree_host_size_t i = iree_ffi_first_text_token(state, tokens);
  if (i == tokens.count) return false;
  int32_t bit = tokens.values[i] - pre_decoded->byte_token_first_id;
  bool is_byte =
      pre_decoded->has_byte_fallback && !pre_decoded->has_partial_utf8 &&
      bit >= 0 && tokens.values[i] <= pre_decoded->byte_token_last_id &&
      (pre_decoded->byte_token_bitmap[bit / 8] & (1u << (bit % 8))) != 0;
  if (is_byte) state->is_first_token = false;
  return !is_byte;
}

#endif  // IREE_FFI_FIXES_TOKENIZER_FIRST_TOKEN_H_
