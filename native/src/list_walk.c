#include <stdlib.h>

#include "internal.h"

// Number of elements visited before nested lists count as too large: lists that
// share lists can have exponentially many paths.
#define IREE_FFI_WALK_LIMIT 10000000

typedef struct iree_ffi_walk_frame_t {
  iree_vm_list_t* list;
  iree_host_size_t next;
} iree_ffi_walk_frame_t;

typedef struct iree_ffi_walk_t {
  iree_ffi_walk_frame_t* frames;
  iree_host_size_t depth;
  iree_host_size_t capacity;
} iree_ffi_walk_t;

static iree_status_t iree_ffi_walk_enter(iree_ffi_walk_t* walk,
                                         iree_vm_list_t* list) {
  if (walk->depth == walk->capacity) {
    iree_host_size_t capacity = iree_max(16, 2 * walk->capacity);
    iree_ffi_walk_frame_t* frames =
        realloc(walk->frames, capacity * sizeof(*frames));
    if (!frames) {
      return iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED,
                              "no memory to walk a list");
    }
    walk->frames = frames;
    walk->capacity = capacity;
  }
  walk->frames[walk->depth++] = (iree_ffi_walk_frame_t){list, 0};
  return iree_ok_status();
}

// Finds the next list among the elements of the innermost one.
static iree_vm_list_t* iree_ffi_walk_next(iree_ffi_walk_frame_t* frame,
                                          iree_host_size_t* visited) {
  if (iree_vm_type_def_is_value(iree_vm_list_element_type(frame->list))) {
    return NULL;
  }
  iree_host_size_t size = iree_vm_list_size(frame->list);
  while (frame->next < size) {
    ++*visited;
    iree_vm_variant_t variant = iree_vm_variant_empty();
    iree_status_ignore(
        iree_vm_list_get_variant_assign(frame->list, frame->next++, &variant));
    if (iree_vm_variant_is_ref(variant) &&
        iree_ffi_ref_kind(&variant.ref) == IREE_FFI_KIND_LIST) {
      return (iree_vm_list_t*)variant.ref.ptr;
    }
  }
  return NULL;
}

static iree_status_t iree_ffi_walk_run(iree_ffi_walk_t* walk,
                                       iree_vm_list_t* list,
                                       iree_vm_list_t* forbidden,
                                       iree_host_size_t max_depth) {
  iree_host_size_t visited = 0;
  while (list) {
    if (list == forbidden) {
      return iree_make_status(
          IREE_STATUS_INVALID_ARGUMENT,
          "a list cannot hold itself, not even inside another list");
    }
    if (walk->depth == max_depth) {
      return iree_make_status(IREE_STATUS_OUT_OF_RANGE,
                              "lists are nested more than %" PRIhsz " deep",
                              max_depth);
    }
    IREE_RETURN_IF_ERROR(iree_ffi_walk_enter(walk, list));
    list = NULL;
    while (!list && walk->depth > 0) {
      list = iree_ffi_walk_next(&walk->frames[walk->depth - 1], &visited);
      if (!list) --walk->depth;
    }
    if (visited > IREE_FFI_WALK_LIMIT) {
      return iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED,
                              "lists in the list have more than %d elements",
                              IREE_FFI_WALK_LIMIT);
    }
  }
  return iree_ok_status();
}

iree_status_t iree_ffi_list_walk(iree_vm_list_t* list,
                                 iree_vm_list_t* forbidden,
                                 iree_host_size_t max_depth) {
  iree_ffi_walk_t walk = {0};
  iree_status_t status = iree_ffi_walk_run(&walk, list, forbidden, max_depth);
  free(walk.frames);
  return status;
}
