/**
 * The tests of another platform that CI runs: a quarter of them.
 *
 * They are those whose results depend on the platform: its calling convention,
 * alignment, floats, threads and files. The others test TypeScript, start many
 * processes, which takes an emulator long, or wait for some time.
 *
 * @module
 */

/** The starts of their paths. */
export const QUARTER: readonly string[] = [
  "tests/base/error_test.ts",
  "tests/call/async_failure_test.ts",
  "tests/call/bound_call_test.ts",
  "tests/call/coarse_fences_test.ts",
  "tests/call/compute_test.ts",
  "tests/call/function_test.ts",
  "tests/call/list_argument_test.ts",
  "tests/call/named_values_test.ts",
  "tests/call/null_tensor_test.ts",
  "tests/call/result_storage_test.ts",
  "tests/call/shared_lists_test.ts",
  "tests/call/structures_test.ts",
  "tests/call/submission_test.ts",
  "tests/call/tensor_call_test.ts",
  "tests/conformance/",
  "tests/hal/buffer_mapping_test.ts",
  "tests/hal/buffer_view_test.ts",
  "tests/hal/device_allocator_test.ts",
  "tests/hal/device_memory_test.ts",
  "tests/hal/driver_test.ts",
  "tests/hal/imported_array_test.ts",
  "tests/host/host_fences_test.ts",
  "tests/host/host_module_test.ts",
  "tests/host/host_objects_test.ts",
  "tests/host/host_shared_test.ts",
  "tests/host/host_types_test.ts",
  "tests/host/parameter_reader_test.ts",
  "tests/language/integer_product_test.ts",
  "tests/library/binding_test.ts",
  "tests/npy/npy_test.ts",
  "tests/ownership/lifetime_test.ts",
  "tests/ownership/unbegun_test.ts",
  "tests/parameters/parameter_formats_test.ts",
  "tests/parameters/parameter_index_test.ts",
  "tests/parameters/parameters_test.ts",
  "tests/parameters/safetensors_test.ts",
  "tests/program/context_test.ts",
  "tests/program/fork_test.ts",
  "tests/program/load_forms_test.ts",
  "tests/program/unknown_function_test.ts",
  "tests/tensor/accepted_arrays_test.ts",
  "tests/tensor/scalar_text_test.ts",
  "tests/vm/builtin_types_test.ts",
  "tests/vm/dynamic_module_failure_test.ts",
  "tests/vm/dynamic_module_test.ts",
  "tests/vm/list_test.ts",
  "tests/vm/module_test.ts",
  "tests/vm/type_registration_test.ts",
];

/** Whether CI runs a test file on another platform. */
export function isOfQuarter(path: string): boolean {
  return QUARTER.some((start) => path.startsWith(start));
}
