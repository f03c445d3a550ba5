// Makes --trace_execution free when it is off.
//
// IREE decides at compile time whether its bytecode interpreter can trace. An interpreter that can checks before
// every operation, which more than doubles the time of a long loop (see ../README.md). So the interpreter is compiled
// twice: once without tracing (IREE's own object, with its entry points renamed in CMakeLists.txt) and once with it
// (here). Each entry point checks once which of the two to run.
//
// The interpreter that traces also records operations for captures of profiles (see ../src/operations.h).
//
// It also makes the interpreter stop after an import that yielded in a plain vm.call, which only vm.call.yieldable
// allows. Otherwise it would mistake the import's frame for its own and crash.

#define IREE_VM_EXECUTION_TRACING_ENABLE 1
#include "iree/vm/bytecode/disassembler.h"
#include "operations.h"
#include "vm_dispatch.h"

static void iree_ffi_trace_operation(iree_vm_stack_t* stack, iree_vm_stack_frame_t* frame,
                                     iree_vm_bytecode_module_t* module, iree_vm_source_offset_t pc,
                                     const iree_vm_registers_t* regs) {
  const iree_vm_invocation_flags_t flags = iree_vm_stack_invocation_flags(stack);
  const bool is_recorded = iree_any_bit_set(flags, IREE_FFI_INVOCATION_FLAG_RECORD);
  if (is_recorded) iree_ffi_operation_end();
  if (iree_any_bit_set(flags, IREE_VM_INVOCATION_FLAG_TRACE_EXECUTION)) {
    iree_status_free(iree_vm_bytecode_trace_disassembly(frame, pc, regs, stderr));
  }
  if (is_recorded) iree_ffi_operation_begin(frame, module, pc);
}

#undef IREE_DISPATCH_TRACE_INSTRUCTION
#define IREE_DISPATCH_TRACE_INSTRUCTION(pc_offset, op_name) \
  iree_ffi_trace_operation(stack, current_frame, module, pc - (pc_offset), &regs);

#define iree_vm_bytecode_dispatch_begin iree_ffi_dispatch_begin_traced
#define iree_vm_bytecode_dispatch_resume iree_ffi_dispatch_resume_traced
#include "vm/bytecode/dispatch.c"
#undef iree_vm_bytecode_dispatch_begin
#undef iree_vm_bytecode_dispatch_resume

iree_status_t iree_ffi_dispatch_begin_untraced(iree_vm_stack_t* stack, iree_vm_bytecode_module_t* module,
                                               const iree_vm_function_call_t call, iree_string_view_t cconv_arguments,
                                               iree_string_view_t cconv_results);
iree_status_t iree_ffi_dispatch_resume_untraced(iree_vm_stack_t* stack, iree_vm_bytecode_module_t* module,
                                                iree_byte_span_t call_results);

static bool iree_ffi_is_traced(iree_vm_stack_t* stack) {
  return iree_any_bit_set(iree_vm_stack_invocation_flags(stack),
                          IREE_VM_INVOCATION_FLAG_TRACE_EXECUTION | IREE_FFI_INVOCATION_FLAG_RECORD);
}

iree_status_t iree_vm_bytecode_dispatch_begin(iree_vm_stack_t* stack, iree_vm_bytecode_module_t* module,
                                              const iree_vm_function_call_t call, iree_string_view_t cconv_arguments,
                                              iree_string_view_t cconv_results) {
  return iree_ffi_is_traced(stack)
             ? iree_ffi_dispatch_begin_traced(stack, module, call, cconv_arguments, cconv_results)
             : iree_ffi_dispatch_begin_untraced(stack, module, call, cconv_arguments, cconv_results);
}

// Whether the top frame is the module's, or that of an import whose results the module's frame awaits.
static bool iree_ffi_is_resumable(iree_vm_stack_t* stack, const iree_vm_bytecode_module_t* module) {
  iree_vm_stack_frame_t* top = iree_vm_stack_top(stack);
  if (!top || top->function.module->self == module) return true;
  iree_vm_stack_frame_t* caller = iree_vm_stack_parent_frame(stack);
  if (!caller || caller->function.module->self != module) return true;
  return ((iree_vm_bytecode_frame_storage_t*)iree_vm_stack_frame_storage(caller))->return_registers != NULL;
}

iree_status_t iree_vm_bytecode_dispatch_resume(iree_vm_stack_t* stack, iree_vm_bytecode_module_t* module,
                                               iree_byte_span_t call_results) {
  if (!iree_ffi_is_resumable(stack, module)) {
    return iree_make_status(IREE_STATUS_FAILED_PRECONDITION,
                            "an import yielded in a call that is not declared to yield (`vm.call.yieldable`)");
  }
  return iree_ffi_is_traced(stack) ? iree_ffi_dispatch_resume_traced(stack, module, call_results)
                                   : iree_ffi_dispatch_resume_untraced(stack, module, call_results);
}
