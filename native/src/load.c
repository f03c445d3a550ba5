#include <string.h>

#include "iree/base/internal/atomics.h"
#include "ticket.h"

// Loads that run while the caller continues, on threads of the caller's
// runtime. The thread that began a load may end first, so pending work retains
// the load, and the load keeps its outcome.

// Does the work of |load| and keeps the object.
typedef iree_status_t (*iree_ffi_load_fn_t)(iree_ffi_load_t* load);

struct iree_ffi_load_t {
  // Work on another thread retains the load.
  iree_atomic_ref_count_t ref_count;
  iree_ffi_instance_t* instance;
  iree_ffi_load_fn_t fn;

  // Inputs; which ones are set depends on the function.
  char* path;
  iree_byte_span_t bytes;
  iree_ffi_module_list_t* modules;
  uint32_t flags;
  bool writable;

  // Devices that must outlive everything the load holds.
  iree_hal_device_group_t** held_devices;
  iree_host_size_t held_count;
  iree_host_size_t held_capacity;

  // The outcome.
  iree_status_t status;
  uint32_t kind;
  void* object;
};

//===----------------------------------------------------------------------===//
// Lifetime
//===----------------------------------------------------------------------===//

static iree_status_t iree_ffi_load_create(iree_ffi_instance_t* instance,
                                          uint32_t kind, iree_ffi_load_fn_t fn,
                                          iree_ffi_load_t** out_load) {
  iree_ffi_load_t* load = NULL;
  IREE_RETURN_IF_ERROR(iree_allocator_malloc(iree_ffi_allocator(),
                                             sizeof(*load), (void**)&load));
  memset(load, 0, sizeof(*load));
  iree_atomic_ref_count_init(&load->ref_count);
  load->instance = instance;
  iree_ffi_instance_retain(instance);
  load->kind = kind;
  load->fn = fn;
  *out_load = load;
  return iree_ok_status();
}

static void iree_ffi_load_drop_input(iree_ffi_load_t* load) {
  iree_allocator_free(iree_ffi_allocator(), load->path);
  load->path = NULL;
  iree_allocator_free_aligned(iree_ffi_allocator(), load->bytes.data);
  load->bytes = iree_byte_span_empty();
  if (load->modules) iree_ffi_module_list_free(load->modules);
  load->modules = NULL;
}

void iree_ffi_load_release(iree_ffi_load_t* load) {
  if (iree_atomic_ref_count_dec(&load->ref_count) != 1) return;
  iree_status_free(load->status);
  if (load->object) iree_ffi_object_release(load->kind, load->object);
  iree_ffi_load_drop_input(load);
  for (iree_host_size_t i = 0; i < load->held_count; ++i) {
    iree_hal_device_group_release(load->held_devices[i]);
  }
  iree_allocator_free(iree_ffi_allocator(), load->held_devices);
  iree_ffi_instance_t* instance = load->instance;
  iree_allocator_free(iree_ffi_allocator(), load);
  iree_ffi_instance_release(instance);
}

// Hands out a load that is ready to run, unless |status| is a failure.
static iree_ffi_load_t* iree_ffi_load_hand_out(iree_status_t status,
                                               iree_ffi_load_t* load) {
  if (iree_ffi_check(status)) {
    if (load) iree_ffi_load_release(load);
    return NULL;
  }
  return iree_ffi_hand_out(IREE_FFI_KIND_LOAD, load);
}

//===----------------------------------------------------------------------===//
// What can be loaded
//===----------------------------------------------------------------------===//

static iree_status_t iree_ffi_load_run_module_file(iree_ffi_load_t* load) {
  return iree_ffi_bytecode_module_open_path(load->instance, load->path,
                                            load->flags != 0,
                                            (iree_vm_module_t**)&load->object);
}

iree_ffi_load_t* iree_ffi_load_module_file(iree_ffi_instance_t* instance,
                                           const uint8_t* path,
                                           uint32_t path_length, uint32_t map) {
  iree_ffi_load_t* load = NULL;
  iree_status_t status = iree_ffi_load_create(
      instance, IREE_FFI_KIND_MODULE, iree_ffi_load_run_module_file, &load);
  if (iree_status_is_ok(status)) {
    load->flags = map;
    status =
        iree_ffi_copy_cstring(iree_ffi_view(path, path_length), &load->path);
  }
  return iree_ffi_load_hand_out(status, load);
}

