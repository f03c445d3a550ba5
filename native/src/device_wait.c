#include "internal.h"

// How long to sleep between polls of a device: briefly at first, since most
// work is short.
#define IREE_FFI_SHORTEST_SLEEP_NS (10 * 1000)
#define IREE_FFI_LONGEST_SLEEP_NS (1000 * 1000)

static iree_status_t iree_ffi_still_busy(void) {
  return iree_make_status(IREE_STATUS_DEADLINE_EXCEEDED,
                          "the device is still busy");
}

static iree_status_t iree_ffi_poll_idle(iree_hal_device_t* device,
                                        bool (*is_idle)(iree_hal_device_t*),
                                        iree_time_t deadline) {
  iree_duration_t sleep = IREE_FFI_SHORTEST_SLEEP_NS;
  while (!is_idle(device)) {
    const iree_time_t now = iree_time_now();
    if (now >= deadline) return iree_ffi_still_busy();
    iree_wait_until(deadline - now < sleep ? deadline : now + sleep);
    sleep = iree_min(2 * sleep, IREE_FFI_LONGEST_SLEEP_NS);
  }
  return iree_ok_status();
}

// Returns -1 if the device's driver does not know the property.
static int64_t iree_ffi_query_or_none(iree_hal_device_t* device,
                                      iree_string_view_t category,
                                      iree_string_view_t key) {
  int64_t value = 0;
  iree_status_t status =
      iree_hal_device_query_i64(device, category, key, &value);
  return iree_status_consume_code(status) == IREE_STATUS_OK ? value : -1;
}

// The number of submissions that are not done; see fixes/vulkan_queue.h.
static int64_t iree_ffi_vulkan_unfinished_count(iree_hal_device_t* device) {
  return iree_ffi_query_or_none(device, IREE_SV("vulkan.queue"),
                                IREE_SV("unfinished_count"));
}

static bool iree_ffi_vulkan_device_is_idle(iree_hal_device_t* device) {
  return iree_ffi_vulkan_unfinished_count(device) <= 0;
}

// System queues signal a semaphore after all previous work; local-sync finishes
// previous work before it accepts more.
static iree_status_t iree_ffi_queue_wait_idle(iree_hal_device_t* device,
                                              iree_hal_queue_affinity_t queue,
                                              iree_time_t deadline) {
  iree_hal_semaphore_t* semaphore = NULL;
  IREE_RETURN_IF_ERROR(
      iree_hal_semaphore_create(device, queue, /*initial_value=*/0,
                                IREE_HAL_SEMAPHORE_FLAG_DEFAULT, &semaphore));
  uint64_t value = 1;
  const iree_hal_semaphore_list_t signal = {1, &semaphore, &value};
  iree_status_t status = iree_hal_device_queue_barrier(
      device, queue, iree_hal_semaphore_list_empty(), signal,
      IREE_HAL_EXECUTE_FLAG_NONE);
  if (iree_status_is_ok(status)) {
    status =
        iree_hal_semaphore_wait(semaphore, value, iree_make_deadline(deadline),
                                IREE_ASYNC_WAIT_FLAG_NONE);
  }
  iree_hal_semaphore_release(semaphore);
  if (iree_status_is_deadline_exceeded(status)) {
    iree_status_free(status);  // of the driver's own call
    return iree_ffi_still_busy();
  }
  return status;
}

static iree_status_t iree_ffi_queues_wait_idle(iree_hal_device_t* device,
                                               iree_time_t deadline) {
  int64_t count = iree_ffi_query_or_none(device, IREE_SV("hal.device"),
                                         IREE_SV("concurrency"));
  if (count < 0) count = 1;  // a driver that does not report it has one queue
  for (int64_t i = 0; i < count && i < IREE_HAL_MAX_QUEUES; ++i) {
    IREE_RETURN_IF_ERROR(iree_ffi_queue_wait_idle(device, 1ull << i, deadline));
  }
  return iree_ok_status();
}

static iree_status_t iree_ffi_vulkan_wait_idle(iree_hal_device_t* device,
                                               iree_time_t deadline) {
  IREE_RETURN_IF_ERROR(
      iree_ffi_poll_idle(device, iree_ffi_vulkan_device_is_idle, deadline));
  // A queue that has failed accepts no barrier, and says why.
  return iree_ffi_query_or_none(device, IREE_SV("vulkan.queue"),
                                IREE_SV("failed_count")) > 0
             ? iree_ffi_queues_wait_idle(device, deadline)
             : iree_ok_status();
}

static iree_status_t iree_ffi_wait_idle(iree_hal_device_t* device,
                                        iree_time_t deadline) {
  if (iree_ffi_is_local_task_device(device)) {
    return iree_ffi_poll_idle(device, iree_ffi_local_task_device_is_idle,
                              deadline);
  }
  return iree_ffi_vulkan_unfinished_count(device) >= 0
             ? iree_ffi_vulkan_wait_idle(device, deadline)
             : iree_ffi_queues_wait_idle(device, deadline);
}

void iree_ffi_device_group_settle(iree_hal_device_group_t* group) {
  const iree_host_size_t count = iree_hal_device_group_device_count(group);
  for (iree_host_size_t i = 0; i < count; ++i) {
    iree_hal_device_t* device = iree_hal_device_group_device_at(group, i);
    iree_status_free(iree_ffi_wait_idle(device, IREE_TIME_INFINITE_FUTURE));
  }
}

uint32_t iree_ffi_device_wait_idle(iree_hal_device_group_t* group,
                                   uint32_t ordinal, uint64_t timeout_ns) {
  const iree_time_t deadline = iree_timeout_as_deadline_ns(
      timeout_ns > INT64_MAX ? iree_infinite_timeout()
                             : iree_make_timeout_ns((int64_t)timeout_ns));
  iree_hal_device_t* device = NULL;
  iree_status_t status = iree_ffi_device_at(group, ordinal, &device);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_wait_idle(device, deadline);
  }
  return iree_ffi_check(status);
}
