// Force-included before iree/vm/bytecode/dispatch.c only.
//
// IREE trusts a returning function to have released all references in its registers, as compiled code does; a corrupt
// program leaks them. Here every function gets the cleanup that IREE runs only for failed ones; it does nothing if no
// references are left. The cleanup function's only mention without an argument, where frames are given it, becomes
// the function below.
//
// A function that accepts a number but never reads it may not have a register for it. So each frame has room for one
// more.
//
// The fail operation continues with the next one if its status is OK, possibly beyond the end of the function. Here
// it never continues. A program also cannot fail with an invalid code, or with one that makes the caller resume it
// forever.
//
// Buffer offsets that overflow are out of bounds but pass as small ones. Dividing integers by zero, or the minimum by
// -1, ends the process. Both fail here; any program can do them, depending on its arguments.

#ifndef IREE_FFI_FIXES_VM_DISPATCH_H_
#define IREE_FFI_FIXES_VM_DISPATCH_H_

#include "iree/base/api.h"
#include "iree/vm/api.h"
#include "iree/vm/bytecode/dispatch_util.h"

#undef iree_vm_buffer_check_ro
#undef iree_vm_buffer_check_rw
#define iree_vm_buffer_check_ro(buffer, element_offset, element_length, element_type, out_buffer_ptr)              \
  {                                                                                                                \
    const iree_host_size_t element_capacity = (buffer)->data.data_length / sizeof(element_type);                   \
    if (IREE_UNLIKELY((element_offset) > element_capacity ||                                                       \
                      (element_length) > element_capacity - (element_offset))) {                                   \
      return iree_make_status(IREE_STATUS_OUT_OF_RANGE,                                                            \
                              "out-of-bounds access detected (offset=%" PRIhsz ", length=%" PRIhsz                 \
                              " elements of %" PRIhsz " bytes, buffer length=%" PRIhsz ")",                        \
                              (iree_host_size_t)(element_offset), (iree_host_size_t)(element_length),              \
                              sizeof(element_type), (buffer)->data.data_length);                                   \
    }                                                                                                              \
    out_buffer_ptr = (element_type*)(buffer)->data.data + (element_offset);                                        \
  }
#define iree_vm_buffer_check_rw(buffer, element_offset, element_length, element_type, out_buffer_ptr)              \
  if (IREE_UNLIKELY(!iree_all_bits_set((buffer)->access, IREE_VM_BUFFER_ACCESS_MUTABLE))) {                        \
    return iree_make_status(IREE_STATUS_PERMISSION_DENIED, "buffer is read-only and cannot be mapped for mutation"); \
  }                                                                                                                \
  iree_vm_buffer_check_ro(buffer, element_offset, element_length, element_type, out_buffer_ptr)

#include "iree/vm/ops.h"

// Used after `*result = `.
#define IREE_FFI_DIVIDE(lhs, rhs, operation)                                               \
  0;                                                                                       \
  if (IREE_UNLIKELY((rhs) == 0)) {                                                         \
    return iree_make_status(IREE_STATUS_INVALID_ARGUMENT, "integer division by zero");     \
  }                                                                                        \
  *result = operation
#define IREE_FFI_DIVIDE_SIGNED(lhs, rhs, minimum, operation)                               \
  0;                                                                                       \
  if (IREE_UNLIKELY((lhs) == (minimum) && (rhs) == -1)) {                                  \
    return iree_make_status(IREE_STATUS_OUT_OF_RANGE, "integer division overflows");       \
  }                                                                                        \
  *result = IREE_FFI_DIVIDE(lhs, rhs, operation)
