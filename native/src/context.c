#include "internal.h"

struct iree_ffi_module_list_t {
  uint32_t count;
  uint32_t capacity;
  iree_vm_module_t* modules[];
};

static iree_status_t iree_ffi_module_list_allocate(
    uint32_t capacity, iree_ffi_module_list_t** out_list) {
  iree_host_size_t size =
      sizeof(**out_list) + capacity * sizeof(iree_vm_module_t*);
  IREE_RETURN_IF_ERROR(
      iree_allocator_malloc(iree_ffi_allocator(), size, (void**)out_list));
  (*out_list)->count = 0;
  (*out_list)->capacity = capacity;
  return iree_ok_status();
}

iree_ffi_module_list_t* iree_ffi_module_list_create(uint32_t capacity) {
  iree_ffi_module_list_t* list = NULL;
  iree_ffi_check(iree_ffi_module_list_allocate(capacity, &list));
  return iree_ffi_hand_out(IREE_FFI_KIND_MODULE_LIST, list);
}

static void iree_ffi_module_list_append(iree_ffi_module_list_t* list,
                                        iree_vm_module_t* module) {
  iree_vm_module_retain(module);
  list->modules[list->count++] = module;
}

uint32_t iree_ffi_module_list_push(iree_ffi_module_list_t* list,
                                   iree_vm_module_t* module) {
  if (list->count == list->capacity) {
    return iree_ffi_check(iree_make_status(
        IREE_STATUS_OUT_OF_RANGE, "module list was created for %u modules",
        list->capacity));
  }
  iree_ffi_module_list_append(list, module);
  return 0;
}

iree_status_t iree_ffi_module_list_copy(const iree_ffi_module_list_t* list,
                                        iree_ffi_module_list_t** out_copy) {
  IREE_RETURN_IF_ERROR(iree_ffi_module_list_allocate(list->count, out_copy));
  for (uint32_t i = 0; i < list->count; ++i) {
    iree_ffi_module_list_append(*out_copy, list->modules[i]);
  }
  return iree_ok_status();
}

void iree_ffi_module_list_free(iree_ffi_module_list_t* list) {
  for (uint32_t i = 0; i < list->count; ++i) {
    iree_vm_module_release(list->modules[i]);
  }
  iree_allocator_free(iree_ffi_allocator(), list);
}

iree_status_t iree_ffi_context_make(iree_ffi_instance_t* instance,
                                    uint32_t flags,
                                    const iree_ffi_module_list_t* modules,
                                    iree_vm_context_t** out_context) {
  iree_vm_context_t* context = NULL;
  IREE_RETURN_IF_ERROR(iree_vm_context_create_with_modules(
      iree_ffi_instance_vm(instance), flags, modules->count,
      (iree_vm_module_t**)modules->modules, iree_ffi_allocator(), &context));
  // Initializers read parameters.
  iree_status_t status = iree_ffi_mapped_files_check();
  if (iree_status_is_ok(status)) {
    *out_context = context;
  } else {
    iree_vm_context_release(context);
  }
  return status;
}

iree_vm_context_t* iree_ffi_context_create(iree_ffi_instance_t* instance,
                                           uint32_t flags,
                                           iree_ffi_module_list_t* modules) {
  iree_vm_context_t* context = NULL;
  iree_ffi_check(iree_ffi_context_make(instance, flags, modules, &context));
  return iree_ffi_hand_out(IREE_FFI_KIND_CONTEXT, context);
}

iree_vm_context_t* iree_ffi_context_fork(iree_vm_context_t* context) {
  iree_vm_context_t* fork = NULL;
  iree_ffi_check(iree_vm_context_fork(context, iree_ffi_allocator(), &fork));
  return iree_ffi_hand_out(IREE_FFI_KIND_CONTEXT, fork);
}
