// Makes a local-task device report whether it has work left, and clean up correctly after a failed creation.
//
// The HAL cannot query a device for pending work. A barrier does not help: it only waits for work that it names. But
// the driver counts submitted work that is not done, in a structure private to its own file. So the functions below
// are compiled with that file (and IREE's own object is left out, in CMakeLists.txt).
//
// Also, if creating a device with several queues runs out of memory, IREE destroys queues that it never initialized.

#include "iree/hal/drivers/local_task/task_queue.h"

static void iree_ffi_task_queue_deinitialize(iree_hal_task_queue_t* queue) {
  if (queue->executor) iree_hal_task_queue_deinitialize(queue);
}

#define iree_hal_task_queue_deinitialize(queue) iree_ffi_task_queue_deinitialize(queue)
#include "iree/hal/drivers/local_task/task_device.c"
#undef iree_hal_task_queue_deinitialize

// The control and compute processes of a queue are counted as work as long as the queue exists.
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