#define vm_div_i32s(lhs, rhs) IREE_FFI_DIVIDE_SIGNED(lhs, rhs, INT32_MIN, (vm_div_i32s)(lhs, rhs))
#define vm_div_i32u(lhs, rhs) IREE_FFI_DIVIDE(lhs, rhs, (vm_div_i32u)(lhs, rhs))
#define vm_rem_i32s(lhs, rhs) IREE_FFI_DIVIDE(lhs, rhs, (rhs) == -1 ? 0 : (vm_rem_i32s)(lhs, rhs))
#define vm_rem_i32u(lhs, rhs) IREE_FFI_DIVIDE(lhs, rhs, (vm_rem_i32u)(lhs, rhs))
#define vm_div_i64s(lhs, rhs) IREE_FFI_DIVIDE_SIGNED(lhs, rhs, INT64_MIN, (vm_div_i64s)(lhs, rhs))
#define vm_div_i64u(lhs, rhs) IREE_FFI_DIVIDE(lhs, rhs, (vm_div_i64u)(lhs, rhs))
#define vm_rem_i64s(lhs, rhs) IREE_FFI_DIVIDE(lhs, rhs, (rhs) == -1 ? 0 : (vm_rem_i64s)(lhs, rhs))
#define vm_rem_i64u(lhs, rhs) IREE_FFI_DIVIDE(lhs, rhs, (vm_rem_i64u)(lhs, rhs))

static void iree_vm_bytecode_stack_frame_cleanup_failed(iree_vm_stack_frame_t* frame);

static void iree_vm_bytecode_stack_frame_cleanup(iree_vm_stack_frame_t* frame) {
  iree_vm_bytecode_frame_storage_t* storage = (iree_vm_bytecode_frame_storage_t*)iree_vm_stack_frame_storage(frame);
  storage->result_code = IREE_STATUS_UNKNOWN;
  iree_vm_bytecode_stack_frame_cleanup_failed(frame);
}

#define iree_vm_bytecode_stack_frame_cleanup(frame) iree_vm_bytecode_stack_frame_cleanup_failed(frame)

// Clang computes the address of the next operation for all of them before it jumps to one, which delays each. It cannot if
// every operation might change where the operations are.
#if defined(__clang__)
#define IREE_FFI_BEFORE() __asm__("" : "+r"(bytecode_data))
#else
#define IREE_FFI_BEFORE()
#endif  // __clang__

// IREE's own definitions (see dispatch_util.h), the code before an operation, and that after it: nothing, except for the
// fail operation.
#undef IREE_VM_ISA_DISPATCH_OP
#if defined(IREE_DISPATCH_MODE_COMPUTED_GOTO)
#define IREE_VM_ISA_DISPATCH_OP(ext, op_name, body)                       \
  _dispatch_##ext##_##op_name :;                                          \
  IREE_FFI_BEFORE();                                                      \
  IREE_DISPATCH_TRACE_INSTRUCTION(IREE_VM_ISA_PC_OFFSET_##ext, #op_name); \
  body;                                                                   \
  IREE_FFI_AFTER(ext, op_name);                                           \
  goto* kDispatchTable_CORE[bytecode_data[pc++]];
#else
#define IREE_VM_ISA_DISPATCH_OP(ext, op_name, body)                         \
  case IREE_VM_OP_##ext##_##op_name: {                                      \
    IREE_FFI_BEFORE();                                                      \
    IREE_DISPATCH_TRACE_INSTRUCTION(IREE_VM_ISA_PC_OFFSET_##ext, #op_name); \
    body;                                                                   \
    IREE_FFI_AFTER(ext, op_name);                                           \
  } break;
#endif  // IREE_DISPATCH_MODE_COMPUTED_GOTO

#define IREE_FFI_AFTER(ext, op_name)                                                                       \
  if (IREE_FFI_IS_##ext && (int)IREE_VM_OP_##ext##_##op_name == (int)IREE_VM_OP_CORE_Fail) {               \
    return iree_make_status(IREE_STATUS_UNKNOWN, "function failed with an OK status"); \
  }
#define IREE_FFI_IS_CORE 1
#define IREE_FFI_IS_EXT_F32 0
#define IREE_FFI_IS_EXT_F64 0

static inline iree_status_code_t iree_ffi_vm_failure_code(uint32_t code) {
  bool is_failure = code > IREE_STATUS_OK && code <= IREE_STATUS_INCOMPATIBLE && code != IREE_STATUS_DEFERRED;
  return is_failure ? (iree_status_code_t)code : IREE_STATUS_UNKNOWN;
}

#define iree_status_allocate_f(code, ...) iree_status_allocate_f(iree_ffi_vm_failure_code(code), __VA_ARGS__)

#define iree_vm_stack_function_enter(stack, function, type, size, cleanup, out_frame) \
  iree_vm_stack_function_enter(stack, function, type, (size) + 16, cleanup, out_frame)

#endif  // IREE_FFI_FIXES_VM_DISPATCH_H_
