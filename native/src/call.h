// A prepared call: what the files about calls share.

#ifndef IREE_FFI_CALL_H_
#define IREE_FFI_CALL_H_

#include "internal.h"
#include "iree/base/internal/atomics.h"

// One argument or result: its calling convention character and where it stands.
typedef struct iree_ffi_slot_t {
  char type;
  uint32_t offset;
  // A tensor that was made for the argument, to be filled again when the callee
  // has kept nothing of it.
  iree_hal_buffer_view_t* kept;
  // The reference that each call is made with, if it is the same in all.
  iree_vm_ref_t bound;
} iree_ffi_slot_t;

// All arguments or all results of a function.
typedef struct iree_ffi_slots_t {
  uint32_t count;
  iree_ffi_slot_t* slots;
  iree_byte_span_t storage;
} iree_ffi_slots_t;

iree_status_t iree_ffi_slots_initialize(iree_string_view_t cconv,
                                        iree_ffi_slots_t* slots);
void iree_ffi_slots_deinitialize(iree_ffi_slots_t* slots);
void iree_ffi_slots_release_refs(iree_ffi_slots_t* slots);
iree_status_t iree_ffi_slots_check_ref(const iree_ffi_slots_t* slots,
                                       uint32_t ordinal);

// Binds the references that are in their slots.
void iree_ffi_slots_bind(iree_ffi_slots_t* slots);

// Copies the values; references are in their slots already, or are bound.
void iree_ffi_slots_write(iree_ffi_slots_t* slots, const uint8_t* source);

// Copies the values, and of references their descriptions.
void iree_ffi_slots_read(iree_ffi_slots_t* slots, uint8_t* target);

static inline iree_vm_ref_t* iree_ffi_slot_ref(iree_ffi_slots_t* slots,
                                               uint32_t i) {
  return (iree_vm_ref_t*)(slots->storage.data + slots->slots[i].offset);
}

struct iree_ffi_call_t {
  // Work on other threads holds the call too.
  iree_atomic_ref_count_t ref_count;
  iree_ffi_instance_t* instance;
  iree_vm_context_t* context;
  iree_vm_function_t function;
  // Of a device that the context keeps alive, or of the instance.
  iree_ffi_memory_t memory;
  bool takes_fences;
  // Text of the module, which the context keeps alive.
  iree_string_view_t results_cconv;
  iree_ffi_slots_t arguments;
  iree_ffi_slots_t results;
  // What the last submission signals.
  iree_hal_fence_t* signal;
  // What the next call waits for, where the function takes no fence for it.
  iree_hal_fence_t* before;
  // How work on another thread ended.
  iree_status_t status;
  // Devices that must not go before what the call holds.
  iree_hal_device_group_t** held_devices;
  iree_host_size_t held_count;
  iree_host_size_t held_capacity;
};

// Calls the function with what is in its slots, once what it follows is through.
// It must not be running.
iree_status_t iree_ffi_call_run_function(iree_ffi_call_t* call);

// The same for a function of the model coarse-fences, which may still be at
// work on the device when this returns; |call->signal| tells when it no longer
// is.
iree_status_t iree_ffi_call_submit_function(iree_ffi_call_t* call);

#endif  // IREE_FFI_CALL_H_
