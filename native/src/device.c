#include "iree/async/frontier_tracker.h"
#include "iree/async/util/proactor_pool.h"
#include "iree/base/threading/numa.h"
#include "iree/tooling/device_util.h"

#include "internal.h"

// Creates one device of the group; the builder does not retain what it is
// given, so the caller releases |out_device| once the group exists.
static iree_status_t iree_ffi_device_create(
    iree_string_view_t uri,
    const iree_hal_device_create_params_t* create_params,
    iree_hal_device_group_builder_t* builder, iree_hal_device_t** out_device) {
  IREE_RETURN_IF_ERROR(iree_hal_create_device(
      iree_hal_available_driver_registry(), uri, create_params,
      iree_ffi_allocator(), out_device));
  return iree_hal_device_group_builder_add_device(builder, *out_device);
}

static iree_status_t iree_ffi_device_group_build(
    iree_ffi_reader_t* uris, iree_async_frontier_tracker_t* frontier_tracker,
    const iree_hal_device_create_params_t* create_params,
    iree_hal_device_group_t** out_group) {
  uint32_t count = 0;
  IREE_RETURN_IF_ERROR(iree_ffi_read_u32(uris, &count));
  if (count > IREE_HAL_TOPOLOGY_MAX_DEVICE_COUNT) {
    return iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED,
                            "%u devices asked for; a group has at most %d",
                            count, IREE_HAL_TOPOLOGY_MAX_DEVICE_COUNT);
  }
  iree_hal_device_t* devices[IREE_HAL_TOPOLOGY_MAX_DEVICE_COUNT] = {NULL};
  iree_hal_device_group_builder_t builder;
  iree_hal_device_group_builder_initialize(&builder, frontier_tracker);
  iree_status_t status = iree_ok_status();
  for (uint32_t i = 0; i < count && iree_status_is_ok(status); ++i) {
    iree_string_view_t uri = iree_string_view_empty();
    status = iree_ffi_read_string(uris, &uri);
    if (iree_status_is_ok(status)) {
      status =
          iree_ffi_device_create(uri, create_params, &builder, &devices[i]);
    }
  }
  if (iree_status_is_ok(status)) {
    status = iree_hal_device_group_builder_finalize(
        &builder, iree_ffi_allocator(), out_group);
  } else {
    iree_hal_device_group_builder_deinitialize(&builder);
  }
  for (uint32_t i = 0; i < count; ++i) iree_hal_device_release(devices[i]);
  return status;
}

iree_hal_device_group_t* iree_ffi_device_group_create(const uint8_t* uris,
                                                      uint32_t uris_length) {
  iree_async_proactor_pool_t* proactor_pool = NULL;
  iree_async_frontier_tracker_t* frontier_tracker = NULL;
  iree_hal_device_group_t* group = NULL;
  iree_status_t status = iree_async_proactor_pool_create(
      iree_numa_node_count(), /*node_ids=*/NULL,
      iree_async_proactor_pool_options_default(), iree_ffi_allocator(),
      &proactor_pool);
  if (iree_status_is_ok(status)) {
    status = iree_async_frontier_tracker_create(
        iree_async_frontier_tracker_options_default(), iree_ffi_allocator(),
        &frontier_tracker);
  }
  if (iree_status_is_ok(status)) {
    iree_hal_device_create_params_t create_params =
        iree_hal_device_create_params_default();
    create_params.proactor_pool = proactor_pool;
    iree_ffi_reader_t reader = iree_ffi_reader(uris, uris_length);
    status = iree_ffi_device_group_build(&reader, frontier_tracker,
                                         &create_params, &group);
  }
  iree_async_frontier_tracker_release(frontier_tracker);
  iree_async_proactor_pool_release(proactor_pool);
  iree_ffi_check(status);
  return iree_ffi_hand_out(IREE_FFI_KIND_DEVICE_GROUP, group);
}

iree_status_t iree_ffi_device_at(iree_hal_device_group_t* group,
                                 uint32_t ordinal,
                                 iree_hal_device_t** out_device) {
  *out_device = iree_hal_device_group_device_at(group, ordinal);
  if (*out_device) return iree_ok_status();
  return iree_make_status(IREE_STATUS_OUT_OF_RANGE,
                          "no device %u in a group of %" PRIhsz, ordinal,
                          iree_hal_device_group_device_count(group));
}

uint32_t iree_ffi_device_id(iree_hal_device_group_t* group, uint32_t ordinal,
                            uint8_t* buffer, uint32_t capacity) {
  iree_hal_device_t* device = NULL;
  if (iree_ffi_check(iree_ffi_device_at(group, ordinal, &device))) {
    return IREE_FFI_FAILED;
  }
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_string_view_t id = iree_hal_device_id(device);
  iree_ffi_write_bytes(&writer, id.data, id.size);
  return iree_ffi_writer_length(&writer);
}
