#include "internal.h"
#include "iree/hal/local/loaders/registration/init.h"
#include "iree/hal/local/plugins/registration/init.h"

iree_status_t iree_ffi_loaders_create(iree_ffi_loaders_t* out_loaders) {
  out_loaders->count = 0;
  iree_hal_executable_plugin_manager_t* plugin_manager = NULL;
  // Empty unless plugins were named with iree_ffi_flag_set.
  IREE_RETURN_IF_ERROR(iree_hal_executable_plugin_manager_create_from_flags(
      iree_ffi_allocator(), &plugin_manager));
  iree_status_t status = iree_hal_create_all_available_executable_loaders(
      plugin_manager, IREE_ARRAYSIZE(out_loaders->list), &out_loaders->count,
      out_loaders->list, iree_ffi_allocator());
  iree_hal_executable_plugin_manager_release(plugin_manager);
  return status;
}

void iree_ffi_loaders_release(iree_ffi_loaders_t* loaders) {
  for (iree_host_size_t i = 0; i < loaders->count; ++i) {
    iree_hal_executable_loader_release(loaders->list[i]);
  }
}
