#include <string.h>

#include "call.h"

static iree_status_t iree_ffi_slots_check_length(uint32_t needed,
                                                 uint32_t length) {
  if (needed <= length) return iree_ok_status();
  return iree_make_status(IREE_STATUS_OUT_OF_RANGE,
                          "values of a call need %u bytes, got %u", needed,
                          length);
}

iree_status_t iree_ffi_slots_initialize(iree_string_view_t cconv,
                                        uint32_t length,
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
    uint32_t slot_length = sizeof(int32_t);
    if (type == IREE_VM_CCONV_TYPE_I64 || type == IREE_VM_CCONV_TYPE_F64) {
      slot_length = sizeof(int64_t);
      offset = (uint32_t)iree_host_align(offset, sizeof(int64_t));
    } else if (type == IREE_VM_CCONV_TYPE_REF) {
      slot_length = sizeof(iree_vm_ref_t);
      offset = (uint32_t)iree_host_align(offset, iree_alignof(iree_vm_ref_t));
    }
    slots->slots[i] = (iree_ffi_slot_t){.type = type, .offset = offset};
    offset += slot_length;
  }
  slots->count = (uint32_t)cconv.size;
  return iree_ffi_slots_check_length(offset, length);
}

void iree_ffi_slots_release_refs(iree_ffi_slots_t* slots) {
  for (uint32_t i = 0; i < slots->count; ++i) {
    if (slots->slots[i].type == IREE_VM_CCONV_TYPE_REF) {
      iree_vm_ref_release(iree_ffi_slot_ref(slots, i));
    }
  }
}

void iree_ffi_slots_deinitialize(iree_ffi_slots_t* slots) {
  iree_ffi_slots_release_refs(slots);
  for (uint32_t i = 0; i < slots->count; ++i) {
    iree_hal_buffer_view_release(slots->slots[i].kept);
    iree_vm_ref_release(&slots->slots[i].bound);
  }
  iree_allocator_free(iree_ffi_allocator(), slots->storage.data);
  iree_allocator_free(iree_ffi_allocator(), slots->slots);
}

static iree_host_size_t iree_ffi_slot_value_size(char type) {
  return type == IREE_VM_CCONV_TYPE_I64 || type == IREE_VM_CCONV_TYPE_F64
             ? sizeof(int64_t)
             : sizeof(int32_t);
}

void iree_ffi_slots_bind(iree_ffi_slots_t* slots) {
  for (uint32_t i = 0; i < slots->count; ++i) {
    if (slots->slots[i].type == IREE_VM_CCONV_TYPE_REF) {
      iree_vm_ref_move(iree_ffi_slot_ref(slots, i), &slots->slots[i].bound);
    }
  }
}

void iree_ffi_slots_write(iree_ffi_slots_t* slots, const uint8_t* source) {
  for (uint32_t i = 0; i < slots->count; ++i) {
    iree_ffi_slot_t* slot = &slots->slots[i];
    if (slot->type != IREE_VM_CCONV_TYPE_REF) {
      memcpy(slots->storage.data + slot->offset, source + slot->offset,
             iree_ffi_slot_value_size(slot->type));
    } else if (slot->bound.ptr) {
      iree_vm_ref_retain(&slot->bound, iree_ffi_slot_ref(slots, i));
    }
  }
}

// Describes a reference to a caller that has not taken it.
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

void iree_ffi_slots_read(iree_ffi_slots_t* slots, uint8_t* target) {
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

iree_status_t iree_ffi_slots_check_ref(const iree_ffi_slots_t* slots,
                                       uint32_t ordinal) {
  if (ordinal >= slots->count ||
      slots->slots[ordinal].type != IREE_VM_CCONV_TYPE_REF) {
    return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                            "slot %u is not a reference", ordinal);
  }
  return iree_ok_status();
}
