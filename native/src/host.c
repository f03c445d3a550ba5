#include "host.h"

#include <stdlib.h>
#include <string.h>

#include "iree/base/threading/processor.h"
#include "iree/base/threading/thread.h"
#include "iree/modules/hal/types.h"
#include "ticket.h"

// An isolate that defines modules, and the calls of their functions. A call on
// the isolate's thread goes through the callback. A call on another thread
// waits in a list until the isolate takes it, so that its functions may finish
// later, and so that the end of the isolate can end the wait.

//===----------------------------------------------------------------------===//
// Lifetime
//===----------------------------------------------------------------------===//

// Not counted, as the state of threads is not: it lives as long as the isolate.
iree_ffi_host_t* iree_ffi_host_create(iree_ffi_host_callback_t callback) {
  iree_ffi_host_t* host = (iree_ffi_host_t*)calloc(1, sizeof(*host));
  if (!host) {
    iree_ffi_check(iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED,
                                    "no memory for modules of the host"));
    return NULL;
  }
  iree_atomic_ref_count_init(&host->ref_count);
  iree_slim_mutex_initialize(&host->mutex);
  iree_notification_initialize(&host->notification);
  host->thread = iree_ffi_this_thread();
  host->callback = callback;
  return iree_ffi_hand_out(IREE_FFI_KIND_HOST, host);
}

void* iree_ffi_host_frame(iree_ffi_host_t* host) { return &host->frame; }

void iree_ffi_host_retain(iree_ffi_host_t* host) {
  iree_atomic_ref_count_inc(&host->ref_count);
}

void iree_ffi_host_release(iree_ffi_host_t* host) {
  if (iree_atomic_ref_count_dec(&host->ref_count) != 1) return;
  while (host->released) {
    iree_ffi_host_released_t* entry = host->released;
    host->released = entry->next;
    iree_allocator_free(iree_ffi_allocator(), entry);
  }
  iree_notification_deinitialize(&host->notification);
  iree_slim_mutex_deinitialize(&host->mutex);
  free(host);
}

static iree_status_t iree_ffi_host_ended(void) {
  return iree_make_status(
      IREE_STATUS_UNAVAILABLE,
      "the program or worker that defines the function has ended");
}

static void iree_ffi_host_finish_all(iree_ffi_host_call_t* call) {
  while (call) {
    // Its thread may return at once.
    iree_ffi_host_call_t* next = call->next;
    iree_status_free(call->status);
    call->status = iree_ffi_host_ended();
    iree_atomic_store(&call->is_done, 1, iree_memory_order_release);
    call = next;
  }
}

// Ends the calls that wait for the isolate, and all later ones.
static void iree_ffi_host_end(iree_ffi_host_t* host) {
  iree_slim_mutex_lock(&host->mutex);
  iree_atomic_store(&host->is_closed, 1, iree_memory_order_release);
  iree_ffi_host_call_t* pending = host->pending;
  host->pending = NULL;
  iree_slim_mutex_unlock(&host->mutex);
  iree_ffi_host_finish_all(pending);
  iree_ffi_host_finish_all(host->taken);
  host->taken = NULL;
  iree_notification_post(&host->notification, IREE_ALL_WAITERS);
}

void iree_ffi_host_close(iree_ffi_host_t* host) {
  iree_ffi_host_end(host);
  iree_ffi_host_release(host);
}

//===----------------------------------------------------------------------===//
// What native code released
//===----------------------------------------------------------------------===//

iree_status_t iree_ffi_host_released_create(
    uint32_t key, iree_ffi_host_released_t** out_released) {
  IREE_RETURN_IF_ERROR(iree_allocator_malloc(
      iree_ffi_allocator(), sizeof(**out_released), (void**)out_released));
  (*out_released)->next = NULL;
  (*out_released)->key = key;
  return iree_ok_status();
}

void iree_ffi_host_give_back(iree_ffi_host_t* host,
                             iree_ffi_host_released_t* entry) {
  if (iree_atomic_load(&host->is_closed, iree_memory_order_acquire)) {
    iree_allocator_free(iree_ffi_allocator(), entry);
    return;
  }
  iree_slim_mutex_lock(&host->mutex);
  entry->next = host->released;
  host->released = entry;
  iree_slim_mutex_unlock(&host->mutex);
  iree_atomic_fetch_add(&host->released_count, 1, iree_memory_order_release);
}

uint32_t iree_ffi_host_take_released(iree_ffi_host_t* host) {
  if (iree_atomic_load(&host->released_count, iree_memory_order_acquire) == 0) {
    return 0;
  }
  iree_slim_mutex_lock(&host->mutex);
  iree_ffi_host_released_t* entry = host->released;
  if (entry) host->released = entry->next;
  iree_slim_mutex_unlock(&host->mutex);
  if (!entry) return 0;
  iree_atomic_fetch_sub(&host->released_count, 1, iree_memory_order_relaxed);
  const uint32_t key = entry->key;
  iree_allocator_free(iree_ffi_allocator(), entry);
  return key;
}

