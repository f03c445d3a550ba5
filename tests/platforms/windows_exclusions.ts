/**
 * What does not run on Windows under Wine, each with why.
 *
 * @module
 */

const PEERS = "IREE's tools for Windows call a function that Wine lacks";
const PYTHON = "starts Python, which is for Linux";
const SHELL = "runs shell commands";
const MAPPED = "Windows does not shorten or replace a mapped file";
const LOADED = "Windows does not delete a loaded library";
const LINUX = "reads the /proc or /sys of Linux";

/** Files, by the start of their paths. */
export const WINDOWS_FILES: Readonly<Record<string, string>> = {
  "tests/bench_models_test.ts": "measures time",
  "tests/bench_test.ts": "measures time",
  "tests/benchmark/": "measures time",
  "tests/boundary_test.ts": "reads sources",
  "tests/cli/benchmark/compare_test.ts": PYTHON,
  "tests/cli/completions_test.ts": SHELL,
  "tests/cli/differential/": PEERS,
  "tests/cli/executable/": "the launcher is written for Unix",
  "tests/dev/": "tests the script of this machine",
  "tests/docs": SHELL,
  "tests/examples_test.ts": SHELL,
  "tests/models/": PYTHON,
  "tests/notebook/": "starts Jupyter, which starts this machine's Deno",
  "tests/offline/": "tests stand-ins for packages",
  "tests/onnx/": PYTHON,
  "tests/platforms/": "tests this list",
  "tests/release/": "packages the library of this machine",
  "tests/run/": "tests the script of this machine",
  "tests/sanitizers/": "needs a sanitized library",
  "tests/voice/": "reads sources",
  "tests/vulkan/": "needs a driver for Linux",
};

/** Tests, by the start of their titles. */
export const WINDOWS_TESTS: Readonly<Record<string, string>> = {
  // tests/parameters
  "An archive matches iree-convert-parameters byte for byte": PEERS,
  "Python reads our archives, and we read Python's": PYTHON,
  "An archive can overwrite a file that it is made from": MAPPED,
  "Files of every format list as by iree-dump-parameters": PEERS,
  "GGUF types have GGML's numbers where IREE's differ": PEERS,
  "Safetensors keep the order of their header": PEERS,
  "An offset that wraps around is rejected; iree-dump-parameters crashes":
    PEERS,
  "iree-run-module reads the same archive, except for long patterns": PEERS,
  "A program reads part of a parameter in every mode, unlike iree-run-module":
    PEERS,
  "A call whose mapped parameters were truncated fails, and so does each later one":
    MAPPED,
  "An asynchronous call whose mapped parameters were truncated fails": MAPPED,
  "Once the program of a truncated file is disposed, others work": MAPPED,
  "While a truncated file is mapped, no tensor is read, printed or mapped":
    MAPPED,
  "Parameters in a truncated file are not read or copied as zeros": MAPPED,
  "A file that is shortened after the bytes in use loses nothing": MAPPED,
  "The next archive removes the leftovers of a killed process":
    "a lock of Windows would keep native code from writing",
  // tests/vm, tests/call
  "The same relative path in another folder is another library": LOADED,
  "A library replaced on disk is not mistaken for the old one": LOADED,
  "A C module lists its imports, dependencies and attributes too": LOADED,
  "Types of modules are registered and unregistered in every order": LOADED,
  "Names without a slash are files in the working directory":
    "makes a file whose name Windows rejects",
  "A path that is not a regular file is rejected": SHELL,
  "Structures are passed and returned as by Python's FunctionInvoker": PYTHON,
  "Values that Python rejects are rejected": PYTHON,
  // tests/tensor, tests/tooling, tests/hal
  "Decimals are rounded to f32 as by C's strtof": PYTHON,
  "Devices are listed as by IREE, for one driver or for all": PEERS,
  "Workers are placed as by IREE: ":
    "IREE orders CPUs by the one that asks, which changes",
  "A disposed watchdog has no thread left": LINUX,
  "Workers have the requested stack size": LINUX,
};
