#include "host.h"
#include "iree/modules/hal/types.h"
#include "ticket.h"

// The two fences of a function of the model coarse-fences: the function may use
// its arguments after the first, and signals the second when its results are
// written. Waits on other threads retain them.
struct iree_ffi_host_fences_t {
  iree_atomic_ref_count_t ref_count;
  iree_hal_fence_t* before;
  iree_hal_fence_t* after;
  iree_status_t failure;
};

static void iree_ffi_host_fences_settle(iree_ffi_host_fences_t* fences,
                                        iree_status_t status) {
  iree_hal_fence_t* after = fences->after;
  fences->after = NULL;
  if (!after) {
    iree_status_free(status);
    return;
  }
  if (iree_status_is_ok(status)) status = iree_hal_fence_signal(after);
  if (!iree_status_is_ok(status)) iree_hal_fence_fail(after, status);
  iree_hal_fence_release(after);
}

void iree_ffi_host_fences_free(iree_ffi_host_fences_t* fences) {
  if (iree_atomic_ref_count_dec(&fences->ref_count) != 1) return;
  iree_ffi_host_fences_settle(
      fences, iree_make_status(
                  IREE_STATUS_UNAVAILABLE,
                  "the program or worker that defines the function has ended"));
  iree_status_free(fences->failure);
  iree_hal_fence_release(fences->before);
  iree_allocator_free(iree_ffi_allocator(), fences);
}

static iree_status_t iree_ffi_host_fences_make(
    iree_ffi_host_t* host, uint32_t id, iree_ffi_host_fences_t** out_fences) {
  iree_ffi_host_call_t* call = NULL;
  IREE_RETURN_IF_ERROR(iree_ffi_host_find(host, id, &call));
  const uint32_t count = call->arguments.count;
  if (count < 2) {
    return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                            "the function takes no fences");
  }
  IREE_RETURN_IF_ERROR(iree_ffi_slots_check_ref(&call->arguments, count - 2));
  IREE_RETURN_IF_ERROR(iree_ffi_slots_check_ref(&call->arguments, count - 1));
  iree_vm_ref_t* before = iree_ffi_slot_ref(&call->arguments, count - 2);
  iree_vm_ref_t* after = iree_ffi_slot_ref(&call->arguments, count - 1);
  if ((before->ptr && !iree_hal_fence_isa(*before)) ||
      (after->ptr && !iree_hal_fence_isa(*after))) {
    return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                            "the last two arguments must be fences");
  }
  iree_ffi_host_fences_t* fences = NULL;
  IREE_RETURN_IF_ERROR(iree_allocator_malloc(iree_ffi_allocator(),
                                             sizeof(*fences), (void**)&fences));
  iree_atomic_ref_count_init(&fences->ref_count);
  fences->before = (iree_hal_fence_t*)before->ptr;
  fences->after = (iree_hal_fence_t*)after->ptr;
  fences->failure = iree_ok_status();
  if (fences->before) iree_hal_fence_retain(fences->before);
  if (fences->after) iree_hal_fence_retain(fences->after);
  *out_fences = fences;
  return iree_ok_status();
}

iree_ffi_host_fences_t* iree_ffi_host_take_fences(iree_ffi_host_t* host,
                                                  uint32_t id) {
  iree_ffi_host_fences_t* fences = NULL;
  iree_ffi_check(iree_ffi_host_fences_make(host, id, &fences));
  return iree_ffi_hand_out(IREE_FFI_KIND_HOST_FENCES, fences);
}

static void iree_ffi_host_fences_drop(void* fences) {
  iree_ffi_host_fences_free((iree_ffi_host_fences_t*)fences);
}

uint32_t iree_ffi_host_fences_hold(iree_ffi_host_fences_t* fences) {
  iree_atomic_ref_count_inc(&fences->ref_count);
  return iree_ffi_ticket_issue(fences, iree_ffi_host_fences_drop);
}

static void iree_ffi_host_fences_await(iree_ffi_host_fences_t* fences) {
  if (!fences->before) return;
  fences->failure = iree_hal_fence_wait(fences->before, iree_infinite_timeout(),
                                        IREE_ASYNC_WAIT_FLAG_NONE);
}

void iree_ffi_host_fences_wait(uint32_t ticket) {
  iree_ffi_host_fences_t* fences =
      (iree_ffi_host_fences_t*)iree_ffi_ticket_redeem(ticket);
  if (!fences) return;
  iree_ffi_host_fences_await(fences);
  iree_ffi_host_fences_free(fences);
}

uint32_t iree_ffi_host_fences_begin(iree_ffi_host_fences_t* fences) {
  iree_status_t status = fences->failure;
  fences->failure = iree_ok_status();
  if (iree_status_is_ok(status)) return 0;
  // What comes after fails in the same way.
  iree_ffi_host_fences_settle(fences, iree_status_clone(status));
  return iree_ffi_check(status);
}

uint32_t iree_ffi_host_fences_block(iree_ffi_host_fences_t* fences) {
  iree_ffi_host_fences_await(fences);
  return iree_ffi_host_fences_begin(fences);
}

void iree_ffi_host_fences_signal(iree_ffi_host_fences_t* fences) {
  iree_ffi_host_fences_settle(fences, iree_ok_status());
}

void iree_ffi_host_fences_fail(iree_ffi_host_fences_t* fences, uint32_t code,
                               const uint8_t* message, uint32_t length) {
  iree_ffi_host_fences_settle(
      fences, iree_make_status((iree_status_code_t)code, "%.*s", (int)length,
                               (const char*)message));
}
