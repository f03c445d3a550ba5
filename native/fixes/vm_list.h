// Force-included before iree/vm/list.c only.
//
// Destroying a list destroys nested lists recursively, and deep nesting overflows the stack, first of all on worker
// threads. So the destroy function in the list descriptor, its only mention without an argument, becomes the one in
// src/list_destroy.c. That one destroys lists one after the other and calls the original for each.

#ifndef IREE_FFI_FIXES_VM_LIST_H_
#define IREE_FFI_FIXES_VM_LIST_H_

void iree_vm_list_destroy(void* list);

static void iree_vm_list_destroy_one(void* list);
void iree_ffi_list_destroy_one(void* list) { iree_vm_list_destroy_one(list); }

#define iree_vm_list_destroy(list) iree_vm_list_destroy_one(list)

#endif  // IREE_FFI_FIXES_VM_LIST_H_