//===----------------------------------------------------------------------===//
// Making calls
//===----------------------------------------------------------------------===//

static void iree_ffi_host_load_frame(iree_ffi_host_t* host,
                                     iree_ffi_host_call_t* call) {
  host->frame.id = call->id;
  host->frame.module_key = call->module_key;
  host->frame.ordinal = call->ordinal;
  host->frame.state = call->state;
  iree_ffi_slots_read(&call->arguments, host->frame.values);
}

// Takes the results from the frame, or releases those that were set.
static void iree_ffi_host_store_frame(iree_ffi_host_t* host,
                                      iree_ffi_host_call_t* call,
                                      uint32_t outcome) {
  if (outcome == IREE_FFI_HOST_RETURNED && iree_status_is_ok(call->status)) {
    iree_ffi_slots_write(&call->results, host->frame.values);
    return;
  }
  iree_ffi_slots_release_refs(&call->results);
  if (iree_status_is_ok(call->status)) {
    call->status = iree_make_status(IREE_STATUS_ABORTED,
                                    "the function did not return: its program "
                                    "or worker was terminated, or the stack "
                                    "overflowed");
  }
}

static iree_status_t iree_ffi_host_enter(iree_ffi_host_t* host,
                                         iree_ffi_host_call_t* call) {
  call->next = host->entered;
  host->entered = call;
  iree_ffi_host_load_frame(host, call);
  const uint32_t outcome = host->callback();
  host->entered = call->next;
  iree_ffi_host_store_frame(host, call, outcome);
  return call->status;
}

static bool iree_ffi_host_call_is_done(void* arg) {
  iree_ffi_host_call_t* call = (iree_ffi_host_call_t*)arg;
  return iree_atomic_load(&call->is_done, iree_memory_order_acquire) != 0;
}

// Looks at a condition before the thread offers its core to others: an answer
// takes a few microseconds, and a busy machine returns the core much later.
#define IREE_FFI_HOST_LOOKS 100

// Waits in a loop, since a wait with a deadline of microseconds takes a
// millisecond. Returns whether the condition was met in that time.
static bool iree_ffi_host_wait_briefly(iree_condition_fn_t condition, void* arg,
                                       uint32_t microseconds) {
  if (condition(arg)) return true;
  if (microseconds == 0) return false;
  for (int i = 0; i < IREE_FFI_HOST_LOOKS; ++i) {
    iree_processor_yield();
    if (condition(arg)) return true;
  }
  const iree_time_t deadline = iree_time_now() + 1000ll * microseconds;
  do {
    iree_thread_yield();
    if (condition(arg)) return true;
  } while (iree_time_now() < deadline);
  return false;
}

// A function that the isolate is waiting to call takes about that long.
#define IREE_FFI_HOST_CALL_MICROSECONDS 20

static iree_status_t iree_ffi_host_wait_for(iree_ffi_host_t* host,
                                            iree_ffi_host_call_t* call) {
  iree_slim_mutex_lock(&host->mutex);
  const bool is_closed =
      iree_atomic_load(&host->is_closed, iree_memory_order_acquire) != 0;
  if (!is_closed) {
    iree_ffi_host_call_t** end = &host->pending;
    while (*end) end = &(*end)->next;
    *end = call;
    iree_atomic_fetch_add(&host->pending_count, 1, iree_memory_order_release);
  }
  iree_slim_mutex_unlock(&host->mutex);
  if (is_closed) return iree_ffi_host_ended();
  iree_notification_post(&host->notification, IREE_ALL_WAITERS);
  if (!iree_ffi_host_wait_briefly(iree_ffi_host_call_is_done, call,
                                  IREE_FFI_HOST_CALL_MICROSECONDS)) {
    iree_notification_await(&host->notification, iree_ffi_host_call_is_done,
                            call, iree_infinite_timeout());
  }
  return call->status;
}

iree_status_t iree_ffi_host_perform(iree_ffi_host_t* host,
                                    iree_ffi_host_call_t* call) {
  static iree_atomic_int32_t last_id = IREE_ATOMIC_VAR_INIT(0);
  do {
    call->id = 1 + (uint32_t)iree_atomic_fetch_add(&last_id, 1,
                                                   iree_memory_order_relaxed);
  } while (call->id == 0);
  // The thread of an isolate that has ended may belong to another one.
  if (iree_atomic_load(&host->is_closed, iree_memory_order_acquire)) {
    return iree_ffi_host_ended();
  }
  return host->thread == iree_ffi_this_thread_if_any()
             ? iree_ffi_host_enter(host, call)
             : iree_ffi_host_wait_for(host, call);
}

