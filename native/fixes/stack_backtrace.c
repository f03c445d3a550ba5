// Keeps a failure if its backtrace cannot be allocated.
//
// iree_vm_stack_annotate_backtrace formats the backtrace with the stack's allocator. If that fails, IREE's version
// returns the new failure and leaks the original one (iree/vm/stack.c, renamed in CMakeLists.txt). This version
// returns the original failure without a backtrace.

#include "internal.h"
#include "iree/vm/stack.h"

iree_status_t iree_vm_stack_annotate_backtrace(iree_vm_stack_t* stack, iree_status_t base_status) {
  if (IREE_LIKELY(iree_status_is_ok(base_status))) return base_status;
  iree_string_builder_t builder;
  iree_string_builder_initialize(iree_ffi_allocator(), &builder);
  iree_status_t status = iree_vm_stack_format_backtrace(stack, &builder);
  if (iree_status_is_ok(status)) {
    base_status = iree_status_annotate_f(base_status, "%.*s", (int)iree_string_builder_size(&builder),
                                         iree_string_builder_buffer(&builder));
  } else {
    iree_status_free(status);
  }
  iree_string_builder_deinitialize(&builder);
  return base_status;
}
