// Force-included before iree/vm/instance.c, and before nothing else.
//
// iree_vm_instance_unregister_type closes the gap in its table of types with a memmove whose length is a count of
// elements, not of bytes: unregistering any type but the last corrupts the types after it. Here memmove scales the
// length by the size of what it moves. CMakeLists.txt refuses to configure once the line is mended upstream.

#ifndef IREE_FFI_FIXES_VM_INSTANCE_H_
#define IREE_FFI_FIXES_VM_INSTANCE_H_

#include <string.h>

#define memmove(target, source, count) memmove((target), (source), (count) * sizeof(*(target)))

#endif  // IREE_FFI_FIXES_VM_INSTANCE_H_
