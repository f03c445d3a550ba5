#include <stdlib.h>

#include "internal.h"
#include "iree/base/internal/atomics.h"

#if defined(IREE_PLATFORM_APPLE)
#include <malloc/malloc.h>
#define iree_ffi_usable_size malloc_size
#elif defined(IREE_PLATFORM_WINDOWS)
#include <malloc.h>
#define iree_ffi_usable_size _msize
#else
#include <malloc.h>
#define iree_ffi_usable_size malloc_usable_size
#endif  // IREE_PLATFORM_*

// Counts down to the allocation that fails; 0 disables.
static iree_atomic_int32_t iree_ffi_countdown = IREE_ATOMIC_VAR_INIT(0);

void iree_ffi_fail_allocation(uint32_t countdown) {
  iree_atomic_store(&iree_ffi_countdown, (int32_t)countdown,
                    iree_memory_order_relaxed);
}

static bool iree_ffi_is_failing(void) {
  if (!iree_atomic_load(&iree_ffi_countdown, iree_memory_order_relaxed)) {
    return false;
  }
  return iree_atomic_fetch_sub(&iree_ffi_countdown, 1,
                               iree_memory_order_relaxed) == 1;
}

// Forwards everything to IREE's system allocator and counts it.
static iree_status_t iree_ffi_allocator_ctl(void* self,
                                            iree_allocator_command_t command,
                                            const void* params,
                                            void** inout_ptr) {
  iree_allocator_t system = iree_allocator_system();
  void* old_ptr = NULL;
  int64_t old_size = 0;
  if (command == IREE_ALLOCATOR_COMMAND_REALLOC ||
      command == IREE_ALLOCATOR_COMMAND_FREE) {
    old_ptr = *inout_ptr;
    old_size = old_ptr ? (int64_t)iree_ffi_usable_size(old_ptr) : 0;
  }
  if (command != IREE_ALLOCATOR_COMMAND_FREE && iree_ffi_is_failing()) {
    return iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED,
                            "allocation failed as asked");
  }
  IREE_RETURN_IF_ERROR(system.ctl(system.self, command, params, inout_ptr));
  if (old_ptr) iree_ffi_count_free(old_size);
  if (command != IREE_ALLOCATOR_COMMAND_FREE && *inout_ptr) {
    iree_ffi_count_allocation((int64_t)iree_ffi_usable_size(*inout_ptr));
  }
  return iree_ok_status();
}

iree_allocator_t iree_ffi_allocator(void) {
  iree_allocator_t allocator = {NULL, iree_ffi_allocator_ctl};
  return allocator;
}
