// Force-included before iree/hal/utils/debug_allocator.c, and before nothing else.
//
// A debug allocator retains its device and never releases it. It need not: the device holds the allocator, so that both would
// live for good.

#ifndef IREE_FFI_FIXES_DEBUG_ALLOCATOR_H_
#define IREE_FFI_FIXES_DEBUG_ALLOCATOR_H_

#include "iree/hal/api.h"

#define iree_hal_device_retain(device) ((void)0)

#endif  // IREE_FFI_FIXES_DEBUG_ALLOCATOR_H_
