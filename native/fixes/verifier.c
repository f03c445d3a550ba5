// Makes a corrupt program fail to load instead of crashing when it is called.
//
// IREE verifies bytecode once, so that its interpreter does not have to check anything. But the verifier accepts code
// that makes the interpreter access memory out of bounds:
//
// - it defines its checks of registers and types under names that the decoder does not use (IREE_VM_ISA_VERIFY_REG_*,
//   but isa_decoder.inl needs IREE_VM_ISA_VALIDATE_REG_*), so none of them runs;
// - a misplaced bracket breaks its check of function ordinals in calls;
// - it rounds register counts up to powers of two, but a frame has only as many registers as the function declares;
// - a branch may assign a reference to a number and vice versa, and calls may pass more values than the callee
//   accepts;
// - offsets of globals overflow, and tables may have negative lengths, missing signatures or cycles.
//
// So IREE's verifier is compiled here with those names defined (its own object is renamed in CMakeLists.txt), and
// everything it accepts is verified a second time, more strictly. VMVX executables are modules, too, and are verified
// in the same way.

#if defined(__GNUC__)
// Much is decoded only to find the data after it.
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic ignored "-Wcomment"
#endif  // __GNUC__

#include "iree/base/api.h"

// IREE's check of a function ordinal is `if (IREE_UNLIKELY((ordinal)) >= count)`.
#undef IREE_UNLIKELY
#define IREE_UNLIKELY(x) (x)

#define IREE_VM_ISA_VALIDATE_TYPE_ID(type_id) IREE_VM_ISA_VERIFY_TYPE_ID(type_id)
#define IREE_VM_ISA_VALIDATE_REG_I32(ordinal) IREE_VM_ISA_VERIFY_REG_I32(ordinal)
#define IREE_VM_ISA_VALIDATE_REG_I64(ordinal) IREE_VM_ISA_VERIFY_REG_I64(ordinal)
#define IREE_VM_ISA_VALIDATE_REG_F32(ordinal) IREE_VM_ISA_VERIFY_REG_F32(ordinal)
#define IREE_VM_ISA_VALIDATE_REG_F64(ordinal) IREE_VM_ISA_VERIFY_REG_F64(ordinal)
#define IREE_VM_ISA_VALIDATE_REG_REF_ALLOW_MOVE(ordinal) IREE_VM_ISA_VERIFY_REG_REF_ALLOW_MOVE(ordinal)
#define IREE_VM_ISA_VALIDATE_REG_REF_NO_MOVE(ordinal) IREE_VM_ISA_VERIFY_REG_REF_NO_MOVE(ordinal)
#define iree_vm_bytecode_function_verify iree_ffi_iree_function_verify
#define iree_vm_bytecode_module_flatbuffer_verify iree_ffi_iree_flatbuffer_verify
#include "iree/vm/bytecode/verifier.c"
#undef iree_vm_bytecode_function_verify
#undef iree_vm_bytecode_module_flatbuffer_verify

// A call's arguments are laid out on the thread's stack.
#define IREE_FFI_MAX_CALL_VALUES 16384

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

static iree_status_t iree_ffi_verify_remap(const iree_vm_register_remap_list_t* list) {
  for (uint16_t i = 0; i < list->size; ++i) {
    if ((list->pairs[i].src_reg ^ list->pairs[i].dst_reg) & IREE_VM_ISA_REF_REGISTER_TYPE_BIT) {
      return iree_make_status(IREE_STATUS_INVALID_ARGUMENT, "branch assigns registers of different types");
    }
  }
  return iree_ok_status();
}

// Whether a list names one register per value. Lists passed between functions of the module must.
static iree_status_t iree_ffi_verify_count(iree_string_view_t cconv, const iree_vm_register_list_t* list) {
  if (list->size == cconv.size) return iree_ok_status();
  return iree_make_status(IREE_STATUS_INVALID_ARGUMENT, "%u registers for %" PRIhsz " values", list->size, cconv.size);
}

