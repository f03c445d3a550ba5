// Force-included before iree/vm/instance.c only.
//
// iree_vm_instance_unregister_type closes the gap in its type table with a memmove whose length counts elements
// instead of bytes: unregistering any type but the last corrupts the types after it. Here memmove multiplies the
// length by the element size. CMakeLists.txt fails to configure once the line is fixed upstream.
//
// iree_vm_instance_register_type writes 0 to a location before it writes the type there. Those locations are global,
// and every device registers the builtin types again, with a separate VM instance for VMVX. For a moment the types of
// the whole process are unknown, references on other threads do not match, and calls fail (iree-org/iree#24615). So
// the function is renamed here, and src/register_type.c calls it.

#ifndef IREE_FFI_FIXES_VM_INSTANCE_H_
#define IREE_FFI_FIXES_VM_INSTANCE_H_

#include <string.h>

#define iree_vm_instance_register_type iree_ffi_instance_register_type

#define memmove(target, source, count) memmove((target), (source), (count) * sizeof(*(target)))

#endif  // IREE_FFI_FIXES_VM_INSTANCE_H_
