import {
  FLAGFILE_HELP,
  type FlagOf,
  type FlagValues,
} from "../common/flags.ts";
import type { TASK_TOPOLOGY_FLAGS } from "../common/task_flags.ts";

const MIN_I32 = -(2 ** 31);
const MAX_I32 = 2 ** 31 - 1;

/** Flags that choose the program, the device and the inputs. */
export const MAIN_FLAGS = {
  module: {
    kind: "list",
    value: "FILE",
    help: [
      "A module to load; repeat for several, each after the modules that it",
      "requires. The last one is the main module. Forms:",
      "  program.vmfb                  a compiled program",
      "  -                             a compiled program from stdin",
      "  library.so                    a native module, using the default export",
      "  library.so@export             a native module, using a named export",
      "  library.so@export?key=value&… the same with parameters",
    ],
  },
  module_mode: {
    kind: "choice",
    choices: ["preload", "mmap"],
    help: ["How to load program files: read (preload) or map (mmap)."],
  },
  function: {
    kind: "text",
    value: "NAME",
    help: [
      "The function of the main module to run. Optional if there is only",
      "one.",
    ],
  },
  device: {
    kind: "list",
    value: "URI",
    help: [
      "A device for programs that need one: driver[://path][?params], such as",
      "local-sync or local-task (the default). Repeat for programs that use",
      "several. auto uses the tuned device, or chooses by the program's size.",
    ],
  },
  input: {
    kind: "list",
    value: "VALUE",
    help: [
      "An argument of the function; repeat for several, in order.",
      "  3  0x10  -1.5e3  inf  nan     a scalar",
      "  2x2xi32=1 2 3 4               a tensor; or [[1 2][3 4]], one element to",
      "                                repeat, or 2x2xi32 for zeros",
      "  4xf32=@file.bin               a tensor from a file's bytes",
      "  4xf32=+file.bin               a tensor from the next bytes of that file",
      "  @file.npy                     the first array in a NumPy file",
      "  +file.npy                     the next array in that file",
      "  *file.npy                     all remaining arrays, one argument each",
      "  &4xf32=9                      a buffer with that size and contents",
      "  (null) or (ignored)           a null reference, or zero",
    ],
  },
  shape: {
    kind: "list",
    value: "NAME=SHAPE",
    help: [
      "The shape of an ONNX model's input, as for `iree compile`; repeat for",
      "several. It finds the program that was tuned with these shapes.",
    ],
  },
  parameters: {
    kind: "list",
    value: "[SCOPE=]FILE",
    help: [
      "A parameter file for programs whose weights are separate: .irpa, .gguf",
      "or .safetensors; repeat for several.",
    ],
  },
  parameter_mode: {
    kind: "choice",
    choices: ["file", "preload", "mmap"],
    help: [
      "How to access their contents: read when needed (file), read up front",
      "(preload), or map (mmap).",
    ],
  },
} as const;

/** Flags that configure devices, in addition to a program's. */
export const DEVICE_FLAGS = {
  device_allocator: {
    kind: "list",
    value: "SPEC",
    help: [
      "Wraps each device's allocator: caching or debug;",
      "caching:heap=bytes;total;count,… limits the cache. Repeat for",
      "several.",
    ],
  },
  device_lead_allocator: {
    kind: "integer",
    value: "ORDINAL",
    min: 0,
    max: MAX_I32 as number,
    help: [
      "Index of the device that allocates inputs, and memory that any device",
      "could allocate; 0 by default.",
    ],
  },
  list_drivers: {
    kind: "boolean",
    help: ["Lists the available drivers and exits."],
  },
  list_devices: {
    kind: "optional",
    value: "DRIVER",
    help: ["Lists the devices of one driver or of all, and exits."],
  },
  dump_devices: {
    kind: "optional",
    value: "DRIVER",
    help: ["Lists devices with all their details, and exits."],
  },
  dump_task_topologies: {
    kind: "boolean",
    help: ["Prints how workers of local-task are placed on CPUs, and exits."],
  },
} as const;

/** Flags for recording what devices are asked. */
export const RECORDING_FLAGS = {
  device_replay_output: {
    kind: "text",
    value: "FILE",
    default: "",
    help: [
      "Records what the program asks of its devices into a file, for",
      "`iree replay`.",
    ],
  },
  device_replay_file_policy: {
    kind: "choice",
    choices: ["reference", "capture-ranges", "capture-all", "fail"],
    help: [
      "How to record files that the program reads, such as parameters: by their",
      "paths, with the bytes that it reads, or whole; fail rejects them.",
    ],
  },
  device_replay_file_validation: {
    kind: "choice",
    choices: ["identity", "digest"],
    help: [
      "How a replay recognizes files: by the file system's data, or by their",
      "contents.",
    ],
  },
} as const;

