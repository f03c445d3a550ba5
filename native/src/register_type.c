#include "internal.h"

// See fixes/vm_instance.h.
iree_status_t iree_ffi_instance_register_type(
    iree_vm_instance_t* instance,
    const iree_vm_ref_type_descriptor_t* descriptor,
    iree_vm_ref_type_t* out_registration);

// Other threads may read |out_registration| meanwhile. It never changes once
// set, since a type is the address of its descriptor.
iree_status_t iree_vm_instance_register_type(
    iree_vm_instance_t* instance,
    const iree_vm_ref_type_descriptor_t* descriptor,
    iree_vm_ref_type_t* out_registration) {
  iree_vm_ref_type_t registration = 0;
  IREE_RETURN_IF_ERROR(
      iree_ffi_instance_register_type(instance, descriptor, &registration));
  if (*out_registration != registration) *out_registration = registration;
  return iree_ok_status();
}
