#include <string.h>

#include "internal.h"
#include "iree/vm/bytecode/module.h"

// Must come first of the generated headers.
#include "iree/base/internal/flatcc/parsing.h"
#include "iree/schemas/bytecode_module_def_reader.h"
#include "iree/schemas/bytecode_module_def_verifier.h"

// Disassembles function |ordinal|, or all if it is IREE_FFI_ALL_FUNCTIONS:
// packed strings.
static iree_status_t iree_ffi_disassemble_module(iree_vm_module_t* module,
                                                 uint32_t ordinal,
                                                 bool with_offsets,
                                                 iree_ffi_writer_t* writer) {
  uint32_t count =
      (uint32_t)iree_vm_module_signature(module).internal_function_count;
  bool all = ordinal == IREE_FFI_ALL_FUNCTIONS;
  if (!all && ordinal >= count) {
    return iree_make_status(IREE_STATUS_OUT_OF_RANGE,
                            "no function %u among %u functions", ordinal,
                            count);
  }
  iree_vm_bytecode_disassembly_format_t format =
      with_offsets ? IREE_VM_BYTECODE_DISASSEMBLY_FORMAT_BYTECODE_OFFSETS
                   : IREE_VM_BYTECODE_DISASSEMBLY_FORMAT_DEFAULT;
  uint32_t begin = all ? 0 : ordinal;
  uint32_t end = all ? count : ordinal + 1;
  iree_ffi_write_u32(writer, end - begin);
  iree_status_t status = iree_ok_status();
  for (uint32_t i = begin; iree_status_is_ok(status) && i < end; ++i) {
    iree_string_builder_t builder;
    iree_string_builder_initialize(iree_ffi_allocator(), &builder);
    status = iree_vm_bytecode_module_disassemble_function(module, (uint16_t)i,
                                                          format, &builder);
    if (iree_status_is_ok(status)) {
      iree_ffi_write_string(writer, iree_string_builder_view(&builder));
    }
    iree_string_builder_deinitialize(&builder);
  }
  return status;
}

uint32_t iree_ffi_disassemble(const uint8_t* bytes, size_t length,
                              uint32_t ordinal, uint32_t with_offsets,
                              uint8_t* buffer, uint32_t capacity) {
  // An instance of its own: types of the program that are not registered become
  // placeholders, with which other programs must not run.
  iree_vm_instance_t* instance = NULL;
  iree_vm_module_t* module = NULL;
  iree_status_t status = iree_vm_instance_create(
      IREE_VM_TYPE_CAPACITY_DEFAULT, iree_ffi_allocator(), &instance);
  // IREE reads tables in place, so the copy must be aligned.
  iree_byte_span_t copy = iree_byte_span_empty();
  if (iree_status_is_ok(status)) {
    status = iree_ffi_file_allocate(length, &copy);
  }
  if (iree_status_is_ok(status)) {
    if (length > 0) memcpy(copy.data, bytes, length);
    status = iree_vm_bytecode_module_create(
        instance, IREE_VM_BYTECODE_MODULE_FLAG_ALLOW_PLACEHOLDER_TYPES,
        iree_make_const_byte_span(copy.data, copy.data_length),
        iree_allocator_null(), iree_ffi_allocator(), &module);
  }
  iree_ffi_writer_t writer = iree_ffi_writer(buffer, capacity);
  if (iree_status_is_ok(status)) {
    status = iree_ffi_disassemble_module(module, ordinal, with_offsets != 0,
                                         &writer);
  }
  iree_vm_module_release(module);
  iree_allocator_free_aligned(iree_ffi_allocator(), copy.data);
  iree_vm_instance_release(instance);
  if (iree_ffi_check(status)) return IREE_FFI_FAILED;
  return iree_ffi_writer_length(&writer);
}

uint32_t iree_ffi_flatbuffer_verify(const uint8_t* bytes, size_t length) {
  // Its parts are aligned as if the length came before it.
  const size_t prefix = sizeof(uint32_t);
  iree_byte_span_t copy = iree_byte_span_empty();
  iree_status_t status =
      length > SIZE_MAX - prefix
          ? iree_make_status(IREE_STATUS_OUT_OF_RANGE, "length is too large")
          : iree_ffi_file_allocate(length + prefix, &copy);
  if (iree_status_is_ok(status)) {
    if (length > 0) memcpy(copy.data + prefix, bytes, length);
    int result =
        iree_vm_BytecodeModuleDef_verify_as_root(copy.data + prefix, length);
    if (result != flatcc_verify_ok) {
      status = iree_make_status(IREE_STATUS_INVALID_ARGUMENT,
                                "FlatBuffer verification failed: %s",
                                flatcc_verify_error_string(result));
    }
  }
  iree_allocator_free_aligned(iree_ffi_allocator(), copy.data);
  return iree_ffi_check(status);
}
