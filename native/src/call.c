#include <string.h>

#include "internal.h"
#include "iree/modules/hal/types.h"
#include "iree/vm/stack.h"

// Calls go to the module's begin_call directly instead of through
// iree_vm_invoke. That saves two lists, and mends what the lists do to
// references: iree_vm_invoke lends arguments to the callee without retaining
// them, while a C++ module's `vm::ref<T>` parameter takes its argument over,
// so that such a function called from the host releases it twice.

// One argument or result: its calling convention character and where it stands.
typedef struct iree_ffi_slot_t {
  char type;
  uint32_t offset;
} iree_ffi_slot_t;

// All arguments or all results of a function.
typedef struct iree_ffi_slots_t {
  uint32_t count;
  iree_ffi_slot_t* slots;
  iree_byte_span_t storage;
} iree_ffi_slots_t;

struct iree_ffi_call_t {
  iree_vm_context_t* context;
  iree_vm_function_t function;
  // Of a device that the context keeps alive, or of the instance.
  iree_ffi_memory_t memory;
  bool takes_fences;
  // Text of the module, which the context keeps alive.
  iree_string_view_t results_cconv;
  iree_ffi_slots_t arguments;
  iree_ffi_slots_t results;
};

//===----------------------------------------------------------------------===//
// Slots
//===----------------------------------------------------------------------===//

static iree_status_t iree_ffi_slots_initialize(iree_string_view_t cconv,
                                               iree_ffi_slots_t* slots) {
  iree_host_size_t size = 0;
  IREE_RETURN_IF_ERROR(iree_vm_function_call_compute_cconv_fragment_size(
      cconv, /*segment_size_list=*/NULL, &size));
  if (cconv.size == 0) return iree_ok_status();
  IREE_RETURN_IF_ERROR(iree_allocator_malloc_array(
      iree_ffi_allocator(), cconv.size, sizeof(*slots->slots),
      (void**)&slots->slots));
  IREE_RETURN_IF_ERROR(iree_allocator_malloc(iree_ffi_allocator(), size,
                                             (void**)&slots->storage.data));
  slots->storage.data_length = size;
  memset(slots->storage.data, 0, size);

  uint32_t offset = 0;
  for (iree_host_size_t i = 0; i < cconv.size; ++i) {
    const char type = cconv.data[i];
    uint32_t length = sizeof(int32_t);
    if (type == IREE_VM_CCONV_TYPE_I64 || type == IREE_VM_CCONV_TYPE_F64) {
      length = sizeof(int64_t);
      offset = (uint32_t)iree_host_align(offset, sizeof(int64_t));
    } else if (type == IREE_VM_CCONV_TYPE_REF) {
      length = sizeof(iree_vm_ref_t);
      offset = (uint32_t)iree_host_align(offset, iree_alignof(iree_vm_ref_t));
    }
    slots->slots[i].type = type;
    slots->slots[i].offset = offset;
    offset += length;
  }
  slots->count = (uint32_t)cconv.size;
  return iree_ok_status();
}

static iree_vm_ref_t* iree_ffi_slot_ref(iree_ffi_slots_t* slots, uint32_t i) {
  return (iree_vm_ref_t*)(slots->storage.data + slots->slots[i].offset);
}

static void iree_ffi_slots_release_refs(iree_ffi_slots_t* slots) {
  for (uint32_t i = 0; i < slots->count; ++i) {
    if (slots->slots[i].type == IREE_VM_CCONV_TYPE_REF) {
      iree_vm_ref_release(iree_ffi_slot_ref(slots, i));
    }
  }
}

static void iree_ffi_slots_deinitialize(iree_ffi_slots_t* slots) {
  iree_ffi_slots_release_refs(slots);
  iree_allocator_free(iree_ffi_allocator(), slots->storage.data);
  iree_allocator_free(iree_ffi_allocator(), slots->slots);
}

static iree_host_size_t iree_ffi_slot_value_size(char type) {
  return type == IREE_VM_CCONV_TYPE_I64 || type == IREE_VM_CCONV_TYPE_F64
             ? sizeof(int64_t)
             : sizeof(int32_t);
}

