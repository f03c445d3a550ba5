#include "call.h"

#include <string.h>

#include "iree/modules/hal/types.h"

//===----------------------------------------------------------------------===//
// Preparation
//===----------------------------------------------------------------------===//

static iree_status_t iree_ffi_call_parse(iree_ffi_call_t* call,
                                         uint32_t arguments_length,
                                         uint32_t results_length) {
  iree_vm_function_signature_t signature =
      iree_vm_function_signature(&call->function);
  iree_string_view_t arguments_cconv = iree_string_view_empty();
  IREE_RETURN_IF_ERROR(iree_vm_function_call_get_cconv_fragments(
      &signature, &arguments_cconv, &call->results_cconv));
  if (iree_vm_function_call_is_variadic_cconv(signature.calling_convention)) {
    return iree_make_status(
        IREE_STATUS_UNIMPLEMENTED,
        "function takes a variable number of arguments (`%.*s`), which only "
        "compiled programs can pass",
        (int)signature.calling_convention.size,
        signature.calling_convention.data);
  }
  if (call->takes_fences &&
      !iree_string_view_ends_with(arguments_cconv, IREE_SV("rr"))) {
    return iree_make_status(
        IREE_STATUS_INVALID_ARGUMENT,
        "the last two arguments of a coarse-fences function "
        "must be fences, got `%.*s`",
        (int)arguments_cconv.size, arguments_cconv.data);
  }
  IREE_RETURN_IF_ERROR(iree_ffi_slots_initialize(
      arguments_cconv, arguments_length, &call->arguments));
  return iree_ffi_slots_initialize(call->results_cconv, results_length,
                                   &call->results);
}

static iree_status_t iree_ffi_call_initialize(iree_ffi_call_t* call,
                                              iree_vm_context_t* context,
                                              uint32_t module_ordinal,
                                              iree_string_view_t name,
                                              uint32_t arguments_length,
                                              uint32_t results_length) {
  call->context = context;
  iree_vm_context_retain(context);
  iree_vm_module_t* module = iree_vm_context_module_at(context, module_ordinal);
  if (!module) {
    return iree_make_status(IREE_STATUS_OUT_OF_RANGE,
                            "context has no module %u", module_ordinal);
  }
  IREE_RETURN_IF_ERROR(iree_vm_module_lookup_function_by_name(
      module, IREE_VM_FUNCTION_LINKAGE_EXPORT, name, &call->function));
  return iree_ffi_call_parse(call, arguments_length, results_length);
}

iree_ffi_call_t* iree_ffi_call_create(
    iree_ffi_instance_t* instance, iree_vm_context_t* context,
    iree_hal_device_group_t* group, uint32_t takes_fences,
    uint32_t module_ordinal, const uint8_t* name, uint32_t name_length,
    uint32_t arguments_length, uint32_t results_length) {
  iree_ffi_call_t* call = NULL;
  iree_ffi_memory_t memory;
  if (iree_ffi_check(iree_ffi_memory_find(instance, group, 0, &memory)) ||
      iree_ffi_check(iree_allocator_malloc(iree_ffi_allocator(), sizeof(*call),
                                           (void**)&call))) {
    return NULL;
  }
  memset(call, 0, sizeof(*call));
  iree_atomic_ref_count_init(&call->ref_count);
  call->instance = instance;
  iree_ffi_instance_retain(instance);
  call->memory = memory;
  call->takes_fences = takes_fences != 0;
  if (iree_ffi_check(iree_ffi_call_initialize(
          call, context, module_ordinal, iree_ffi_view(name, name_length),
          arguments_length, results_length))) {
    iree_ffi_call_release(call);
    return NULL;
  }
  return iree_ffi_hand_out(IREE_FFI_KIND_CALL, call);
}

