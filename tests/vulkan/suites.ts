/**
 * Tests for the CPU that run on Vulkan too: `preload.ts` gives them its devices.
 *
 * @module
 */

/** The files, from the root. */
export const SUITES: readonly string[] = [
  "tests/call/async_failure_test.ts",
  "tests/call/bound_call_test.ts",
  "tests/call/coarse_fences_test.ts",
  "tests/call/compute_test.ts",
  "tests/call/event_loop_test.ts",
  "tests/call/list_argument_test.ts",
  "tests/call/named_values_test.ts",
  "tests/call/null_tensor_test.ts",
  "tests/call/result_storage_test.ts",
  "tests/call/shared_lists_test.ts",
  "tests/call/structures_test.ts",
  "tests/call/submission_test.ts",
  "tests/call/tensor_misuse_test.ts",
  "tests/hal/buffer_view_test.ts",
  "tests/hal/device_idle_test.ts",
  "tests/hal/device_test.ts",
  "tests/hal/tensor_refusal_test.ts",
  "tests/parameters/parameter_writes_test.ts",
  "tests/parameters/parameters_test.ts",
  "tests/program/fork_test.ts",
];

const CHILD = "starts another process, whose device is the CPU";
const PEER = "compares with a peer, whose device is the CPU";

/** Tests that cannot run there, by the start of their titles, each with why. */
export const VULKAN_EXCLUDED: Readonly<Record<string, string>> = {
  "A bound call works on arrays that share the tensors' memory":
    "Vulkan imports only whole pages",
  "A failure before the fence is signaled throws": PEER,
  "Storage that is too small fails": "a buffer of Vulkan has at least 4 bytes",
  "The allocator of a ": "Vulkan counts the blocks of its pools",
  "Statistics of a ": PEER,
  "Memory heaps of a ": "those of Vulkan depend on the GPU",
  "Queries of a ": "the properties are those of the CPU",
  "A fork includes the program's C++ module":
    "the module's tensors are in the CPU's memory",
  "iree run accepts the same storage as iree-run-module": CHILD,
  "Structures are passed and returned as by Python's FunctionInvoker": PEER,
  "Values that Python rejects are rejected": PEER,
  "A tensor rejects a view of another type or shape in IREE's words": PEER,
  "iree-run-module reads the same archive, except for long patterns": PEER,
  "A program with gigabytes of parameters loads without reading them":
    "lavapipe allocates at most 2 GiB at once",
};
