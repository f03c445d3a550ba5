#include <stdlib.h>

#include "internal.h"

// See fixes/vm_list.h.
void iree_vm_list_destroy(void* list);
void iree_ffi_list_destroy_one(void* list);

// Lists whose last reference was released while this thread was destroying
// another.
typedef struct iree_ffi_doomed_lists_t {
  bool is_active;
  iree_host_size_t count;
  iree_host_size_t capacity;
  void** lists;
} iree_ffi_doomed_lists_t;

static IREE_FFI_THREAD_LOCAL iree_ffi_doomed_lists_t iree_ffi_doomed_lists;

static bool iree_ffi_doomed_lists_push(iree_ffi_doomed_lists_t* doomed,
                                       void* list) {
  if (doomed->count == doomed->capacity) {
    iree_host_size_t capacity = iree_max(16, 2 * doomed->capacity);
    void** lists = realloc(doomed->lists, capacity * sizeof(*lists));
    if (!lists) return false;
    doomed->lists = lists;
    doomed->capacity = capacity;
  }
  doomed->lists[doomed->count++] = list;
  return true;
}

void iree_vm_list_destroy(void* list) {
  iree_ffi_doomed_lists_t* doomed = &iree_ffi_doomed_lists;
  if (doomed->is_active) {
    // Destroys immediately, like IREE, when out of memory to defer it.
    if (!iree_ffi_doomed_lists_push(doomed, list)) {
      iree_ffi_list_destroy_one(list);
    }
    return;
  }
  doomed->is_active = true;
  iree_ffi_list_destroy_one(list);
  while (doomed->count > 0) {
    iree_ffi_list_destroy_one(doomed->lists[--doomed->count]);
  }
  free(doomed->lists);
  *doomed = (iree_ffi_doomed_lists_t){0};
}