// Copies the values; references are in their slots already.
static void iree_ffi_slots_write(iree_ffi_slots_t* slots,
                                 const uint8_t* source) {
  for (uint32_t i = 0; i < slots->count; ++i) {
    const iree_ffi_slot_t slot = slots->slots[i];
    if (slot.type == IREE_VM_CCONV_TYPE_REF) continue;
    memcpy(slots->storage.data + slot.offset, source + slot.offset,
           iree_ffi_slot_value_size(slot.type));
  }
}

// What a caller learns of a reference without taking it.
typedef struct iree_ffi_ref_description_t {
  uint32_t kind;
  uint32_t element_type;
  double byte_length;
} iree_ffi_ref_description_t;

static iree_ffi_ref_description_t iree_ffi_ref_describe(
    const iree_vm_ref_t* ref) {
  iree_ffi_ref_description_t description = {iree_ffi_ref_kind(ref), 0, 0};
  if (description.kind == IREE_FFI_KIND_BUFFER_VIEW) {
    const iree_hal_buffer_view_t* view =
        (const iree_hal_buffer_view_t*)ref->ptr;
    description.element_type = iree_hal_buffer_view_element_type(view);
    description.byte_length = (double)iree_hal_buffer_view_byte_length(view);
  }
  return description;
}

// Copies the values, and of references their descriptions.
static void iree_ffi_slots_read(iree_ffi_slots_t* slots, uint8_t* target) {
  for (uint32_t i = 0; i < slots->count; ++i) {
    const iree_ffi_slot_t slot = slots->slots[i];
    if (slot.type == IREE_VM_CCONV_TYPE_REF) {
      iree_ffi_ref_description_t description =
          iree_ffi_ref_describe(iree_ffi_slot_ref(slots, i));
      memcpy(target + slot.offset, &description, sizeof(description));
    } else {
      memcpy(target + slot.offset, slots->storage.data + slot.offset,
             iree_ffi_slot_value_size(slot.type));
    }
  }
}

static iree_status_t iree_ffi_slots_check_ref(const iree_ffi_slots_t* slots,
                                              uint32_t ordinal) {
  if (ordinal >= slots->count ||
      slots->slots[ordinal].type != IREE_VM_CCONV_TYPE_REF) {
    return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                            "slot %u is no reference", ordinal);
  }
  return iree_ok_status();
}

//===----------------------------------------------------------------------===//
// Preparation
//===----------------------------------------------------------------------===//

static iree_status_t iree_ffi_call_parse(iree_ffi_call_t* call) {
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
    return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                            "a function of the model coarse-fences has two "
                            "fences as its last arguments, not `%.*s`",
                            (int)arguments_cconv.size, arguments_cconv.data);
  }
  IREE_RETURN_IF_ERROR(
      iree_ffi_slots_initialize(arguments_cconv, &call->arguments));
  return iree_ffi_slots_initialize(call->results_cconv, &call->results);
}

static iree_status_t iree_ffi_call_initialize(iree_ffi_call_t* call,
                                              iree_vm_context_t* context,
                                              uint32_t module_ordinal,
                                              iree_string_view_t name) {
  call->context = context;
  iree_vm_context_retain(context);
  iree_vm_module_t* module =
      iree_vm_context_module_at(context, module_ordinal);
  if (!module) {
    return iree_make_status(IREE_STATUS_OUT_OF_RANGE, "context has no module %u",
                            module_ordinal);
  }
  IREE_RETURN_IF_ERROR(iree_vm_module_lookup_function_by_name(
      module, IREE_VM_FUNCTION_LINKAGE_EXPORT, name, &call->function));
  return iree_ffi_call_parse(call);
}

