#include "host.h"
#include "iree/async/semaphore.h"
#include "iree/modules/hal/types.h"
#include "ticket.h"

// Calls that run while the caller continues. Threads of the caller's runtime do
// the waiting. The thread that made the call may end first, so pending work
// retains the call, and the call keeps its outcome.

//===----------------------------------------------------------------------===//
// Functions that run on another thread
//===----------------------------------------------------------------------===//

uint32_t iree_ffi_call_hold_devices(iree_ffi_call_t* call,
                                    iree_hal_device_group_t* group) {
  for (iree_host_size_t i = 0; i < call->held_count; ++i) {
    if (call->held_devices[i] == group) return 0;
  }
  if (call->held_count == call->held_capacity &&
      iree_ffi_check(iree_allocator_grow_array(
          iree_ffi_allocator(), /*minimum_capacity=*/4, sizeof(group),
          &call->held_capacity, (void**)&call->held_devices))) {
    return iree_ffi_failure_code();
  }
  iree_hal_device_group_retain(group);
  call->held_devices[call->held_count++] = group;
  return 0;
}

// Keeps the outcome of the work and releases the call.
static void iree_ffi_call_keep(iree_ffi_call_t* call, iree_status_t status) {
  iree_status_free(call->status);
  call->status = status;
  iree_ffi_call_release(call);
}

static void iree_ffi_call_finish(iree_ffi_call_t* call, iree_status_t status) {
  iree_ffi_slots_release_refs(&call->arguments);
  iree_ffi_host_t* host = call->host;
  call->host = NULL;
  iree_ffi_call_keep(call, status);
  if (!host) return;
  iree_ffi_host_expect(host, /*begins=*/0);
  iree_ffi_host_release(host);
}

static void iree_ffi_call_drop_run(void* call) {
  iree_ffi_call_finish((iree_ffi_call_t*)call, iree_ok_status());
}

uint32_t iree_ffi_call_begin(iree_ffi_call_t* call, const uint8_t* arguments,
                             iree_ffi_host_t* host) {
  iree_ffi_slots_write(&call->arguments, arguments);
  iree_ffi_slots_release_refs(&call->results);
  iree_atomic_ref_count_inc(&call->ref_count);
  call->host = host;
  // The thread that runs the call may outlive the isolate.
  if (host) {
    iree_ffi_host_retain(host);
    iree_ffi_host_expect(host, /*begins=*/1);
  }
  return iree_ffi_ticket_issue(call, iree_ffi_call_drop_run);
}

void iree_ffi_call_run(uint32_t ticket) {
  iree_ffi_call_t* call = (iree_ffi_call_t*)iree_ffi_ticket_redeem(ticket);
  if (!call) return;
  iree_ffi_call_finish(call, call->takes_fences
                                 ? iree_ffi_call_submit_function(call)
                                 : iree_ffi_call_run_function(call));
}

uint32_t iree_ffi_call_end(iree_ffi_call_t* call, uint8_t* results) {
  iree_status_t status = iree_ffi_unless_lost(call->status);
  call->status = iree_ok_status();
  if (iree_status_is_ok(status) && results) {
    iree_ffi_slots_read(&call->results, results);
  }
  return iree_ffi_check(status);
}

//===----------------------------------------------------------------------===//
// Functions that signal a fence when they are done
//===----------------------------------------------------------------------===//

uint32_t iree_ffi_call_submit(iree_ffi_call_t* call, const uint8_t* arguments,
                              uint8_t* results) {
  iree_ffi_slots_write(&call->arguments, arguments);
  iree_ffi_slots_release_refs(&call->results);
  iree_status_t status = iree_ffi_call_submit_function(call);
  iree_ffi_slots_release_refs(&call->arguments);
  if (iree_status_is_ok(status)) iree_ffi_slots_read(&call->results, results);
  return iree_ffi_check(status);
}

static void iree_ffi_call_drop_wait(void* call) {
  iree_ffi_call_release((iree_ffi_call_t*)call);
}

uint32_t iree_ffi_call_hold(iree_ffi_call_t* call) {
  iree_atomic_ref_count_inc(&call->ref_count);
  return iree_ffi_ticket_issue(call, iree_ffi_call_drop_wait);
}

