// A prepared call: shared by the source files about calls.

#ifndef IREE_FFI_CALL_H_
#define IREE_FFI_CALL_H_

#include "internal.h"
#include "iree/base/internal/atomics.h"

// One argument or result: its calling convention character and its offset.
typedef struct iree_ffi_slot_t {
  char type;
  uint32_t offset;
  // A tensor that was created for the argument. Refilled if the callee kept no
  // reference to it.
  iree_hal_buffer_view_t* kept;
  // The reference that every call passes, if it is bound.
  iree_vm_ref_t bound;
} iree_ffi_slot_t;

// All arguments or all results of a function.
typedef struct iree_ffi_slots_t {
  uint32_t count;
  iree_ffi_slot_t* slots;
  iree_byte_span_t storage;
} iree_ffi_slots_t;

// Fails where the caller has fewer than the bytes that the values need.
iree_status_t iree_ffi_slots_initialize(iree_string_view_t cconv,
                                        uint32_t length,
                                        iree_ffi_slots_t* slots);
void iree_ffi_slots_deinitialize(iree_ffi_slots_t* slots);
void iree_ffi_slots_release_refs(iree_ffi_slots_t* slots);
iree_status_t iree_ffi_slots_check_ref(const iree_ffi_slots_t* slots,
                                       uint32_t ordinal);

// Binds the references in the slots.
void iree_ffi_slots_bind(iree_ffi_slots_t* slots);

// Copies the values. References are already in their slots, or bound.
void iree_ffi_slots_write(iree_ffi_slots_t* slots, const uint8_t* source);

// Copies the values and the descriptions of references.
void iree_ffi_slots_read(iree_ffi_slots_t* slots, uint8_t* target);

static inline iree_vm_ref_t* iree_ffi_slot_ref(iree_ffi_slots_t* slots,
                                               uint32_t i) {
  return (iree_vm_ref_t*)(slots->storage.data + slots->slots[i].offset);
}

struct iree_ffi_call_t {
  // Work on other threads retains the call.
  iree_atomic_ref_count_t ref_count;
  iree_ffi_instance_t* instance;
  iree_vm_context_t* context;
  iree_vm_function_t function;
  // Memory of a device that the context keeps alive, or of the instance.
  iree_ffi_memory_t memory;
  bool takes_fences;
  // Points into the module, which the context keeps alive.
  iree_string_view_t results_cconv;
  iree_ffi_slots_t arguments;
  iree_ffi_slots_t results;
  // Signaled by the last submission.
  iree_hal_fence_t* signal;
  // Awaited by the next call if the function does not take a fence.
  iree_hal_fence_t* before;
  // Receives calls of the work on another thread, if it may make any.
  iree_ffi_host_t* host;
  // Outcome of the work on another thread.
  iree_status_t status;
  // Devices that must outlive everything the call holds.
  iree_hal_device_group_t** held_devices;
  iree_host_size_t held_count;
  iree_host_size_t held_capacity;
};

// Calls the function with the contents of its slots, after waiting for the call
// that it follows. It must not be running.
iree_status_t iree_ffi_call_run_function(iree_ffi_call_t* call);

// The same for a function of the model coarse-fences, which may still run on
// the device when this returns; |call->signal| signals its end.
iree_status_t iree_ffi_call_submit_function(iree_ffi_call_t* call);

// Waits for a fence without a limit.
iree_status_t iree_ffi_fence_wait(iree_hal_fence_t* fence);

#endif  // IREE_FFI_CALL_H_