static iree_status_t iree_ffi_verify_call(const iree_vm_bytecode_verify_state_t* verify_state, uint32_t callee_ordinal,
                                          const iree_vm_register_list_t* operands,
                                          const iree_vm_register_list_t* results) {
  if (operands->size > IREE_FFI_MAX_CALL_VALUES) {
    return iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED, "call passes %u values", operands->size);
  }
  // The import's signature alone determines the number of values that a call passes to it.
  if (iree_vm_isa_function_ordinal_is_import(callee_ordinal)) return iree_ok_status();
  iree_string_view_t arguments_cconv = iree_string_view_empty();
  iree_string_view_t results_cconv = iree_string_view_empty();
  IREE_RETURN_IF_ERROR(iree_vm_bytecode_function_get_cconv_fragments(
      iree_vm_FunctionSignatureDef_vec_at(verify_state->function_signatures, callee_ordinal), &arguments_cconv,
      &results_cconv));
  IREE_RETURN_IF_ERROR(iree_ffi_verify_count(arguments_cconv, operands));
  return iree_ffi_verify_count(results_cconv, results);
}

static iree_status_t iree_ffi_verify_global(const iree_vm_bytecode_verify_state_t* verify_state, uint32_t byte_offset,
                                            iree_host_size_t length) {
  if (verify_state->rwdata_storage_size >= length && byte_offset <= verify_state->rwdata_storage_size - length) {
    return iree_ok_status();
  }
  return iree_make_status(IREE_STATUS_OUT_OF_RANGE, "global at byte %u is out of range", byte_offset);
}

#define IREE_FFI_VERIFY_BRANCH()                  \
  do {                                            \
    IREE_VM_ISA_DECODE_BRANCH_TARGET_PC(dest_pc); \
    IREE_VM_ISA_DECODE_BRANCH_OPERANDS(remaps);   \
    (void)dest_pc;                                \
    IREE_RETURN_IF_ERROR(iree_ffi_verify_remap(remaps)); \
  } while (0)

#define IREE_FFI_VERIFY_GLOBAL(length)                                             \
  do {                                                                             \
    IREE_VM_ISA_DECODE_GLOBAL_ATTR(byte_offset);                                   \
    IREE_RETURN_IF_ERROR(iree_ffi_verify_global(verify_state, byte_offset, length)); \
  } while (0)

