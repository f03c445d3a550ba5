#include "call.h"
#include "iree/modules/hal/types.h"
#include "iree/vm/stack.h"
#include "operations.h"
#include "span_log.h"

// Calls the module's begin_call directly instead of iree_vm_invoke. That avoids
// two lists and fixes how they treat references. iree_vm_invoke passes
// arguments to the callee without retaining them, but a C++ module's
// `vm::ref<T>` parameter takes ownership of its argument. Such a function would
// release its argument twice when the host calls it.

// Waits for the wait source of a yielded call, if the call can be resumed.
static iree_status_t iree_ffi_call_wait_frame(iree_vm_invoke_state_t* state,
                                              const iree_vm_module_t* module) {
  iree_vm_stack_frame_t* top = iree_vm_stack_top(state->stack);
  if (!top) {
    return iree_make_status(IREE_STATUS_FAILED_PRECONDITION,
                            "unbalanced stack after yield");
  }
  // A bytecode module searches for its frame without a limit, so it must be one
  // of these two.
  iree_vm_stack_frame_t* parent = iree_vm_stack_parent_frame(state->stack);
  if (top->function.module != module &&
      (!parent || parent->function.module != module)) {
    return iree_make_status(
        IREE_STATUS_UNIMPLEMENTED,
        "cannot resume a function that yielded: it waits, or was called "
        "through more than one module");
  }
  iree_vm_stack_frame_t* frame = iree_vm_stack_current_frame(state->stack);
  if (frame->type != IREE_VM_STACK_FRAME_WAIT) return iree_ok_status();
  const iree_time_t start = iree_ffi_span_begin();
  iree_status_t status = iree_vm_wait_invoke(
      state, (iree_vm_wait_frame_t*)iree_vm_stack_frame_storage(frame),
      IREE_TIME_INFINITE_FUTURE);
  iree_ffi_span_end(IREE_FFI_SPAN_WAIT, start, /*bytes=*/0, status);
  return status;
}

// Resumes a yielded call until it ends. Callers take the results of their
// callees, so this resumes the module that was called first, not the one that
// yielded as iree_vm_resume_invoke does.
static void iree_ffi_call_finish(iree_vm_invoke_state_t* state,
                                 iree_vm_module_t* module) {
  while (iree_status_is_deferred(state->status)) {
    iree_status_t status = iree_ffi_call_wait_frame(state, module);
    iree_status_free(state->status);
    state->status =
        iree_status_is_ok(status)
            ? module->resume_call(module->self, state->stack, state->results)
            : status;
  }
}

iree_status_t iree_ffi_fence_wait(iree_hal_fence_t* fence) {
  const iree_time_t start = iree_ffi_span_begin();
  iree_status_t status = iree_hal_fence_wait(fence, iree_infinite_timeout(),
                                             IREE_ASYNC_WAIT_FLAG_NONE);
  iree_ffi_span_end(IREE_FFI_SPAN_WAIT, start, /*bytes=*/0, status);
  return status;
}

// Waits for the work that the call follows, and ignores its outcome.
static void iree_ffi_call_wait_before(iree_ffi_call_t* call) {
  if (!call->before) return;
  iree_status_free(iree_ffi_fence_wait(call->before));
  iree_hal_fence_release(call->before);
  call->before = NULL;
}

iree_status_t iree_ffi_call_run_function(iree_ffi_call_t* call) {
  iree_ffi_call_wait_before(call);
  iree_vm_invocation_flags_t flags = IREE_VM_INVOCATION_FLAG_NONE;
  if (iree_vm_context_flags(call->context) &
      IREE_VM_CONTEXT_FLAG_TRACE_EXECUTION) {
    flags |= IREE_VM_INVOCATION_FLAG_TRACE_EXECUTION;
  }
  const iree_time_t start = iree_ffi_span_begin();
  const bool is_recorded =
      IREE_UNLIKELY(start != 0) && iree_ffi_span_log_has_operations();
  if (is_recorded) flags |= IREE_FFI_INVOCATION_FLAG_RECORD;
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
  iree_ffi_operations_t operations;
  if (is_recorded) iree_ffi_operations_begin_call(&operations);
  state.status = module->begin_call(module->self, state.stack, function_call);
  iree_ffi_call_finish(&state, module);
  iree_status_t status = state.status;
  if (is_recorded) iree_ffi_operations_end_call(&operations, status);
  iree_ffi_span_end_function(IREE_FFI_SPAN_CALL, start, call->function, status);
  if (!iree_status_is_ok(status)) {
    status = IREE_VM_STACK_ANNOTATE_BACKTRACE_IF_ENABLED(state.stack, status);
  }
  iree_vm_stack_deinitialize(state.stack);
  return status;
}

// Creates the fence that the function signals. The fence that it waits for, if
// any, is already in its slot.
static iree_status_t iree_ffi_call_set_signal(iree_ffi_call_t* call) {
  if (!call->memory.device) {
    return iree_make_status(IREE_STATUS_FAILED_PRECONDITION,
                            "a coarse-fences function needs a device, but the "
                            "program does not use one");
  }
  iree_hal_fence_release(call->signal);
  call->signal = NULL;
  iree_hal_semaphore_t* semaphore = NULL;
  IREE_RETURN_IF_ERROR(iree_hal_semaphore_create(
      call->memory.device, IREE_HAL_QUEUE_AFFINITY_ANY, /*initial_value=*/0,
      IREE_HAL_SEMAPHORE_FLAG_DEFAULT, &semaphore));
  iree_status_t status = iree_hal_fence_create_at(
      semaphore, /*value=*/1, iree_ffi_allocator(), &call->signal);
  iree_hal_semaphore_release(semaphore);
  if (iree_status_is_ok(status)) {
    iree_vm_ref_t ref = iree_hal_fence_retain_ref(call->signal);
    iree_vm_ref_move(
        &ref, iree_ffi_slot_ref(&call->arguments, call->arguments.count - 1));
  }
  return status;
}

iree_status_t iree_ffi_call_submit_function(iree_ffi_call_t* call) {
  IREE_RETURN_IF_ERROR(iree_ffi_call_set_signal(call));
  return iree_ffi_call_run_function(call);
}

// Calls the function and waits for its fence, if it has one.
static iree_status_t iree_ffi_call_run_whole(iree_ffi_call_t* call) {
  if (!call->takes_fences) return iree_ffi_call_run_function(call);
  IREE_RETURN_IF_ERROR(iree_ffi_call_submit_function(call));
  return iree_ffi_fence_wait(call->signal);
}

uint32_t iree_ffi_call_invoke(iree_ffi_call_t* call, const uint8_t* arguments,
                              uint8_t* results) {
  iree_ffi_slots_write(&call->arguments, arguments);
  iree_ffi_slots_release_refs(&call->results);
  iree_status_t status = iree_ffi_call_run_whole(call);
  // Releases arguments that the callee did not take; compiled functions retain
  // their own.
  iree_ffi_slots_release_refs(&call->arguments);
  status = iree_ffi_unless_lost(status);
  if (iree_status_is_ok(status) && results) {
    iree_ffi_slots_read(&call->results, results);
  } else {
    iree_ffi_slots_release_refs(&call->results);
  }
  return iree_ffi_check(status);
}
