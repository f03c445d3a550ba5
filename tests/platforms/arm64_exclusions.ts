/**
 * Tests that do not run on arm64, by the start of their titles, each with why.
 *
 * @module
 */

const PEERS =
  "runs the program with IREE's tools or bindings, which are for x86-64";

/** Tests, by the start of their titles. */
export const ARM64_TESTS: Readonly<Record<string, string>> = {
  // tests/call
  "A function returns several results, tensors and scalars": PEERS,
  "A failure before the fence is signaled throws, on ": PEERS,
  "Structures are passed and returned as by Python's FunctionInvoker": PEERS,
  "Sums of nested arrays of every element type match iree-run-module": PEERS,
  "Tensors of ranks 0 to 3 are passed as arrays, on ": PEERS,
  "Tensors without elements are accepted and returned": PEERS,
  "Tensors of every element type match those of iree-run-module": PEERS,
  "Values that Python rejects are rejected": PEERS,
  "iree run accepts the same storage as iree-run-module": PEERS,
  // tests/hal
  "Unknown allocators are rejected as IREE rejects them": PEERS,
  // tests/parameters
  "A program reads part of a parameter in every mode, unlike iree-run-module":
    PEERS,
  "iree-run-module reads the same archive, except for long patterns": PEERS,
  // tests/vm
  "A truncated library is rejected instead of killing the process":
    "zig's libraries end with debug information, without which they load",
};
