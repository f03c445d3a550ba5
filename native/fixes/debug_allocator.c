// Makes debug allocators let go of what they have.
//
// IREE's retains its device and never releases it. It need not: the device holds the allocator, so that both would live for
// good. And it frees nothing that is given back to it, since buffers go back to the allocator below by themselves; but a
// caching allocator around it gives them back itself. So it is compiled here, and IREE's own object is left out (in
// CMakeLists.txt).

#include "iree/hal/api.h"

static void iree_hal_debug_allocator_deallocate_buffer(iree_hal_allocator_t* IREE_RESTRICT base_allocator,
                                                       iree_hal_buffer_t* IREE_RESTRICT buffer);

#define iree_hal_device_retain(device) ((void)0)
#define iree_hal_debug_allocator_deallocate_buffer(base_allocator, buffer) \
  iree_ffi_unused_deallocate_buffer(base_allocator, buffer)
#include "iree/hal/utils/debug_allocator.c"
#undef iree_hal_device_retain
#undef iree_hal_debug_allocator_deallocate_buffer

static void iree_hal_debug_allocator_deallocate_buffer(iree_hal_allocator_t* IREE_RESTRICT base_allocator,
                                                       iree_hal_buffer_t* IREE_RESTRICT buffer) {
  iree_hal_allocator_deallocate_buffer(iree_hal_debug_allocator_cast(base_allocator)->device_allocator, buffer);
}
