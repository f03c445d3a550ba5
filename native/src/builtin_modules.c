#include "host.h"
#include "iree/modules/hal/inline/module.h"
#include "iree/modules/hal/loader/module.h"
#include "iree/modules/hal/module.h"
#include "iree/modules/vmvx/module.h"
#include "iree/tooling/device_util.h"

// Selects the lead device (|user_data|) for every allocation that it can make.
static iree_status_t iree_ffi_hal_module_select(
    void* user_data, iree_host_size_t device_count,
    const iree_hal_device_queue_affinity_pair_t* devices,
    iree_hal_memory_type_t memory_types, iree_hal_buffer_usage_t buffer_usage,
    iree_hal_module_device_allocator_select_flags_t flags,
    iree_host_size_t* out_selection) {
  *out_selection = 0;
  for (iree_host_size_t i = 0; i < device_count; ++i) {
    if (devices[i].device == user_data) *out_selection = i;
  }
  return iree_ok_status();
}

// Where trace points go: to the isolate, or as text to stderr.
static iree_status_t iree_ffi_hal_sink_create(
    iree_ffi_host_t* host, uint32_t trace_key,
    iree_hal_module_debug_sink_t* out_sink) {
  if (host) return iree_ffi_host_sink_create(host, trace_key, out_sink);
  *out_sink = iree_hal_module_debug_sink_stdio(stderr);
  return iree_ok_status();
}

// Releases a sink that no module received.
static void iree_ffi_hal_sink_release(iree_hal_module_debug_sink_t sink) {
  if (sink.release.fn) sink.release.fn(sink.release.user_data);
}

iree_vm_module_t* iree_ffi_hal_module_create(
    iree_ffi_instance_t* instance, iree_hal_device_group_t* device_group,
    uint32_t lead, iree_ffi_host_t* host, uint32_t trace_key) {
  iree_hal_module_device_policy_t policy =
      iree_hal_module_device_policy_default();
  iree_hal_device_t* device = NULL;
  bool retain_metadata = false;
  iree_hal_module_debug_sink_t sink = iree_hal_module_debug_sink_null();
  iree_vm_module_t* module = NULL;
  iree_status_t status = iree_ffi_device_at(device_group, lead, &device);
  if (iree_status_is_ok(status)) {
    // Off unless profiling was enabled with iree_ffi_flag_set.
    status =
        iree_hal_profiling_from_flags_requires_retained_command_buffer_metadata(
            &retain_metadata);
  }
  if (iree_status_is_ok(status)) {
    status = iree_ffi_hal_sink_create(host, trace_key, &sink);
  }
  if (iree_status_is_ok(status)) {
    policy.allocator_select.fn = iree_ffi_hal_module_select;
    policy.allocator_select.user_data = device;
    status = iree_hal_module_create(
        iree_ffi_instance_vm(instance), policy, device_group,
        retain_metadata
            ? IREE_HAL_MODULE_FLAG_RETAIN_COMMAND_BUFFER_PROFILE_METADATA
            : IREE_HAL_MODULE_FLAG_NONE,
        sink, iree_ffi_allocator(), &module);
  }
  if (iree_ffi_check(status)) iree_ffi_hal_sink_release(sink);
  return iree_ffi_hand_out(IREE_FFI_KIND_MODULE, module);
}

iree_vm_module_t* iree_ffi_hal_inline_module_create(
    iree_ffi_instance_t* instance, iree_ffi_host_t* host, uint32_t trace_key) {
  iree_hal_module_debug_sink_t sink = iree_hal_module_debug_sink_null();
  iree_vm_module_t* module = NULL;
  iree_status_t status = iree_ffi_hal_sink_create(host, trace_key, &sink);
  if (iree_status_is_ok(status)) {
    status = iree_hal_inline_module_create(
        iree_ffi_instance_vm(instance), IREE_HAL_INLINE_MODULE_FLAG_NONE, sink,
        iree_ffi_instance_heap_allocator(instance), iree_ffi_allocator(),
        &module);
  }
  if (iree_ffi_check(status)) iree_ffi_hal_sink_release(sink);
  return iree_ffi_hand_out(IREE_FFI_KIND_MODULE, module);
}

iree_vm_module_t* iree_ffi_hal_loader_module_create(
    iree_ffi_instance_t* instance) {
  iree_ffi_loaders_t loaders;
  iree_vm_module_t* module = NULL;
  iree_status_t status = iree_ffi_loaders_create(&loaders);
  if (iree_status_is_ok(status)) {
    status = iree_hal_loader_module_create(
        iree_ffi_instance_vm(instance), IREE_HAL_LOADER_MODULE_FLAG_NONE,
        loaders.count, loaders.list, iree_ffi_allocator(), &module);
  }
  iree_ffi_loaders_release(&loaders);
  iree_ffi_check(status);
  return iree_ffi_hand_out(IREE_FFI_KIND_MODULE, module);
}

iree_vm_module_t* iree_ffi_vmvx_module_create(iree_ffi_instance_t* instance) {
  iree_vm_module_t* module = NULL;
  iree_ffi_check(iree_vmvx_module_create(iree_ffi_instance_vm(instance),
                                         iree_ffi_allocator(), &module));
  return iree_ffi_hand_out(IREE_FFI_KIND_MODULE, module);
}
