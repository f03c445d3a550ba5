// Records the operations of the VM while a capture asks for them. IREE's
// interpreter does so for calls with the flag; see ../fixes/dispatch.c.

#ifndef IREE_FFI_OPERATIONS_H_
#define IREE_FFI_OPERATIONS_H_

#include "iree/base/api.h"
#include "iree/vm/api.h"
#include "iree/vm/bytecode/module_impl.h"

// An invocation flag in a bit that IREE does not use.
#define IREE_FFI_INVOCATION_FLAG_RECORD (1u << 31)

// The operations of one call, on one thread. An operation ends where the next
// one begins, so only the last one is kept.
typedef struct iree_ffi_operations_t {
  // The call that this one is made from, on the same thread.
  struct iree_ffi_operations_t* outer;
  // What the depth of the first operation is: one more than the operation that
  // the call is made from, or 0.
  int32_t base;
  // The depth of the first operation's frame in the stack; -1 before it.
  int32_t first_frame;
  // The depth of the last operation.
  int32_t depth;
  // When the last operation began; 0 once it has ended.
  iree_time_t start;
  iree_string_builder_t text;
} iree_ffi_operations_t;

void iree_ffi_operations_begin_call(iree_ffi_operations_t* operations);
void iree_ffi_operations_end_call(iree_ffi_operations_t* operations,
                                  iree_status_t status);

// Ends the last operation of the thread's call.
void iree_ffi_operation_end(void);
// Begins the operation at |pc|.
void iree_ffi_operation_begin(iree_vm_stack_frame_t* frame,
                              iree_vm_bytecode_module_t* module,
                              iree_vm_source_offset_t pc);

#endif  // IREE_FFI_OPERATIONS_H_