iree_ffi_call_t* iree_ffi_call_create(
    iree_ffi_instance_t* instance, iree_vm_context_t* context,
    iree_hal_device_group_t* group, uint32_t takes_fences,
    uint32_t module_ordinal, const uint8_t* name, uint32_t name_length) {
  iree_ffi_call_t* call = NULL;
  iree_ffi_memory_t memory;
  if (iree_ffi_check(iree_ffi_memory_find(instance, group, 0, &memory)) ||
      iree_ffi_check(iree_allocator_malloc(iree_ffi_allocator(), sizeof(*call),
                                           (void**)&call))) {
    return NULL;
  }
  memset(call, 0, sizeof(*call));
  call->memory = memory;
  call->takes_fences = takes_fences != 0;
  if (iree_ffi_check(iree_ffi_call_initialize(
          call, context, module_ordinal, iree_ffi_view(name, name_length)))) {
    iree_ffi_call_free(call);
    return NULL;
  }
  return iree_ffi_hand_out(IREE_FFI_KIND_CALL, call);
}

void iree_ffi_call_free(iree_ffi_call_t* call) {
  iree_ffi_slots_deinitialize(&call->results);
  iree_ffi_slots_deinitialize(&call->arguments);
  iree_vm_context_release(call->context);
  iree_allocator_free(iree_ffi_allocator(), call);
}

//===----------------------------------------------------------------------===//
// Invocation
//===----------------------------------------------------------------------===//

// Waits where a call that yielded waits, if it can be resumed at all.
static iree_status_t iree_ffi_call_wait(iree_vm_invoke_state_t* state,
                                        const iree_vm_module_t* module) {
  iree_vm_stack_frame_t* top = iree_vm_stack_top(state->stack);
  if (!top) {
    return iree_make_status(IREE_STATUS_FAILED_PRECONDITION,
                            "unbalanced stack after yield");
  }
  // A bytecode module looks for its frame among these two, without end.
  iree_vm_stack_frame_t* parent = iree_vm_stack_parent_frame(state->stack);
  if (top->function.module != module &&
      (!parent || parent->function.module != module)) {
    return iree_make_status(
        IREE_STATUS_UNIMPLEMENTED,
        "a function yielded that cannot be resumed: it waits, or was called "
        "through more than one module");
  }
  iree_vm_stack_frame_t* frame = iree_vm_stack_current_frame(state->stack);
  if (frame->type != IREE_VM_STACK_FRAME_WAIT) return iree_ok_status();
  return iree_vm_wait_invoke(
      state, (iree_vm_wait_frame_t*)iree_vm_stack_frame_storage(frame),
      IREE_TIME_INFINITE_FUTURE);
}

// Resumes a call that yielded until it ends. Callers take the results of what
// they call, so it is the module that was called first that is resumed, and not
// the one that yielded as iree_vm_resume_invoke has it.
static void iree_ffi_call_finish(iree_vm_invoke_state_t* state,
                                 iree_vm_module_t* module) {
  while (iree_status_is_deferred(state->status)) {
    iree_status_t status = iree_ffi_call_wait(state, module);
    iree_status_free(state->status);
    state->status = iree_status_is_ok(status)
                        ? module->resume_call(module->self, state->stack,
                                              state->results)
                        : status;
  }
}

static iree_status_t iree_ffi_call_run(iree_ffi_call_t* call) {
  iree_vm_invocation_flags_t flags = IREE_VM_INVOCATION_FLAG_NONE;
  if (iree_vm_context_flags(call->context) &
      IREE_VM_CONTEXT_FLAG_TRACE_EXECUTION) {
    flags |= IREE_VM_INVOCATION_FLAG_TRACE_EXECUTION;
  }
  iree_vm_invoke_state_t state;
  state.context = call->context;
  state.cconv_results = call->results_cconv;
  state.results = call->results.storage;
  state.stack = NULL;
  IREE_RETURN_IF_ERROR(iree_vm_stack_initialize(
      iree_make_byte_span(state.stack_storage, sizeof(state.stack_storage)),
      flags, iree_vm_context_state_resolver(call->context),
      iree_ffi_allocator(), &state.stack));

  iree_vm_function_call_t function_call = {
      .function = call->function,
      .arguments = call->arguments.storage,
      .results = call->results.storage,
  };
  iree_vm_module_t* module = call->function.module;
  state.status = module->begin_call(module->self, state.stack, function_call);
  iree_ffi_call_finish(&state, module);
  iree_status_t status = state.status;
  if (!iree_status_is_ok(status)) {
    status = IREE_VM_STACK_ANNOTATE_BACKTRACE_IF_ENABLED(state.stack, status);
  }
  iree_vm_stack_deinitialize(state.stack);
  return status;
}