/** Flags for diagnostics. */
export const WATCH_FLAGS = {
  trace_execution: {
    kind: "boolean",
    help: [
      "Prints every VM operation to stderr; with --profile, records those of",
      "calls in the profile instead.",
    ],
  },
  print_statistics: {
    kind: "boolean",
    help: ["Prints allocator statistics of each device to stderr at the end."],
  },
  instrument_file: {
    kind: "text",
    value: "FILE",
    default: "",
    help: ["Writes the data that an instrumented program recorded."],
  },
  repeat: {
    kind: "integer",
    value: "COUNT",
    min: 1,
    max: MAX_I32 as number,
    help: [
      "Calls the function this many times with the same inputs. Prints the",
      "last call's results, and how long the calls took.",
    ],
  },
  timeout: {
    kind: "number",
    value: "SECONDS",
    min: 0.001,
    max: 1e8,
    help: [
      "Ends the command with DEADLINE_EXCEEDED and exit status 1 after this",
      "time. A call cannot be interrupted, so the process exits immediately;",
      "files being written may be truncated.",
    ],
  },
  watch: {
    kind: "boolean",
    help: [
      "Runs again, with a new state, when a file of the program or of its",
      "inputs is saved or replaced. MLIR and ONNX are compiled again. Failures",
      "are printed, and the command waits for the next change.",
    ],
  },
} as const;

/** Flags for the output. */
export const RESULT_FLAGS = {
  output: {
    kind: "list",
    value: "TARGET",
    help: [
      "Destination of a result; repeat once per result. By default, all are",
      "printed.",
      "  -                             prints it",
      "  @file.npy                     writes it as an array to a NumPy file",
      "  +file.npy                     appends it to a NumPy file",
      "  @file.bin  +file.bin          writes or appends its bytes",
      "  (nothing)                     ignores it",
    ],
  },
  output_format: {
    kind: "choice",
    choices: ["text", "json"],
    help: [
      "How to print results. json prints one object: the function's name, the",
      "results with types, shapes and values, and the milliseconds per",
      "call. 64-bit integers, NaN, Infinity, -Infinity and -0 are strings, so",
      "that no value is lost.",
    ],
  },
  output_max_element_count: {
    kind: "integer",
    value: "COUNT",
    min: MIN_I32 as number,
    max: MAX_I32 as number,
    help: [
      "Maximum number of elements to print per tensor: 1024 by default; all",
      "if negative.",
    ],
  },
  expected_output: {
    kind: "list",
    value: "VALUE",
    help: [
      "Expected result, written like an input, or (ignored); repeat once per",
      "result. Results are compared and not printed; if one differs, the exit",
      "status is 1.",
    ],
  },
  equality_mode: {
    kind: "choice",
    choices: ["approximate", "exact"],
    help: ["Whether floating-point results may differ slightly."],
  },
  expected_f16_threshold: {
    kind: "number",
    value: "SIZE",
    min: 0,
    help: ["Absolute tolerance for f16: 0.001 by default."],
  },
  expected_f32_threshold: {
    kind: "number",
    value: "SIZE",
    min: 0,
    help: ["Absolute tolerance for f32: 0.0001 by default."],
  },
  expected_f64_threshold: {
    kind: "number",
    value: "SIZE",
    min: 0,
    help: ["Absolute tolerance for f64: 0.0001 by default."],
  },
  expected_bf16_threshold: {
    kind: "number",
    value: "SIZE",
    min: 0,
    help: ["Absolute tolerance for bf16: 0.01 by default."],
  },
  expected_rtol: {
    kind: "number",
    value: "SIZE",
    min: 0,
    help: [
      "Relative tolerance for all floating-point types, in addition to the",
      "absolute one: 1e-5 by default.",
    ],
  },
} as const;

/** Flags of every command. */
export const COMMON_FLAGS: {
  readonly flagfile: FlagOf<"flagfile">;
  readonly help: FlagOf<"boolean">;
} = {
  flagfile: FLAGFILE_HELP,
  help: { kind: "boolean", help: ["Prints this help."] },
};

/** Flags for lists. */
export type ListingFlags = FlagValues<
  typeof DEVICE_FLAGS & typeof TASK_TOPOLOGY_FLAGS
>;

/**
 * Returns whether a flag requests a list instead of a run.
 *
 * @param flags The flags.
 */
export function isListing(flags: ListingFlags): boolean {
  return flags.list_drivers || flags.list_devices !== undefined ||
    flags.dump_devices !== undefined || flags.dump_task_topologies;
}
