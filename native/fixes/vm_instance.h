// Force-included before iree/vm/instance.c, and before nothing else.
//
// iree_vm_instance_unregister_type closes the gap in its table of types with a memmove whose length is a count of
// elements, not of bytes: unregistering any type but the last corrupts the types after it. Here memmove scales the
// length by the size of what it moves. CMakeLists.txt refuses to configure once the line is mended upstream.
//
// iree_vm_instance_register_type writes 0 to where it then writes the type. Those places are global, and every device
// registers the built-in types anew, with a VM instance of its own for VMVX: for a moment the types of the whole process are
// unknown, and on other threads references do not match, so that calls fail (iree-org/iree#24615). So the function gets
// another name here, and src/register_type.c calls it.

#ifndef IREE_FFI_FIXES_VM_INSTANCE_H_
#define IREE_FFI_FIXES_VM_INSTANCE_H_

#include <string.h>

#define iree_vm_instance_register_type iree_ffi_instance_register_type

#define memmove(target, source, count) memmove((target), (source), (count) * sizeof(*(target)))

#endif  // IREE_FFI_FIXES_VM_INSTANCE_H_
