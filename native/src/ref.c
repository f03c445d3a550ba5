#include "internal.h"
#include "iree/modules/hal/types.h"

struct iree_ffi_ref_t {
  iree_vm_ref_t ref;
};

uint32_t iree_ffi_ref_kind(const iree_vm_ref_t* ref) {
  if (iree_vm_ref_is_null(ref)) return IREE_FFI_KIND_NULL;
  if (iree_vm_list_isa(*ref)) return IREE_FFI_KIND_LIST;
  if (iree_vm_buffer_isa(*ref)) return IREE_FFI_KIND_BUFFER;
  if (iree_hal_buffer_view_isa(*ref)) return IREE_FFI_KIND_BUFFER_VIEW;
  return IREE_FFI_KIND_REF;
}

iree_status_t iree_ffi_ref_take(iree_vm_ref_t* ref, uint32_t kind,
                                void** out_object) {
  uint32_t actual = iree_ffi_ref_kind(ref);
  if (kind != actual) {
    return iree_make_status(IREE_STATUS_ABORTED,
                            "reference must be of kind %u, got %u", kind,
                            actual);
  }
  if (kind != IREE_FFI_KIND_REF) {
    // The pointer itself is the object and carries the reference.
    *out_object = ref->ptr;
    *ref = iree_vm_ref_null();
    return iree_ok_status();
  }
  iree_ffi_ref_t* holder = NULL;
  IREE_RETURN_IF_ERROR(iree_allocator_malloc(iree_ffi_allocator(),
                                             sizeof(*holder), (void**)&holder));
  holder->ref = *ref;
  *ref = iree_vm_ref_null();
  *out_object = holder;
  return iree_ok_status();
}

iree_status_t iree_ffi_ref_make(uint32_t kind, void* object,
                                iree_vm_ref_t* out_ref) {
  *out_ref = iree_vm_ref_null();
  switch (kind) {
    case IREE_FFI_KIND_NULL:
      break;
    case IREE_FFI_KIND_REF:
      *out_ref = ((iree_ffi_ref_t*)object)->ref;
      iree_vm_ref_retain_inplace(out_ref);
      break;
    case IREE_FFI_KIND_LIST:
      *out_ref = iree_vm_list_retain_ref((iree_vm_list_t*)object);
      break;
    case IREE_FFI_KIND_BUFFER:
      *out_ref = iree_vm_buffer_retain_ref((iree_vm_buffer_t*)object);
      break;
    case IREE_FFI_KIND_BUFFER_VIEW:
      *out_ref =
          iree_hal_buffer_view_retain_ref((iree_hal_buffer_view_t*)object);
      break;
    default:
      return iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                              "unknown kind of reference %u", kind);
  }
  return iree_ok_status();
}

void iree_ffi_ref_free(iree_ffi_ref_t* ref) {
  iree_vm_ref_release(&ref->ref);
  iree_allocator_free(iree_ffi_allocator(), ref);
}

uint32_t iree_ffi_ref_type_name(iree_ffi_ref_t* ref, uint8_t* buffer,
                                uint32_t capacity) {
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  iree_string_view_t name = iree_vm_ref_type_name(ref->ref.type);
  iree_ffi_write_bytes(&writer, name.data, name.size);
  return iree_ffi_writer_length(&writer);
}

uint32_t iree_ffi_ref_equal(iree_ffi_ref_t* lhs, iree_ffi_ref_t* rhs) {
  return iree_vm_ref_equal(&lhs->ref, &rhs->ref);
}
