#include "operations.h"

#include "internal.h"
#include "iree/vm/bytecode/disassembler.h"
#include "span_log.h"

// Of the call that runs on the thread.
static IREE_FFI_THREAD_LOCAL iree_ffi_operations_t* iree_ffi_operations;

static void iree_ffi_operations_flush(iree_ffi_operations_t* operations,
                                      bool is_failure) {
  if (operations->start == 0) return;
  iree_ffi_span_add_operation(iree_string_builder_view(&operations->text),
                              (uint64_t)operations->depth, operations->start,
                              iree_time_now(), is_failure);
  operations->start = 0;
}

void iree_ffi_operations_begin_call(iree_ffi_operations_t* operations) {
  iree_ffi_operations_t* outer = iree_ffi_operations;
  *operations = (iree_ffi_operations_t){
      .outer = outer,
      .base = !outer              ? 0
              : outer->start != 0 ? outer->depth + 1
                                  : outer->base,
      .first_frame = -1,
  };
  iree_string_builder_initialize(iree_ffi_allocator(), &operations->text);
  iree_ffi_operations = operations;
}

void iree_ffi_operations_end_call(iree_ffi_operations_t* operations,
                                  iree_status_t status) {
  iree_ffi_operations_flush(operations, !iree_status_is_ok(status));
  iree_ffi_operations = operations->outer;
  iree_string_builder_deinitialize(&operations->text);
}

void iree_ffi_operation_end(void) {
  iree_ffi_operations_flush(iree_ffi_operations, /*is_failure=*/false);
}

void iree_ffi_operation_begin(iree_vm_stack_frame_t* frame,
                              iree_vm_bytecode_module_t* module,
                              iree_vm_source_offset_t pc) {
  iree_ffi_operations_t* operations = iree_ffi_operations;
  iree_string_builder_reset(&operations->text);
  // Without memory for it, the text is cut short.
  iree_status_free(iree_vm_bytecode_disassemble_op(
      module, /*module_state=*/NULL, frame->function.ordinal, pc,
      /*regs=*/NULL, IREE_VM_BYTECODE_DISASSEMBLY_FORMAT_DEFAULT,
      &operations->text));
  if (operations->first_frame < 0) operations->first_frame = frame->depth;
  operations->depth =
      operations->base + iree_max(0, frame->depth - operations->first_frame);
  // Formatting is not part of the operation.
  operations->start = iree_time_now();
}
