// Force-included before iree/vm/list.c, and before nothing else.
//
// Destroying a list destroys the lists in it by recursion, and a deep nest of them overflows the stack, of a worker's
// thread first. So what the descriptor of lists names as its destroy function, the one mention of it without an argument,
// becomes the one in src/list_destroy.c, which takes lists down one after the other; the original does a single list.

#ifndef IREE_FFI_FIXES_VM_LIST_H_
#define IREE_FFI_FIXES_VM_LIST_H_

void iree_vm_list_destroy(void* list);

static void iree_vm_list_destroy_one(void* list);
void iree_ffi_list_destroy_one(void* list) { iree_vm_list_destroy_one(list); }

#define iree_vm_list_destroy(list) iree_vm_list_destroy_one(list)

#endif  // IREE_FFI_FIXES_VM_LIST_H_