// Makes the fences that the function waits for, which is none, and signals.
static iree_status_t iree_ffi_call_set_fences(iree_ffi_call_t* call,
                                              iree_hal_fence_t** out_signal) {
  if (!call->memory.device) {
    return iree_make_status(IREE_STATUS_FAILED_PRECONDITION,
                            "a function of the model coarse-fences needs a "
                            "device, and the program uses none");
  }
  iree_hal_semaphore_t* semaphore = NULL;
  IREE_RETURN_IF_ERROR(iree_hal_semaphore_create(
      call->memory.device, IREE_HAL_QUEUE_AFFINITY_ANY, /*initial_value=*/0,
      IREE_HAL_SEMAPHORE_FLAG_DEFAULT, &semaphore));
  iree_status_t status = iree_hal_fence_create_at(
      semaphore, /*value=*/1, iree_ffi_allocator(), out_signal);
  iree_hal_semaphore_release(semaphore);
  if (iree_status_is_ok(status)) {
    const uint32_t last = call->arguments.count - 1;
    iree_vm_ref_t signal_ref = iree_hal_fence_retain_ref(*out_signal);
    iree_vm_ref_release(iree_ffi_slot_ref(&call->arguments, last - 1));
    iree_vm_ref_move(&signal_ref, iree_ffi_slot_ref(&call->arguments, last));
  }
  return status;
}

// Calls and, where the function says by a fence when it is done, waits for it.
static iree_status_t iree_ffi_call_run_whole(iree_ffi_call_t* call) {
  if (!call->takes_fences) return iree_ffi_call_run(call);
  iree_hal_fence_t* signal = NULL;
  iree_status_t status = iree_ffi_call_set_fences(call, &signal);
  if (iree_status_is_ok(status)) status = iree_ffi_call_run(call);
  if (iree_status_is_ok(status)) {
    status = iree_hal_fence_wait(signal, iree_infinite_timeout(),
                                 IREE_ASYNC_WAIT_FLAG_NONE);
  }
  iree_hal_fence_release(signal);
  return status;
}

uint32_t iree_ffi_call_set_tensor(iree_ffi_call_t* call, uint32_t ordinal,
                                  uint32_t element_type, const double* dims,
                                  uint32_t rank, const uint8_t* bytes,
                                  double length) {
  iree_hal_buffer_view_t* view = NULL;
  iree_status_t status = iree_ffi_slots_check_ref(&call->arguments, ordinal);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_buffer_view_make(
        call->memory, element_type, dims, rank,
        iree_make_const_byte_span(bytes, (iree_host_size_t)length), &view);
  }
  if (iree_status_is_ok(status)) {
    iree_vm_ref_t ref = iree_hal_buffer_view_move_ref(view);
    iree_vm_ref_move(&ref, iree_ffi_slot_ref(&call->arguments, ordinal));
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

uint32_t iree_ffi_call_invoke(iree_ffi_call_t* call, const uint8_t* arguments,
                              uint8_t* results) {
  iree_ffi_slots_write(&call->arguments, arguments);
  iree_ffi_slots_release_refs(&call->results);
  iree_status_t status = iree_ffi_call_run_whole(call);
  // What the callee did not take over; compiled functions retain their own.
  iree_ffi_slots_release_refs(&call->arguments);
  if (iree_status_is_ok(status)) iree_ffi_slots_read(&call->results, results);
  return iree_ffi_check(status);
}

void* iree_ffi_call_take_ref(iree_ffi_call_t* call, uint32_t ordinal) {
  if (iree_ffi_check(iree_ffi_slots_check_ref(&call->results, ordinal))) {
    return NULL;
  }
  iree_vm_ref_t* ref = iree_ffi_slot_ref(&call->results, ordinal);
  uint32_t kind = iree_ffi_ref_kind(ref);
  void* object = NULL;
  iree_ffi_check(iree_ffi_ref_take(ref, &object));
  return iree_ffi_hand_out(kind, object);
}