//===----------------------------------------------------------------------===//
// Calls of other threads
//===----------------------------------------------------------------------===//

void iree_ffi_host_expect(iree_ffi_host_t* host, uint32_t begins) {
  if (begins) {
    iree_atomic_fetch_add(&host->expected_count, 1, iree_memory_order_relaxed);
    return;
  }
  if (iree_atomic_fetch_sub(&host->expected_count, 1,
                            iree_memory_order_acq_rel) == 1) {
    iree_notification_post(&host->notification, IREE_ALL_WAITERS);
  }
}

static void iree_ffi_host_drop(void* host) {
  iree_ffi_host_release((iree_ffi_host_t*)host);
}

uint32_t iree_ffi_host_hold(iree_ffi_host_t* host) {
  if (!iree_atomic_load(&host->expected_count, iree_memory_order_acquire)) {
    return 0;
  }
  iree_ffi_host_retain(host);
  const uint32_t ticket = iree_ffi_ticket_issue(host, iree_ffi_host_drop);
  // Nothing would answer the calls.
  if (ticket == 0) iree_ffi_host_end(host);
  return ticket;
}

static bool iree_ffi_host_has_news(void* arg) {
  iree_ffi_host_t* host = (iree_ffi_host_t*)arg;
  return iree_atomic_load(&host->pending_count, iree_memory_order_acquire) ||
         iree_atomic_load(&host->is_closed, iree_memory_order_acquire) ||
         !iree_atomic_load(&host->expected_count, iree_memory_order_acquire);
}

void iree_ffi_host_wait(uint32_t ticket) {
  iree_ffi_host_t* host = (iree_ffi_host_t*)iree_ffi_ticket_redeem(ticket);
  if (!host) return;
  iree_notification_await(&host->notification, iree_ffi_host_has_news, host,
                          iree_infinite_timeout());
  iree_ffi_host_release(host);
}

uint32_t iree_ffi_host_take(iree_ffi_host_t* host, uint32_t microseconds) {
  iree_ffi_host_wait_briefly(iree_ffi_host_has_news, host, microseconds);
  iree_slim_mutex_lock(&host->mutex);
  iree_ffi_host_call_t* call = host->pending;
  if (call) {
    host->pending = call->next;
    iree_atomic_fetch_sub(&host->pending_count, 1, iree_memory_order_relaxed);
  }
  iree_slim_mutex_unlock(&host->mutex);
  if (!call) return 0;
  call->next = host->taken;
  host->taken = call;
  iree_ffi_host_load_frame(host, call);
  return call->id;
}

void iree_ffi_host_finish(iree_ffi_host_t* host, uint32_t id,
                          uint32_t outcome) {
  iree_ffi_host_call_t** link = &host->taken;
  while (*link && (*link)->id != id) link = &(*link)->next;
  iree_ffi_host_call_t* call = *link;
  if (!call) return;
  *link = call->next;
  iree_ffi_host_store_frame(host, call, outcome);
  iree_atomic_store(&call->is_done, 1, iree_memory_order_release);
  iree_notification_post(&host->notification, IREE_ALL_WAITERS);
}

//===----------------------------------------------------------------------===//
// Arguments and results
//===----------------------------------------------------------------------===//

iree_status_t iree_ffi_host_find(iree_ffi_host_t* host, uint32_t id,
                                 iree_ffi_host_call_t** out_call) {
  iree_ffi_host_call_t* call = host->entered;
  while (call && call->id != id) call = call->next;
  if (!call) call = host->taken;
  while (call && call->id != id) call = call->next;
  *out_call = call;
  if (call) return iree_ok_status();
  return iree_make_status(IREE_STATUS_FAILED_PRECONDITION,
                          "the call of the function has ended");
}

static iree_status_t iree_ffi_host_argument(iree_ffi_host_t* host, uint32_t id,
                                            uint32_t ordinal,
                                            iree_vm_ref_t** out_ref) {
  iree_ffi_host_call_t* call = NULL;
  IREE_RETURN_IF_ERROR(iree_ffi_host_find(host, id, &call));
  IREE_RETURN_IF_ERROR(iree_ffi_slots_check_ref(&call->arguments, ordinal));
  *out_ref = iree_ffi_slot_ref(&call->arguments, ordinal);
  return iree_ok_status();
}