void iree_ffi_call_release(iree_ffi_call_t* call) {
  if (iree_atomic_ref_count_dec(&call->ref_count) != 1) return;
  iree_status_free(call->status);
  iree_hal_fence_release(call->before);
  iree_hal_fence_release(call->signal);
  iree_ffi_slots_deinitialize(&call->results);
  iree_ffi_slots_deinitialize(&call->arguments);
  iree_vm_context_release(call->context);
  for (iree_host_size_t i = 0; i < call->held_count; ++i) {
    iree_hal_device_group_release(call->held_devices[i]);
  }
  iree_allocator_free(iree_ffi_allocator(), call->held_devices);
  iree_ffi_instance_t* instance = call->instance;
  iree_allocator_free(iree_ffi_allocator(), call);
  iree_ffi_instance_release(instance);
}

//===----------------------------------------------------------------------===//
// Arguments and results
//===----------------------------------------------------------------------===//

// Larger tensors are not kept: a function keeps its tensors for its whole
// lifetime. (Filling new memory costs several times as much as reusing memory
// of any size, because the system clears each page first.)
#define IREE_FFI_MAX_KEPT_LENGTH (16 * 1024 * 1024)

static bool iree_ffi_is_unshared(const void* resource) {
  return iree_atomic_ref_count_load(
             &((const iree_hal_resource_t*)resource)->ref_count) == 1;
}

// Whether |view| has that type and shape, and nothing else references it or its
// memory.
static bool iree_ffi_view_is_reusable(const iree_hal_buffer_view_t* view,
                                      uint32_t element_type, const double* dims,
                                      uint32_t rank, double length) {
  if (!view || iree_hal_buffer_view_element_type(view) != element_type ||
      iree_hal_buffer_view_shape_rank(view) != rank ||
      iree_hal_buffer_view_byte_length(view) != length) {
    return false;
  }
  for (uint32_t i = 0; i < rank; ++i) {
    if (iree_hal_buffer_view_shape_dim(view, i) != dims[i]) return false;
  }
  return iree_ffi_is_unshared(view) &&
         iree_ffi_is_unshared(iree_hal_buffer_view_buffer(view));
}

static iree_status_t iree_ffi_call_make_tensor(
    iree_ffi_call_t* call, uint32_t ordinal, uint32_t element_type,
    const double* dims, uint32_t rank, const uint8_t* bytes, double length) {
  iree_ffi_slot_t* slot = &call->arguments.slots[ordinal];
  iree_hal_buffer_view_t* view = slot->kept;
  if (iree_ffi_view_is_reusable(view, element_type, dims, rank, length)) {
    IREE_RETURN_IF_ERROR(
        iree_ffi_buffer_view_fill(view, /*offset=*/0, bytes, length));
  } else {
    slot->kept = NULL;
    iree_hal_buffer_view_release(view);
    view = NULL;
    IREE_RETURN_IF_ERROR(iree_ffi_buffer_view_make(
        call->memory, element_type, dims, rank,
        iree_make_const_byte_span(bytes, (iree_host_size_t)length), &view));
    if (length <= IREE_FFI_MAX_KEPT_LENGTH) {
      slot->kept = view;
    }
  }
  iree_vm_ref_t ref = slot->kept ? iree_hal_buffer_view_retain_ref(view)
                                 : iree_hal_buffer_view_move_ref(view);
  iree_vm_ref_move(&ref, iree_ffi_slot_ref(&call->arguments, ordinal));
  return iree_ok_status();
}

uint32_t iree_ffi_call_set_tensor(iree_ffi_call_t* call, uint32_t ordinal,
                                  uint32_t element_type, const double* dims,
                                  uint32_t rank, const uint8_t* bytes,
                                  double length) {
  iree_status_t status = iree_ffi_slots_check_ref(&call->arguments, ordinal);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_call_make_tensor(call, ordinal, element_type, dims, rank,
                                       bytes, length);
  }
  return iree_ffi_check(status);
}

