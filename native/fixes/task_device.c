// Makes a local-task device tell whether it has work left, and end well when it was not finished.
//
// A HAL device cannot be asked. A barrier does not tell either: it waits for no work that it does not name. But the driver
// counts what was submitted and is not done, in a structure that only its own file knows, so the functions below are compiled
// with that file (and IREE's own object is left out, in CMakeLists.txt).
//
// And a device of several queues that could not be created, for want of memory, takes down those that it never came to.

#include "iree/hal/drivers/local_task/task_queue.h"

static void iree_ffi_task_queue_deinitialize(iree_hal_task_queue_t* queue) {
  if (queue->executor) iree_hal_task_queue_deinitialize(queue);
}

#define iree_hal_task_queue_deinitialize(queue) iree_ffi_task_queue_deinitialize(queue)
#include "iree/hal/drivers/local_task/task_device.c"
#undef iree_hal_task_queue_deinitialize

// A queue's control and compute processes are counted like work, as long as the queue is there.
#define IREE_FFI_QUEUE_PROCESS_COUNT 2

bool iree_ffi_is_local_task_device(iree_hal_device_t* device) {
  return iree_hal_resource_is(device, &iree_hal_task_device_vtable);
}

bool iree_ffi_local_task_device_is_idle(iree_hal_device_t* base_device) {
  iree_hal_task_device_t* device = iree_hal_task_device_cast(base_device);
  for (iree_host_size_t i = 0; i < device->queue_count; ++i) {
    if (iree_atomic_ref_count_load(&device->queues[i].scope.pending_submissions) > IREE_FFI_QUEUE_PROCESS_COUNT) {
      return false;
    }
  }
  return true;
}
