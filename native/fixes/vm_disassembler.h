// Guards of the values that a trace prints beside an operation: the trace comes before the operation checks where its
// global is. Included by the mended copy of disassembler.c (see ../CMakeLists.txt). Without registers, nothing runs.

#define IREE_FFI_IF_GLOBAL(offset_register, length) \
  if (regs && iree_ffi_has_global(module_state, (uint32_t)regs->i32[offset_register], length))
#define IREE_FFI_IF_GLOBAL_REF(ordinal_register) \
  if (regs && module_state && (uint32_t)regs->i32[ordinal_register] < module_state->global_ref_count)

static bool iree_ffi_has_global(const iree_vm_bytecode_module_state_t* module_state, uint32_t byte_offset,
                                iree_host_size_t length) {
  if (!module_state) return false;
  iree_host_size_t size = module_state->rwdata_storage.data_length;
  return size >= length && byte_offset <= size - length;
}