uint32_t iree_ffi_call_begin_tensor(iree_ffi_call_t* call, uint32_t ordinal,
                                    uint32_t element_type, const double* dims,
                                    uint32_t rank, double length) {
  iree_hal_buffer_view_t* view = NULL;
  iree_status_t status = iree_ffi_slots_check_ref(&call->arguments, ordinal);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_buffer_view_allocate(call->memory, element_type, dims,
                                           rank, length, &view);
  }
  if (!view) return iree_ffi_check(status);
  if (!iree_ffi_buffer_is_mappable(iree_hal_buffer_view_buffer(view))) {
    iree_hal_buffer_view_release(view);
    return IREE_STATUS_UNAVAILABLE;
  }
  iree_vm_ref_t ref = iree_hal_buffer_view_move_ref(view);
  iree_vm_ref_move(&ref, iree_ffi_slot_ref(&call->arguments, ordinal));
  return 0;
}

uint32_t iree_ffi_call_fill_tensor(iree_ffi_call_t* call, uint32_t ordinal,
                                   double offset, const uint8_t* bytes,
                                   double length) {
  iree_status_t status = iree_ffi_slots_check_ref(&call->arguments, ordinal);
  if (iree_status_is_ok(status)) {
    iree_vm_ref_t* ref = iree_ffi_slot_ref(&call->arguments, ordinal);
    status = iree_ffi_ref_kind(ref) == IREE_FFI_KIND_BUFFER_VIEW
                 ? iree_ffi_buffer_view_fill((iree_hal_buffer_view_t*)ref->ptr,
                                             offset, bytes, length)
                 : iree_make_status(IREE_STATUS_FAILED_PRECONDITION,
                                    "argument %u is not a tensor", ordinal);
  }
  return iree_ffi_check(status);
}

uint32_t iree_ffi_call_set_ref(iree_ffi_call_t* call, uint32_t ordinal,
                               uint32_t kind, void* object) {
  iree_status_t status = iree_ffi_slots_check_ref(&call->arguments, ordinal);
  iree_vm_ref_t ref = iree_vm_ref_null();
  if (iree_status_is_ok(status)) {
    status = iree_ffi_ref_make(kind, object, &ref);
  }
  if (iree_status_is_ok(status)) {
    iree_vm_ref_move(&ref, iree_ffi_slot_ref(&call->arguments, ordinal));
  }
  return iree_ffi_check(status);
}

void iree_ffi_call_bind(iree_ffi_call_t* call) {
  iree_ffi_slots_bind(&call->arguments);
}

void* iree_ffi_call_take_ref(iree_ffi_call_t* call, uint32_t ordinal,
                             uint32_t kind) {
  if (iree_ffi_check(iree_ffi_slots_check_ref(&call->results, ordinal))) {
    return NULL;
  }
  iree_vm_ref_t* ref = iree_ffi_slot_ref(&call->results, ordinal);
  void* object = NULL;
  iree_ffi_check(iree_ffi_ref_take(ref, kind, &object));
  return iree_ffi_hand_out(kind, object);
}

uint32_t iree_ffi_call_read_tensor(iree_ffi_call_t* call, uint32_t ordinal,
                                   uint8_t* target, double length) {
  uint32_t code =
      iree_ffi_check(iree_ffi_slots_check_ref(&call->results, ordinal));
  if (code != 0) return code;
  iree_vm_ref_t* ref = iree_ffi_slot_ref(&call->results, ordinal);
  if (iree_ffi_ref_kind(ref) != IREE_FFI_KIND_BUFFER_VIEW) {
    return iree_ffi_check(iree_make_status(
        IREE_STATUS_INVALID_ARGUMENT, "result %u is not a tensor", ordinal));
  }
  code = iree_ffi_buffer_view_read((iree_hal_buffer_view_t*)ref->ptr,
                                   /*offset=*/0, target, length);
  if (code == 0) iree_vm_ref_release(ref);
  return code;
}
