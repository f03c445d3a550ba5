#include "iree/base/internal/path.h"
#include "iree/hal/drivers/local_task/task_driver.h"
#include "task_topology.h"

// Creates local-task devices like IREE's registry, but with separate options
// for each executor. IREE takes them from flags, which a process has only once.

#define IREE_FFI_LOCAL_TASK IREE_SV("local-task")

// The capacity of IREE's registry.
#define IREE_FFI_EXECUTOR_CAPACITY 16

typedef struct iree_ffi_executors_t {
  iree_task_executor_options_t options;
  iree_host_size_t count;
  iree_task_executor_t* list[IREE_FFI_EXECUTOR_CAPACITY];
} iree_ffi_executors_t;

static iree_status_t iree_ffi_executors_add(
    const iree_task_topology_t* topology, void* user_data) {
  iree_ffi_executors_t* executors = (iree_ffi_executors_t*)user_data;
  if (executors->count == IREE_ARRAYSIZE(executors->list)) {
    return iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED,
                            "a device has workers on at most %d topologies",
                            IREE_FFI_EXECUTOR_CAPACITY);
  }
  IREE_RETURN_IF_ERROR(iree_task_executor_create(
      executors->options, topology, iree_ffi_allocator(),
      &executors->list[executors->count]));
  ++executors->count;
  return iree_ok_status();
}

static iree_status_t iree_ffi_executors_create(
    iree_ffi_reader_t task, iree_ffi_executors_t* out_executors) {
  iree_ffi_task_options_t options;
  IREE_RETURN_IF_ERROR(iree_ffi_task_options_read(task, &options));
  out_executors->options = options.executor;
  IREE_RETURN_IF_ERROR(iree_ffi_task_topologies_visit(
      &options, iree_ffi_executors_add, out_executors));
  if (out_executors->count > 0) return iree_ok_status();
  return iree_make_status(IREE_STATUS_NOT_FOUND,
                          "none of the requested CPUs is available");
}

static iree_status_t iree_ffi_local_task_driver_create(
    const iree_ffi_executors_t* executors, iree_hal_driver_t** out_driver) {
  iree_ffi_loaders_t loaders;
  iree_hal_allocator_t* allocator = NULL;
  iree_status_t status = iree_ffi_loaders_create(&loaders);
  if (iree_status_is_ok(status)) {
    status =
        iree_hal_allocator_create_heap(IREE_SV("local"), iree_ffi_allocator(),
                                       iree_ffi_allocator(), &allocator);
  }
  if (iree_status_is_ok(status)) {
    iree_hal_task_device_params_t params;
    iree_hal_task_device_params_initialize(&params);
    status = iree_hal_task_driver_create(IREE_FFI_LOCAL_TASK, &params,
                                         executors->count, executors->list,
                                         loaders.count, loaders.list, allocator,
                                         iree_ffi_allocator(), out_driver);
  }
  iree_hal_allocator_release(allocator);
  iree_ffi_loaders_release(&loaders);
  return status;
}

bool iree_ffi_is_local_task_uri(iree_string_view_t uri) {
  return iree_string_view_equal(iree_uri_schema(uri), IREE_FFI_LOCAL_TASK);
}

iree_status_t iree_ffi_local_task_device_create(
    iree_string_view_t uri, iree_ffi_reader_t task,
    const iree_hal_device_create_params_t* create_params,
    iree_hal_device_t** out_device) {
  iree_ffi_executors_t executors = {{0}};
  iree_hal_driver_t* driver = NULL;
  iree_status_t status = iree_ffi_executors_create(task, &executors);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_local_task_driver_create(&executors, &driver);
  }
  if (iree_status_is_ok(status)) {
    status = iree_hal_driver_create_device_by_uri(
        driver, uri, create_params, iree_ffi_allocator(), out_device);
  }
  iree_hal_driver_release(driver);
  for (iree_host_size_t i = 0; i < executors.count; ++i) {
    iree_task_executor_release(executors.list[i]);
  }
  return status;
}