// Arguments are the caller's, so that they are retained here.
void* iree_ffi_host_take_ref(iree_ffi_host_t* host, uint32_t id,
                             uint32_t ordinal, uint32_t kind) {
  iree_vm_ref_t* argument = NULL;
  if (iree_ffi_check(iree_ffi_host_argument(host, id, ordinal, &argument))) {
    return NULL;
  }
  iree_vm_ref_t ref = iree_vm_ref_null();
  iree_vm_ref_retain(argument, &ref);
  void* object = NULL;
  if (iree_ffi_check(iree_ffi_ref_take(&ref, kind, &object))) {
    iree_vm_ref_release(&ref);
    return NULL;
  }
  return iree_ffi_hand_out(kind, object);
}

static iree_status_t iree_ffi_host_argument_view(
    iree_ffi_host_t* host, uint32_t id, uint32_t ordinal,
    iree_hal_buffer_view_t** out_view) {
  iree_vm_ref_t* ref = NULL;
  IREE_RETURN_IF_ERROR(iree_ffi_host_argument(host, id, ordinal, &ref));
  if (iree_ffi_ref_kind(ref) != IREE_FFI_KIND_BUFFER_VIEW) {
    return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                            "argument %u is not a tensor", ordinal);
  }
  *out_view = (iree_hal_buffer_view_t*)ref->ptr;
  return iree_ok_status();
}

uint32_t iree_ffi_host_read_tensor(iree_ffi_host_t* host, uint32_t id,
                                   uint32_t ordinal, double* dims,
                                   uint32_t dim_capacity, uint8_t* target,
                                   double length) {
  iree_hal_buffer_view_t* view = NULL;
  if (iree_ffi_check(iree_ffi_host_argument_view(host, id, ordinal, &view)) ||
      iree_ffi_buffer_view_read(view, /*offset=*/0, target, length)) {
    return IREE_FFI_FAILED;
  }
  const iree_host_size_t rank = iree_hal_buffer_view_shape_rank(view);
  for (iree_host_size_t i = 0; i < rank && i < dim_capacity; ++i) {
    dims[i] = (double)iree_hal_buffer_view_shape_dim(view, i);
  }
  return (uint32_t)rank;
}

static iree_status_t iree_ffi_host_result(iree_ffi_host_t* host, uint32_t id,
                                          uint32_t ordinal,
                                          iree_vm_ref_t** out_ref) {
  iree_ffi_host_call_t* call = NULL;
  IREE_RETURN_IF_ERROR(iree_ffi_host_find(host, id, &call));
  IREE_RETURN_IF_ERROR(iree_ffi_slots_check_ref(&call->results, ordinal));
  *out_ref = iree_ffi_slot_ref(&call->results, ordinal);
  return iree_ok_status();
}

uint32_t iree_ffi_host_set_ref(iree_ffi_host_t* host, uint32_t id,
                               uint32_t ordinal, uint32_t kind, void* object) {
  iree_vm_ref_t* result = NULL;
  iree_status_t status = iree_ffi_host_result(host, id, ordinal, &result);
  iree_vm_ref_t ref = iree_vm_ref_null();
  if (iree_status_is_ok(status)) {
    status = iree_ffi_ref_make(kind, object, &ref);
  }
  if (iree_status_is_ok(status)) iree_vm_ref_move(&ref, result);
  return iree_ffi_check(status);
}

uint32_t iree_ffi_host_set_tensor(iree_ffi_host_t* host, uint32_t id,
                                  uint32_t ordinal,
                                  iree_ffi_instance_t* instance,
                                  iree_hal_device_group_t* group,
                                  uint32_t element_type, const double* dims,
                                  uint32_t rank, const uint8_t* bytes,
                                  double length) {
  iree_vm_ref_t* result = NULL;
  iree_ffi_memory_t memory;
  iree_hal_buffer_view_t* view = NULL;
  iree_status_t status = iree_ffi_host_result(host, id, ordinal, &result);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_memory_find(instance, group, 0, &memory);
  }
  if (iree_status_is_ok(status)) {
    status = iree_ffi_buffer_view_make(
        memory, element_type, dims, rank,
        iree_make_const_byte_span(bytes, (iree_host_size_t)length), &view);
  }
  if (iree_status_is_ok(status)) {
    iree_vm_ref_t ref = iree_hal_buffer_view_move_ref(view);
    iree_vm_ref_move(&ref, result);
  }
  return iree_ffi_check(status);
}

void iree_ffi_host_fail(iree_ffi_host_t* host, uint32_t id, uint32_t code,
                        const uint8_t* message, uint32_t length) {
  iree_ffi_host_call_t* call = NULL;
  iree_status_t status = iree_ffi_host_find(host, id, &call);
  if (!iree_status_is_ok(status)) {
    iree_status_free(status);
    return;
  }
  iree_status_free(call->status);
  call->status = iree_make_status((iree_status_code_t)code, "%.*s", (int)length,
                                  (const char*)message);
}