// Verifies what IREE does not verify of an operation. IREE has accepted the operation, so it can be decoded.
static iree_status_t iree_ffi_verify_op(iree_vm_bytecode_module_t* module,
                                        const iree_vm_bytecode_verify_state_t* verify_state,
                                        const uint8_t* bytecode_data, iree_vm_source_offset_t pc,
                                        iree_vm_source_offset_t max_pc) {
  switch (bytecode_data[pc++]) {
    case IREE_VM_OP_CORE_GlobalLoadI32:
    case IREE_VM_OP_CORE_GlobalStoreI32:
      IREE_FFI_VERIFY_GLOBAL(sizeof(int32_t));
      break;
    case IREE_VM_OP_CORE_GlobalLoadI64:
    case IREE_VM_OP_CORE_GlobalStoreI64:
      IREE_FFI_VERIFY_GLOBAL(sizeof(int64_t));
      break;
    case IREE_VM_OP_CORE_PrefixExtF32: {
      uint8_t opcode = bytecode_data[pc++];
      if (opcode == IREE_VM_OP_EXT_F32_GlobalLoadF32 || opcode == IREE_VM_OP_EXT_F32_GlobalStoreF32) {
        IREE_FFI_VERIFY_GLOBAL(sizeof(float));
      }
      break;
    }
    case IREE_VM_OP_CORE_PrefixExtF64: {
      uint8_t opcode = bytecode_data[pc++];
      if (opcode == IREE_VM_OP_EXT_F64_GlobalLoadF64 || opcode == IREE_VM_OP_EXT_F64_GlobalStoreF64) {
        IREE_FFI_VERIFY_GLOBAL(sizeof(double));
      }
      break;
    }
    case IREE_VM_OP_CORE_DiscardRefs: {
      // The interpreter treats them as references without a check.
      IREE_VM_ISA_DECODE_VARIADIC_OPERANDS(refs);
      for (uint16_t i = 0; i < refs->size; ++i) IREE_VM_VERIFY_REG_REF(refs->registers[i]);
      break;
    }
    case IREE_VM_OP_CORE_Branch:
    case IREE_VM_OP_CORE_Break:
    case IREE_VM_OP_CORE_Yield:
      IREE_FFI_VERIFY_BRANCH();
      break;
    case IREE_VM_OP_CORE_CondBreak: {
      IREE_VM_ISA_DECODE_OPERAND_I32(condition);
      IREE_FFI_VERIFY_BRANCH();
      break;
    }
    case IREE_VM_OP_CORE_CondBranch: {
      IREE_VM_ISA_DECODE_OPERAND_I32(condition);
      IREE_FFI_VERIFY_BRANCH();
      IREE_FFI_VERIFY_BRANCH();
      break;
    }
    case IREE_VM_OP_CORE_BranchTable: {
      IREE_VM_ISA_DECODE_OPERAND_I32(index);
      IREE_FFI_VERIFY_BRANCH();
      IREE_VM_ISA_DECODE_CONST_I16(table_size);
      for (uint16_t i = 0; i < table_size; ++i) IREE_FFI_VERIFY_BRANCH();
      break;
    }
    case IREE_VM_OP_CORE_Call: {
      IREE_VM_ISA_DECODE_FUNC_ATTR(callee_ordinal);
      IREE_VM_ISA_DECODE_VARIADIC_OPERANDS(operands);
      IREE_VM_ISA_DECODE_VARIADIC_RESULTS(results);
      return iree_ffi_verify_call(verify_state, callee_ordinal, operands, results);
    }
    case IREE_VM_OP_CORE_CallVariadic: {
      IREE_VM_ISA_DECODE_FUNC_ATTR(callee_ordinal);
      IREE_VM_ISA_DECODE_VARIADIC_OPERANDS(segment_sizes);
      IREE_VM_ISA_DECODE_VARIADIC_OPERANDS(operands);
      (void)segment_sizes;
      return iree_ffi_verify_call(verify_state, callee_ordinal, operands, /*results=*/NULL);
    }
    case IREE_VM_OP_CORE_CallYieldable: {
      IREE_VM_ISA_DECODE_FUNC_ATTR(callee_ordinal);
      IREE_VM_ISA_DECODE_VARIADIC_OPERANDS(operands);
      IREE_VM_ISA_DECODE_BRANCH_TARGET_PC(dest_pc);
      IREE_VM_ISA_DECODE_VARIADIC_RESULTS(results);
      (void)dest_pc;
      return iree_ffi_verify_call(verify_state, callee_ordinal, operands, results);
    }
    case IREE_VM_OP_CORE_CallVariadicYieldable: {
      IREE_VM_ISA_DECODE_FUNC_ATTR(callee_ordinal);
      IREE_VM_ISA_DECODE_VARIADIC_OPERANDS(segment_sizes);
      IREE_VM_ISA_DECODE_VARIADIC_OPERANDS(operands);
      (void)segment_sizes;
      return iree_ffi_verify_call(verify_state, callee_ordinal, operands, /*results=*/NULL);
    }
    case IREE_VM_OP_CORE_Return: {
      IREE_VM_ISA_DECODE_VARIADIC_OPERANDS(operands);
      return iree_ffi_verify_count(verify_state->cconv_results, operands);
    }
  }
  return iree_ok_status();
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

static iree_status_t iree_ffi_verify_function_ops(iree_vm_bytecode_module_t* module,
                                                  iree_vm_bytecode_verify_state_t* verify_state,
                                                  iree_vm_FunctionSignatureDef_table_t signature,
                                                  const iree_vm_FunctionDescriptor_t* descriptor) {
  iree_const_byte_span_t bytecode = iree_make_const_byte_span(
      module->bytecode_data.data + descriptor->bytecode_offset, descriptor->bytecode_length);
  const iree_vm_source_offset_t max_pc = (iree_vm_source_offset_t)bytecode.data_length;
  for (iree_vm_source_offset_t pc = 0; pc < max_pc - 1;) {
    const iree_vm_source_offset_t start_pc = pc;
    // Verifies again, with fewer registers than before.
    IREE_RETURN_IF_ERROR(iree_vm_bytecode_function_verify_bytecode_op(module, verify_state, signature, descriptor,
                                                                      bytecode, start_pc, max_pc, &pc));
    IREE_RETURN_IF_ERROR(iree_ffi_verify_op(module, verify_state, bytecode.data, start_pc, max_pc), "at %08X",
                         (uint32_t)start_pc);
  }
  return iree_ok_status();
}

iree_status_t iree_vm_bytecode_function_verify(iree_vm_bytecode_module_t* module, uint16_t function_ordinal,
                                               iree_allocator_t scratch_allocator) {
  IREE_RETURN_IF_ERROR(iree_ffi_iree_function_verify(module, function_ordinal, scratch_allocator));
  iree_vm_FunctionSignatureDef_vec_t signatures = iree_vm_BytecodeModuleDef_function_signatures(module->def);
  iree_vm_FunctionSignatureDef_table_t signature = iree_vm_FunctionSignatureDef_vec_at(signatures, function_ordinal);
  const iree_vm_FunctionDescriptor_t* descriptor = &module->function_descriptor_table[function_ordinal];
  iree_vm_ModuleStateDef_table_t state = iree_vm_BytecodeModuleDef_module_state(module->def);
  iree_vm_bytecode_verify_state_t verify_state = {
      .i32_register_count = descriptor->i32_register_count,
      .ref_register_count = descriptor->ref_register_count,
      .imported_functions = iree_vm_BytecodeModuleDef_imported_functions(module->def),
      .exported_functions = iree_vm_BytecodeModuleDef_exported_functions(module->def),
      .function_signatures = signatures,
      .function_descriptors = iree_vm_BytecodeModuleDef_function_descriptors(module->def),
      .rodata_ref_count = module->rodata_ref_count,
      .rwdata_storage_size = state ? iree_vm_ModuleStateDef_global_bytes_capacity(state) : 0,
      .global_ref_count = state ? iree_vm_ModuleStateDef_global_ref_count(state) : 0,
  };
  // iree-as-module does not give a register to functions that never read their single number; vm_dispatch.h does.
  if (descriptor->i32_register_count == 0 && descriptor->ref_register_count == 0) verify_state.i32_register_count = 1;
  IREE_RETURN_IF_ERROR(iree_vm_bytecode_function_get_cconv_fragments(signature, &verify_state.cconv_arguments,
                                                                     &verify_state.cconv_results));
  IREE_RETURN_IF_ERROR(iree_vm_bytecode_function_verify_arguments(&verify_state));
  IREE_RETURN_IF_ERROR(iree_vm_bytecode_block_list_initialize(descriptor->block_count, scratch_allocator,
                                                              &verify_state.block_list));
  iree_status_t status = iree_ffi_verify_function_ops(module, &verify_state, signature, descriptor);
  iree_vm_bytecode_block_list_deinitialize(&verify_state.block_list, scratch_allocator);
  return status;
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

static iree_status_t iree_ffi_verify_cconv(iree_vm_FunctionSignatureDef_table_t signature) {
  if (!signature) return iree_make_status(IREE_STATUS_INVALID_ARGUMENT, "function has no signature");
  iree_string_view_t fragments[2];
  IREE_RETURN_IF_ERROR(iree_vm_bytecode_function_get_cconv_fragments(signature, &fragments[0], &fragments[1]));
  for (int i = 0; i < 2; ++i) {
    // A void counts as a value in some places but not in others.
    if (fragments[i].size > IREE_FFI_MAX_CALL_VALUES ||
        iree_string_view_find_char(fragments[i], IREE_VM_CCONV_TYPE_VOID, 0) != IREE_STRING_VIEW_NPOS) {
      return iree_make_status(IREE_STATUS_INVALID_ARGUMENT, "unsupported calling convention");
    }
  }
  return iree_ok_status();
}

// Functions that contexts call on their own must accept what contexts pass: nothing, or the signal.
static iree_status_t iree_ffi_verify_export(iree_vm_ExportFunctionDef_table_t export_def,
                                            iree_vm_FunctionSignatureDef_vec_t signatures) {
  static const char* const kNames[] = {"__init", "__deinit", "__notify"};
  static const char* const kArguments[] = {"", "", "i"};
  flatbuffers_string_t name = iree_vm_ExportFunctionDef_local_name(export_def);
  for (size_t i = 0; i < IREE_ARRAYSIZE(kNames); ++i) {
    if (!iree_string_view_equal(iree_make_string_view(name, flatbuffers_string_len(name)),
                                iree_make_cstring_view(kNames[i]))) {
      continue;
    }
    iree_string_view_t arguments = iree_string_view_empty();
    iree_string_view_t results = iree_string_view_empty();
    IREE_RETURN_IF_ERROR(iree_vm_bytecode_function_get_cconv_fragments(
        iree_vm_FunctionSignatureDef_vec_at(signatures, iree_vm_ExportFunctionDef_internal_ordinal(export_def)),
        &arguments, &results));
    if (!iree_string_view_equal(arguments, iree_make_cstring_view(kArguments[i])) ||
        !iree_string_view_is_empty(results)) {
      return iree_make_status(IREE_STATUS_INVALID_ARGUMENT, "%s has another signature than contexts call", kNames[i]);
    }
  }
  return iree_ok_status();
}

static iree_status_t iree_ffi_verify_descriptor(const iree_vm_FunctionDescriptor_t* descriptor) {
  if (descriptor->bytecode_length < 0 || descriptor->block_count < 0 || descriptor->i32_register_count < 0 ||
      descriptor->ref_register_count < 0) {
    return iree_make_status(IREE_STATUS_INVALID_ARGUMENT, "function descriptor has a negative count");
  }
  return iree_ok_status();
}

// Locations refer to others, and IREE formats them recursively.
static iree_status_t iree_ffi_verify_child_location(int32_t child, size_t ordinal) {
  if (child >= 0 && (size_t)child < ordinal) return iree_ok_status();
  return iree_make_status(IREE_STATUS_INVALID_ARGUMENT, "location %zu refers to location %d, not to an earlier one",
                          ordinal, child);
}

static iree_status_t iree_ffi_verify_location(iree_vm_LocationTypeDef_union_t location, size_t ordinal) {
  if (location.type == iree_vm_LocationTypeDef_NONE) return iree_ok_status();
  if (!location.value) return iree_make_status(IREE_STATUS_INVALID_ARGUMENT, "location %zu is missing", ordinal);
  switch (location.type) {
    case iree_vm_LocationTypeDef_CallSiteLocDef: {
      iree_vm_CallSiteLocDef_table_t site = (iree_vm_CallSiteLocDef_table_t)location.value;
      IREE_RETURN_IF_ERROR(iree_ffi_verify_child_location(iree_vm_CallSiteLocDef_callee(site), ordinal));
      return iree_ffi_verify_child_location(iree_vm_CallSiteLocDef_caller(site), ordinal);
    }
    case iree_vm_LocationTypeDef_FusedLocDef: {
      flatbuffers_int32_vec_t children = iree_vm_FusedLocDef_locations((iree_vm_FusedLocDef_table_t)location.value);
      for (size_t i = 0; i < flatbuffers_int32_vec_len(children); ++i) {
        IREE_RETURN_IF_ERROR(iree_ffi_verify_child_location(flatbuffers_int32_vec_at(children, i), ordinal));
      }
      return iree_ok_status();
    }
    case iree_vm_LocationTypeDef_NameLocDef: {
      iree_vm_NameLocDef_table_t name = (iree_vm_NameLocDef_table_t)location.value;
      if (!iree_vm_NameLocDef_child_location_is_present(name)) return iree_ok_status();
      return iree_ffi_verify_child_location(iree_vm_NameLocDef_child_location(name), ordinal);
    }
  }
  return iree_ok_status();
}

static iree_status_t iree_ffi_verify_debug_database(iree_vm_DebugDatabaseDef_table_t database) {
  if (!database) return iree_ok_status();
  iree_vm_LocationTypeDef_union_vec_t locations = iree_vm_DebugDatabaseDef_location_table_union(database);
  size_t location_count = iree_vm_LocationTypeDef_union_vec_len(locations);
  // Types and values each have a vector.
  if (flatbuffers_generic_vec_len(locations.value) != location_count) {
    return iree_make_status(IREE_STATUS_INVALID_ARGUMENT, "location table has types without locations");
  }
  for (size_t i = 0; i < location_count; ++i) {
    IREE_RETURN_IF_ERROR(iree_ffi_verify_location(iree_vm_LocationTypeDef_union_vec_at(locations, i), i));
  }
  iree_vm_FunctionSourceMapDef_vec_t maps = iree_vm_DebugDatabaseDef_functions(database);
  for (size_t i = 0; i < iree_vm_FunctionSourceMapDef_vec_len(maps); ++i) {
    iree_vm_BytecodeLocationDef_vec_t entries =
        iree_vm_FunctionSourceMapDef_locations(iree_vm_FunctionSourceMapDef_vec_at(maps, i));
    for (size_t j = 0; j < iree_vm_BytecodeLocationDef_vec_len(entries); ++j) {
      IREE_RETURN_IF_ERROR(iree_ffi_verify_child_location(
          iree_vm_BytecodeLocationDef_location(iree_vm_BytecodeLocationDef_vec_at(entries, j)), location_count));
    }
  }
  return iree_ok_status();
}

iree_status_t iree_vm_bytecode_module_flatbuffer_verify(iree_const_byte_span_t archive_contents,
                                                        iree_const_byte_span_t flatbuffer_contents,
                                                        iree_host_size_t archive_rodata_offset) {
  IREE_RETURN_IF_ERROR(
      iree_ffi_iree_flatbuffer_verify(archive_contents, flatbuffer_contents, archive_rodata_offset));
  iree_vm_BytecodeModuleDef_table_t module_def = iree_vm_BytecodeModuleDef_as_root(flatbuffer_contents.data);
  iree_vm_FunctionDescriptor_vec_t descriptors = iree_vm_BytecodeModuleDef_function_descriptors(module_def);
  // IREE counts functions in 16 bits.
  if (iree_vm_FunctionDescriptor_vec_len(descriptors) > UINT16_MAX) {
    return iree_make_status(IREE_STATUS_RESOURCE_EXHAUSTED, "module has too many functions");
  }
  iree_vm_FunctionSignatureDef_vec_t signatures = iree_vm_BytecodeModuleDef_function_signatures(module_def);
  for (size_t i = 0; i < iree_vm_FunctionDescriptor_vec_len(descriptors); ++i) {
    IREE_RETURN_IF_ERROR(iree_ffi_verify_descriptor(iree_vm_FunctionDescriptor_vec_at(descriptors, i)),
                         "functions[%zu]", i);
    IREE_RETURN_IF_ERROR(iree_ffi_verify_cconv(iree_vm_FunctionSignatureDef_vec_at(signatures, i)), "functions[%zu]",
                         i);
  }
  iree_vm_ImportFunctionDef_vec_t imports = iree_vm_BytecodeModuleDef_imported_functions(module_def);
  for (size_t i = 0; i < iree_vm_ImportFunctionDef_vec_len(imports); ++i) {
    IREE_RETURN_IF_ERROR(
        iree_ffi_verify_cconv(iree_vm_ImportFunctionDef_signature(iree_vm_ImportFunctionDef_vec_at(imports, i))),
        "imports[%zu]", i);
  }
  iree_vm_ExportFunctionDef_vec_t exports = iree_vm_BytecodeModuleDef_exported_functions(module_def);
  for (size_t i = 0; i < iree_vm_ExportFunctionDef_vec_len(exports); ++i) {
    IREE_RETURN_IF_ERROR(iree_ffi_verify_export(iree_vm_ExportFunctionDef_vec_at(exports, i), signatures),
                         "exports[%zu]", i);
  }
  return iree_ffi_verify_debug_database(iree_vm_BytecodeModuleDef_debug_database(module_def));
}
