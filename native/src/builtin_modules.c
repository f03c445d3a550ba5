#include "internal.h"
#include "iree/modules/hal/inline/module.h"
#include "iree/modules/hal/loader/module.h"
#include "iree/modules/hal/module.h"
#include "iree/modules/vmvx/module.h"

iree_vm_module_t* iree_ffi_hal_module_create(
    iree_ffi_instance_t* instance, iree_hal_device_group_t* device_group) {
  iree_vm_module_t* module = NULL;
  iree_ffi_check(iree_hal_module_create(
      iree_ffi_instance_vm(instance), iree_hal_module_device_policy_default(),
      device_group, IREE_HAL_MODULE_FLAG_NONE,
      iree_hal_module_debug_sink_stdio(stderr), iree_ffi_allocator(),
      &module));
  return iree_ffi_hand_out(IREE_FFI_KIND_MODULE, module);
}

iree_vm_module_t* iree_ffi_hal_inline_module_create(
    iree_ffi_instance_t* instance) {
  iree_vm_module_t* module = NULL;
  iree_ffi_check(iree_hal_inline_module_create(
      iree_ffi_instance_vm(instance), IREE_HAL_INLINE_MODULE_FLAG_NONE,
      iree_hal_module_debug_sink_stdio(stderr),
      iree_ffi_instance_heap_allocator(instance), iree_ffi_allocator(),
      &module));
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
