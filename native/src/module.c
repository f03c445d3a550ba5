#include "internal.h"

typedef struct iree_ffi_dependency_writer_t {
  iree_ffi_writer_t* writer;
  uint32_t count;
} iree_ffi_dependency_writer_t;

static iree_status_t iree_ffi_count_dependency(
    void* user_data, const iree_vm_module_dependency_t* dependency) {
  ++((iree_ffi_dependency_writer_t*)user_data)->count;
  return iree_ok_status();
}

static iree_status_t iree_ffi_write_dependency(
    void* user_data, const iree_vm_module_dependency_t* dependency) {
  iree_ffi_writer_t* writer =
      ((iree_ffi_dependency_writer_t*)user_data)->writer;
  iree_ffi_write_string(writer, dependency->name);
  iree_ffi_write_u32(writer, dependency->minimum_version);
  iree_ffi_write_u32(writer, dependency->flags);
  return iree_ok_status();
}

static iree_status_t iree_ffi_write_dependencies(iree_vm_module_t* module,
                                                 iree_ffi_writer_t* writer) {
  iree_ffi_dependency_writer_t state = {writer, 0};
  IREE_RETURN_IF_ERROR(iree_vm_module_enumerate_dependencies(
      module, iree_ffi_count_dependency, &state));
  iree_ffi_write_u32(writer, state.count);
  return iree_vm_module_enumerate_dependencies(
      module, iree_ffi_write_dependency, &state);
}

uint32_t iree_ffi_module_describe(iree_vm_module_t* module, uint8_t* buffer,
                                  uint32_t capacity) {
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_vm_module_signature_t signature = iree_vm_module_signature(module);
  iree_ffi_write_string(&writer, iree_vm_module_name(module));
  iree_ffi_write_u32(&writer, signature.version);
  iree_ffi_write_u32(&writer, (uint32_t)signature.import_function_count);
  iree_ffi_write_u32(&writer, (uint32_t)signature.export_function_count);

  iree_status_t status = iree_ok_status();
  iree_ffi_write_u32(&writer, (uint32_t)signature.attr_count);
  for (iree_host_size_t i = 0;
       i < signature.attr_count && iree_status_is_ok(status); ++i) {
    iree_string_pair_t attribute = {0};
    status = iree_vm_module_get_attr(module, i, &attribute);
    iree_ffi_write_string(&writer, attribute.key);
    iree_ffi_write_string(&writer, attribute.value);
  }
  if (iree_status_is_ok(status)) {
    status = iree_ffi_write_dependencies(module, &writer);
  }
  if (iree_ffi_check(status)) return IREE_FFI_FAILED;
  return iree_ffi_writer_length(&writer);
}

// Modules end a function's attributes with OUT_OF_RANGE, or with NOT_FOUND if
// it has none.
static iree_status_t iree_ffi_get_function_attribute(
    iree_vm_function_t function, iree_host_size_t ordinal, bool* out_found,
    iree_string_pair_t* out_attribute) {
  iree_status_t status =
      iree_vm_function_get_attr(function, ordinal, out_attribute);
  *out_found = iree_status_is_ok(status);
  if (iree_status_is_out_of_range(status) || iree_status_is_not_found(status)) {
    return iree_status_ignore(status);
  }
  return status;
}

static iree_status_t iree_ffi_write_function(iree_vm_module_t* module,
                                             uint32_t linkage, uint32_t ordinal,
                                             iree_ffi_writer_t* writer) {
  iree_vm_function_t function = {0};
  iree_string_view_t name = iree_string_view_empty();
  iree_vm_function_signature_t signature = {{0}};
  IREE_RETURN_IF_ERROR(
      module->get_function(module->self, (iree_vm_function_linkage_t)linkage,
                           ordinal, &function, &name, &signature));
  iree_ffi_write_u32(writer, function.linkage);
  iree_ffi_write_string(writer, name);
  iree_ffi_write_string(writer, signature.calling_convention);

  // Only exports have attributes; querying those of an import fails.
  if (linkage != IREE_VM_FUNCTION_LINKAGE_EXPORT) {
    iree_ffi_write_u32(writer, 0);
    return iree_ok_status();
  }
  uint32_t count = 0;
  bool found = false;
  iree_string_pair_t attribute = {0};
  do {
    IREE_RETURN_IF_ERROR(
        iree_ffi_get_function_attribute(function, count, &found, &attribute));
    if (found) ++count;
  } while (found);
  iree_ffi_write_u32(writer, count);
  for (uint32_t i = 0; i < count; ++i) {
    IREE_RETURN_IF_ERROR(
        iree_ffi_get_function_attribute(function, i, &found, &attribute));
    iree_ffi_write_string(writer, attribute.key);
    iree_ffi_write_string(writer, attribute.value);
  }
  return iree_ok_status();
}

uint32_t iree_ffi_module_describe_function(iree_vm_module_t* module,
                                           uint32_t linkage, uint32_t ordinal,
                                           uint8_t* buffer, uint32_t capacity) {
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  if (iree_ffi_check(
          iree_ffi_write_function(module, linkage, ordinal, &writer))) {
    return IREE_FFI_FAILED;
  }
  return iree_ffi_writer_length(&writer);
}
