#include "internal.h"
#include "iree/async/frontier_tracker.h"
#include "iree/async/util/proactor_pool.h"
#include "iree/base/threading/numa.h"
#include "iree/hal/utils/allocators.h"
#include "iree/tooling/device_util.h"

// Options for creating devices from URIs.
typedef struct iree_ffi_device_options_t {
  // Packed: count, then the specification of each allocator.
  iree_ffi_reader_t allocators;
  // Packed for iree_ffi_local_task_device_create; empty for IREE's defaults.
  iree_ffi_reader_t task;
} iree_ffi_device_options_t;

// Wraps the device's allocator in the requested ones. Must run before any
// allocation: IREE treats a replaced allocator as destroyed.
static iree_status_t iree_ffi_device_wrap_allocator(iree_ffi_reader_t specs,
                                                    iree_hal_device_t* device) {
  uint32_t count = 0;
  IREE_RETURN_IF_ERROR(iree_ffi_read_u32(&specs, &count));
  for (uint32_t i = 0; i < count; ++i) {
    iree_string_view_t spec = iree_string_view_empty();
    IREE_RETURN_IF_ERROR(iree_ffi_read_string(&specs, &spec));
    // IREE releases the allocator that it wraps, as its callers own it.
    iree_hal_allocator_t* base = iree_hal_device_allocator(device);
    iree_hal_allocator_retain(base);
    iree_hal_allocator_t* wrapped = NULL;
    iree_status_t status =
        iree_hal_configure_allocator_from_spec(spec, device, base, &wrapped);
    if (!iree_status_is_ok(status)) {
      iree_hal_allocator_release(base);
      return iree_status_annotate_f(status, "configuring allocator '%.*s'",
                                    (int)spec.size, spec.data);
    }
    iree_hal_device_replace_allocator(device, wrapped);
    iree_hal_allocator_release(wrapped);
  }
  return iree_ok_status();
}

// A device, and its allocator before wrapping.
typedef struct iree_ffi_created_device_t {
  iree_hal_device_t* device;
  iree_hal_allocator_t* allocator;
} iree_ffi_created_device_t;

// Makes the statistics of a CPU device include allocations from its pools;
// other drivers count those themselves. The device must be in a group.
static iree_status_t iree_ffi_device_count_pools(
    const iree_ffi_created_device_t* created) {
  if (!iree_ffi_is_heap_allocator(created->allocator)) return iree_ok_status();
  iree_hal_queue_pool_backend_t backend;
  IREE_RETURN_IF_ERROR(iree_hal_device_query_queue_pool_backend(
      created->device, IREE_HAL_QUEUE_AFFINITY_ANY, &backend));
  iree_ffi_slab_provider_set_allocator(backend.slab_provider,
                                       created->allocator);
  return iree_ok_status();
}

// Creates one device of the group. The builder does not retain it, so the
// caller releases the device once the group exists.
static iree_status_t iree_ffi_device_create(
    iree_string_view_t uri, const iree_ffi_device_options_t* options,
    const iree_hal_device_create_params_t* create_params,
    iree_hal_device_group_builder_t* builder,
    iree_ffi_created_device_t* out_created) {
  if (options->task.length > 0 && iree_ffi_is_local_task_uri(uri)) {
    IREE_RETURN_IF_ERROR(iree_ffi_local_task_device_create(
        uri, options->task, create_params, &out_created->device));
  } else {
    IREE_RETURN_IF_ERROR(iree_hal_create_device(
        iree_hal_available_driver_registry(), uri, create_params,
        iree_ffi_allocator(), &out_created->device));
  }
  out_created->allocator = iree_hal_device_allocator(out_created->device);
  IREE_RETURN_IF_ERROR(
      iree_ffi_device_wrap_allocator(options->allocators, out_created->device));
  return iree_hal_device_group_builder_add_device(builder, out_created->device);
}

static iree_status_t iree_ffi_device_group_build(
    iree_ffi_reader_t* uris, const iree_ffi_device_options_t* options,
    iree_async_frontier_tracker_t* frontier_tracker,
    const iree_hal_device_create_params_t* create_params,
    iree_hal_device_group_t** out_group) {
  uint32_t count = 0;
  IREE_RETURN_IF_ERROR(iree_ffi_read_u32(uris, &count));
  if (count > IREE_HAL_TOPOLOGY_MAX_DEVICE_COUNT) {
    return iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED,
                            "%u devices requested; a group has at most %d",
                            count, IREE_HAL_TOPOLOGY_MAX_DEVICE_COUNT);
  }
  iree_ffi_created_device_t devices[IREE_HAL_TOPOLOGY_MAX_DEVICE_COUNT] = {
      {NULL}};
  iree_hal_device_group_builder_t builder;
  iree_hal_device_group_builder_initialize(&builder, frontier_tracker);
  iree_status_t status = iree_ok_status();
  for (uint32_t i = 0; i < count && iree_status_is_ok(status); ++i) {
    iree_string_view_t uri = iree_string_view_empty();
    status = iree_ffi_read_string(uris, &uri);
    if (iree_status_is_ok(status)) {
      status = iree_ffi_device_create(uri, options, create_params, &builder,
                                      &devices[i]);
    }
  }
  if (iree_status_is_ok(status)) {
    status = iree_hal_device_group_builder_finalize(
        &builder, iree_ffi_allocator(), out_group);
  } else {
    iree_hal_device_group_builder_deinitialize(&builder);
  }
  for (uint32_t i = 0; i < count && iree_status_is_ok(status); ++i) {
    status = iree_ffi_device_count_pools(&devices[i]);
  }
  for (uint32_t i = 0; i < count; ++i) {
    iree_hal_device_release(devices[i].device);
  }
  if (!iree_status_is_ok(status)) {
    iree_hal_device_group_release(*out_group);
    *out_group = NULL;
  }
  return status;
}

iree_hal_device_group_t* iree_ffi_device_group_create(
    const uint8_t* uris, uint32_t uris_length, const uint8_t* allocators,
    uint32_t allocators_length, const uint8_t* task, uint32_t task_length) {
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
    const iree_ffi_device_options_t options = {
        iree_ffi_reader(allocators, allocators_length),
        iree_ffi_reader(task, task_length),
    };
    iree_ffi_reader_t reader = iree_ffi_reader(uris, uris_length);
    status = iree_ffi_device_group_build(&reader, &options, frontier_tracker,
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
