// Makes debug allocators release their device and buffers.
//
// IREE's debug allocator retains its device and never releases it. The device holds the allocator, so both would live
// forever; the reference is not needed. It also frees no buffer that is returned to it, since buffers return to the
// underlying allocator by themselves. But a caching allocator around it returns buffers directly. So the file is
// compiled here, and IREE's own object is left out (in CMakeLists.txt).

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