void iree_ffi_call_wait(uint32_t ticket) {
  iree_ffi_call_t* call = (iree_ffi_call_t*)iree_ffi_ticket_redeem(ticket);
  if (!call) return;
  iree_ffi_call_keep(call, iree_ffi_fence_wait(call->signal));
}

uint32_t iree_ffi_call_await(iree_ffi_call_t* call) {
  return iree_ffi_check(
      iree_ffi_unless_lost(iree_ffi_fence_wait(call->signal)));
}

// Signals a fence once another one is signaled or has failed: a failed call
// does not fail the call that follows it.
typedef struct iree_ffi_chain_t {
  iree_async_semaphore_timepoint_t timepoint;
  iree_hal_fence_t* before;
  iree_hal_fence_t* after;
} iree_ffi_chain_t;

static void iree_ffi_chain_free(iree_ffi_chain_t* chain) {
  iree_hal_fence_release(chain->before);
  iree_hal_fence_release(chain->after);
  iree_allocator_free(iree_ffi_allocator(), chain);
}

static void iree_ffi_chain_reached(void* user_data,
                                   iree_async_semaphore_timepoint_t* timepoint,
                                   iree_status_t status) {
  iree_ffi_chain_t* chain = (iree_ffi_chain_t*)user_data;
  iree_status_free(status);
  status = iree_hal_fence_signal(chain->after);
  if (!iree_status_is_ok(status)) iree_hal_fence_fail(chain->after, status);
  iree_ffi_chain_free(chain);
}

// Creates a fence for the call to wait for, signaled after |before|.
static iree_status_t iree_ffi_call_chain(iree_ffi_call_t* call,
                                         iree_hal_fence_t* before,
                                         iree_hal_fence_t** out_after) {
  iree_hal_semaphore_t* semaphore = NULL;
  IREE_RETURN_IF_ERROR(iree_hal_semaphore_create(
      call->memory.device, IREE_HAL_QUEUE_AFFINITY_ANY, /*initial_value=*/0,
      IREE_HAL_SEMAPHORE_FLAG_DEFAULT, &semaphore));
  iree_hal_fence_t* after = NULL;
  iree_status_t status = iree_hal_fence_create_at(semaphore, /*value=*/1,
                                                  iree_ffi_allocator(), &after);
  iree_hal_semaphore_release(semaphore);
  iree_ffi_chain_t* chain = NULL;
  if (iree_status_is_ok(status)) {
    status = iree_allocator_malloc(iree_ffi_allocator(), sizeof(*chain),
                                   (void**)&chain);
  }
  if (!iree_status_is_ok(status)) {
    iree_hal_fence_release(after);
    return status;
  }
  chain->before = before;
  iree_hal_fence_retain(before);
  chain->after = after;
  iree_hal_fence_retain(after);
  chain->timepoint.callback = iree_ffi_chain_reached;
  chain->timepoint.user_data = chain;
  // A signal fence has one semaphore.
  iree_hal_semaphore_list_t list = iree_hal_fence_semaphore_list(before);
  status = iree_async_semaphore_acquire_timepoint(
      (iree_async_semaphore_t*)list.semaphores[0], list.payload_values[0],
      &chain->timepoint);
  if (iree_status_is_ok(status)) {
    *out_after = after;
  } else {
    iree_ffi_chain_free(chain);
    iree_hal_fence_release(after);
  }
  return status;
}

uint32_t iree_ffi_call_follow(iree_ffi_call_t* call,
                              iree_ffi_call_t* predecessor) {
  if (!predecessor->signal) return 0;
  if (!call->takes_fences) {
    iree_hal_fence_release(call->before);
    call->before = predecessor->signal;
    iree_hal_fence_retain(call->before);
    return 0;
  }
  iree_hal_fence_t* after = NULL;
  iree_status_t status = iree_ffi_call_chain(call, predecessor->signal, &after);
  if (iree_status_is_ok(status)) {
    iree_vm_ref_t ref = iree_hal_fence_move_ref(after);
    iree_vm_ref_move(
        &ref, iree_ffi_slot_ref(&call->arguments, call->arguments.count - 2));
  }
  return iree_ffi_check(status);
}
