#include "internal.h"
#include "iree/vm/dynamic/api.h"

// iree_vm_dynamic_module_load_from_file wraps the user's module so that the
// library is unloaded with it. It crashes if a creation function returns no
// module, or if the attributes of a C++ module are queried. Libraries stay
// loaded here, so the module does not need a wrapper: calls go straight to it.

static iree_status_t iree_ffi_read_parameters(const uint8_t* parameters,
                                              uint32_t parameters_length,
                                              iree_host_size_t* out_count,
                                              iree_string_pair_t** out_pairs) {
  iree_ffi_reader_t reader = iree_ffi_reader(parameters, parameters_length);
  uint32_t count = 0;
  IREE_RETURN_IF_ERROR(iree_ffi_read_u32(&reader, &count));
  if (count == 0) return iree_ok_status();
  iree_string_pair_t* pairs = NULL;
  IREE_RETURN_IF_ERROR(iree_allocator_malloc_array(
      iree_ffi_allocator(), count, sizeof(*pairs), (void**)&pairs));
  iree_status_t status = iree_ok_status();
  for (uint32_t i = 0; i < count && iree_status_is_ok(status); ++i) {
    status = iree_ffi_read_string(&reader, &pairs[i].key);
    if (iree_status_is_ok(status)) {
      status = iree_ffi_read_string(&reader, &pairs[i].value);
    }
  }
  if (iree_status_is_ok(status)) {
    *out_count = count;
    *out_pairs = pairs;
  } else {
    iree_allocator_free(iree_ffi_allocator(), pairs);
  }
  return status;
}

static iree_status_t iree_ffi_dynamic_module_instantiate(
    iree_ffi_instance_t* instance, const char* path, const char* export_name,
    iree_host_size_t parameter_count, const iree_string_pair_t* parameters,
    iree_vm_module_t** out_module) {
  iree_vm_dynamic_module_create_fn_t create_fn = NULL;
  IREE_RETURN_IF_ERROR(
      iree_ffi_library_lookup(path, export_name, (void**)&create_fn));
  iree_vm_module_t* module = NULL;
  IREE_RETURN_IF_ERROR(create_fn(
      IREE_VM_DYNAMIC_MODULE_VERSION_LATEST, iree_ffi_instance_vm(instance),
      parameter_count, parameters, iree_ffi_allocator(), &module));
  if (!module) {
    return iree_make_status(
        IREE_STATUS_INTERNAL,
        "creation function '%s' of library '%s' returned OK but no module",
        export_name, path);
  }
  *out_module = module;
  return iree_ok_status();
}

iree_vm_module_t* iree_ffi_dynamic_module_create(
    iree_ffi_instance_t* instance, const uint8_t* path, uint32_t path_length,
    const uint8_t* export_name, uint32_t export_name_length,
    const uint8_t* parameters, uint32_t parameters_length) {
  char* path_cstring = NULL;
  char* export_cstring = NULL;
  iree_host_size_t parameter_count = 0;
  iree_string_pair_t* parameter_pairs = NULL;
  iree_vm_module_t* module = NULL;

  iree_status_t status =
      iree_ffi_copy_cstring(iree_ffi_view(path, path_length), &path_cstring);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_copy_cstring(
        iree_ffi_view(export_name, export_name_length), &export_cstring);
  }
  if (iree_status_is_ok(status)) {
    status = iree_ffi_read_parameters(parameters, parameters_length,
                                      &parameter_count, &parameter_pairs);
  }
  if (iree_status_is_ok(status)) {
    status = iree_ffi_dynamic_module_instantiate(
        instance, path_cstring, export_cstring, parameter_count,
        parameter_pairs, &module);
  }

  iree_allocator_free(iree_ffi_allocator(), parameter_pairs);
  iree_allocator_free(iree_ffi_allocator(), export_cstring);
  iree_allocator_free(iree_ffi_allocator(), path_cstring);
  iree_ffi_check(status);
  return iree_ffi_hand_out(IREE_FFI_KIND_MODULE, module);
}