static iree_status_t iree_ffi_load_run_module_bytes(iree_ffi_load_t* load) {
  const iree_byte_span_t bytes = load->bytes;
  load->bytes = iree_byte_span_empty();
  return iree_ffi_bytecode_module_make(load->instance, bytes,
                                       (iree_vm_module_t**)&load->object);
}

iree_ffi_load_t* iree_ffi_load_module_bytes(iree_ffi_instance_t* instance,
                                            const uint8_t* bytes,
                                            size_t length) {
  iree_ffi_load_t* load = NULL;
  iree_status_t status = iree_ffi_load_create(
      instance, IREE_FFI_KIND_MODULE, iree_ffi_load_run_module_bytes, &load);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_file_allocate(length, &load->bytes);
  }
  if (iree_status_is_ok(status) && length > 0) {
    memcpy(load->bytes.data, bytes, length);
  }
  return iree_ffi_load_hand_out(status, load);
}

static iree_status_t iree_ffi_load_run_parameter_file(iree_ffi_load_t* load) {
  return iree_ffi_parameter_file_open_path(
      load->path, load->flags, load->writable,
      (iree_io_file_handle_t**)&load->object);
}

iree_ffi_load_t* iree_ffi_load_parameter_file(iree_ffi_instance_t* instance,
                                              const uint8_t* path,
                                              uint32_t path_length,
                                              uint32_t mode,
                                              uint32_t writable) {
  iree_ffi_load_t* load = NULL;
  iree_status_t status =
      iree_ffi_load_create(instance, IREE_FFI_KIND_PARAMETER_FILE,
                           iree_ffi_load_run_parameter_file, &load);
  if (iree_status_is_ok(status)) {
    load->flags = mode;
    load->writable = writable != 0;
    status =
        iree_ffi_copy_cstring(iree_ffi_view(path, path_length), &load->path);
  }
  return iree_ffi_load_hand_out(status, load);
}

static iree_status_t iree_ffi_load_run_context(iree_ffi_load_t* load) {
  return iree_ffi_context_make(load->instance, load->flags, load->modules,
                               (iree_vm_context_t**)&load->object);
}

iree_ffi_load_t* iree_ffi_load_context(iree_ffi_instance_t* instance,
                                       uint32_t flags,
                                       iree_ffi_module_list_t* modules) {
  iree_ffi_load_t* load = NULL;
  iree_status_t status = iree_ffi_load_create(instance, IREE_FFI_KIND_CONTEXT,
                                              iree_ffi_load_run_context, &load);
  if (iree_status_is_ok(status)) {
    load->flags = flags;
    status = iree_ffi_module_list_copy(modules, &load->modules);
  }
  return iree_ffi_load_hand_out(status, load);
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

uint32_t iree_ffi_load_hold_devices(iree_ffi_load_t* load,
                                    iree_hal_device_group_t* group) {
  if (load->held_count == load->held_capacity &&
      iree_ffi_check(iree_allocator_grow_array(
          iree_ffi_allocator(), /*minimum_capacity=*/4, sizeof(group),
          &load->held_capacity, (void**)&load->held_devices))) {
    return iree_ffi_failure_code();
  }
  iree_hal_device_group_retain(group);
  load->held_devices[load->held_count++] = group;
  return 0;
}

static void iree_ffi_load_drop(void* load) {
  iree_ffi_load_release((iree_ffi_load_t*)load);
}

uint32_t iree_ffi_load_begin(iree_ffi_load_t* load) {
  iree_atomic_ref_count_inc(&load->ref_count);
  return iree_ffi_ticket_issue(load, iree_ffi_load_drop);
}

void iree_ffi_load_run(uint32_t ticket) {
  iree_ffi_load_t* load = (iree_ffi_load_t*)iree_ffi_ticket_redeem(ticket);
  if (!load) return;
  load->status = load->fn(load);
  iree_ffi_load_drop_input(load);
  iree_ffi_load_release(load);
}

void* iree_ffi_load_take(iree_ffi_load_t* load) {
  iree_status_t status = load->status;
  load->status = iree_ok_status();
  void* object = load->object;
  load->object = NULL;
  iree_ffi_check(status);
  return iree_ffi_hand_out(load->kind, object);
}
