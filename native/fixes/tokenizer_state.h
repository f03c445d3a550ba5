// Included by the mended copy of iree/tokenizer/tokenizer.c and by the encoder.
//
// A BPE encoder caches the tokens of words and the pairs that may stand next to each other: 72 KB, which IREE clears for
// each text. That takes longer than encoding a short text. What is cached depends on the model alone, so an encoder that
// IREE resets keeps it, and so does one in memory that an encoder of the same tokenizer had before.

#ifndef IREE_FFI_FIXES_TOKENIZER_STATE_H_
#define IREE_FFI_FIXES_TOKENIZER_STATE_H_

#include "iree/tokenizer/model.h"
#include "iree/tokenizer/tokenizer.h"

// A further flag of encoders: their memory is zero or was an encoder of the
// same tokenizer.
#define IREE_FFI_ENCODE_FLAG_KNOWN_STORAGE (1u << 31)

// Makes a model that is initialized in unknown memory see that the memory never
// had a state of its own.
static inline void iree_ffi_prepare_model_state(
    void* storage, iree_tokenizer_encode_flags_t flags) {
  if (flags & IREE_FFI_ENCODE_FLAG_KNOWN_STORAGE) return;
  ((iree_tokenizer_model_state_t*)storage)->model = NULL;
}

#endif  // IREE_FFI_FIXES_TOKENIZER_STATE_H_
