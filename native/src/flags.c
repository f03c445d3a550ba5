#include "iree/base/tooling/flags.h"

#include <stdlib.h>
#include <string.h>

#include "internal.h"

// IREE keeps pointers into flag texts, so they are never freed.
typedef struct iree_ffi_flag_texts_t {
  struct iree_ffi_flag_texts_t* next;
  char text[];
} iree_ffi_flag_texts_t;

static iree_ffi_flag_texts_t* iree_ffi_flag_texts;

// Copies |text| and a terminating NUL into memory that is never freed.
static iree_status_t iree_ffi_flag_keep(iree_string_view_t text,
                                        char** out_text) {
  iree_ffi_flag_texts_t* kept =
      (iree_ffi_flag_texts_t*)malloc(sizeof(*kept) + text.size + /*NUL=*/1);
  if (!kept) {
    return iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED,
                            "no memory for the text of a flag");
  }
  memcpy(kept->text, text.data, text.size);
  kept->text[text.size] = 0;
  kept->next = iree_ffi_flag_texts;
  iree_ffi_flag_texts = kept;
  *out_text = kept->text;
  return iree_ok_status();
}

uint32_t iree_ffi_flag_set(const uint8_t* argument, uint32_t length) {
  char* text = NULL;
  if (iree_ffi_check(
          iree_ffi_flag_keep(iree_ffi_view(argument, length), &text))) {
    return iree_ffi_failure_code();
  }
  char* arguments[] = {"", text, NULL};
  char** argv = arguments;
  int argc = 2;
  return iree_ffi_check(
      iree_flags_parse(IREE_FLAGS_PARSE_MODE_DEFAULT, &argc, &argv));
}
