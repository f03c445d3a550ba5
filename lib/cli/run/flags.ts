import { FLAGFILE_HELP, type FlagOf } from "../common/flags.ts";

const MIN_I32 = -(2 ** 31);
const MAX_I32 = 2 ** 31 - 1;

/** What is run, on what, with which values. */
export const MAIN_FLAGS = {
  module: {
    kind: "list",
    value: "FILE",
    help: [
      "A module to load; repeat it for several. The last one is the main one,",
      "and one that others need comes before them. Forms:",
      "  program.vmfb                  a compiled program",
      "  -                             a compiled program from stdin",
      "  library.so                    a native module, by its default export",
      "  library.so@export             a native module, by an export's name",
      "  library.so@export?key=value&… the same with parameters",
    ],
  },
  module_mode: {
    kind: "choice",
    choices: ["preload", "mmap"],
    help: ["How files of programs get into memory: read or mapped."],
  },
  function: {
    kind: "text",
    value: "NAME",
    help: [
      "The function of the main module to run. It can be left out when there",
      "is only one.",
    ],
  },
  device: {
    kind: "list",
    value: "URI",
    help: [
      "The device for programs that need one: driver[://path][?params], such",
      "as local-sync or local-task (the default). Repeat it for programs that",
      "use several.",
    ],
  },
  input: {
    kind: "list",
    value: "VALUE",
    help: [
      "An argument of the function; repeat it for several, in order.",
      "  3  0x10  -1.5e3  inf  nan     a scalar",
      "  2x2xi32=1 2 3 4               a tensor; also [[1 2][3 4]], one element",
      "                                for all, or 2x2xi32 for zeros",
      "  4xf32=@file.bin               a tensor with the bytes of a file",
      "  4xf32=+file.bin               with those that follow in the same file",
      "  @file.npy                     the first array of a NumPy file",
      "  +file.npy                     its next array",
      "  *file.npy                     all that are left, an argument each",
      "  &4xf32=9                      a buffer of that size and contents",
      "  (null) or (ignored)           a null reference, or zero",
    ],
  },
  parameters: {
    kind: "list",
    value: "[SCOPE=]FILE",
    help: [
      "Parameters for programs whose weights are not in them: a file .irpa,",
      ".gguf or .safetensors; repeat it for several.",
    ],
  },
  parameter_mode: {
    kind: "choice",
    choices: ["file", "preload", "mmap"],
    help: [
      "How their contents are read: when they are needed, all of them at",
      "first, or as the system maps them.",
    ],
  },
} as const;

/** How devices are created, besides what is a program's. */
export const DEVICE_FLAGS = {
  device_allocator: {
    kind: "list",
    value: "SPEC",
    help: [
      "What the allocator of each device is wrapped in: caching or debug;",
      "caching:heap=bytes;total;count,… limits what is kept. Repeat it for",
      "several.",
    ],
  },
  device_lead_allocator: {
    kind: "integer",
    value: "ORDINAL",
    min: 0,
    max: MAX_I32 as number,
    help: [
      "Which of several devices allocates inputs, and memory that any of them",
      "could: 0 unless given.",
    ],
  },
  list_drivers: {
    kind: "boolean",
    help: ["Lists the drivers in the library, and runs nothing."],
  },
  list_devices: {
    kind: "optional",
    value: "DRIVER",
    help: ["Lists the devices of a driver or of all, and runs nothing."],
  },
  dump_devices: {
    kind: "optional",
    value: "DRIVER",
    help: ["The same with all that is known of them."],
  },
  dump_task_topologies: {
    kind: "boolean",
    help: ["Tells how workers of local-task are spread, and runs nothing."],
  },
} as const;

/** What is told of a run besides its results. */
export const WATCH_FLAGS = {
  trace_execution: {
    kind: "boolean",
    help: ["Prints every operation of the VM to stderr."],
  },
  print_statistics: {
    kind: "boolean",
    help: ["Prints what devices' allocators did to stderr, at the end."],
  },
  instrument_file: {
    kind: "text",
    value: "FILE",
    default: "",
    help: ["Writes what an instrumented program recorded."],
  },
  repeat: {
    kind: "integer",
    value: "COUNT",
    min: 1,
    max: MAX_I32 as number,
    help: [
      "Calls the function so many times, with the same inputs. The results of",
      "the last call are printed, and how long calls took.",
    ],
  },
  timeout: {
    kind: "number",
    value: "SECONDS",
    min: 0.001,
    max: 1e8,
    help: [
      "Ends the command with DEADLINE_EXCEEDED and exit status 1 when it has",
      "not ended by then. A call cannot be interrupted: the process is ended",
      "at once, and files that are being written may be cut.",
    ],
  },
} as const;

/** What becomes of the results. */
export const RESULT_FLAGS = {
  output: {
    kind: "list",
    value: "TARGET",
    help: [
      "What to do with a result; repeat it, once for each. Without it all are",
      "printed.",
      "  -                             prints it",
      "  @file.npy                     writes it as an array to a NumPy file",
      "  +file.npy                     appends it to one",
      "  @file.bin  +file.bin          writes or appends its bytes",
      "  (nothing)                     ignores it",
    ],
  },
  output_format: {
    kind: "choice",
    choices: ["text", "json"],
    help: [
      "How results are printed. json is one object with the function's name,",
      "its results with types, shapes and values, and the milliseconds of each",
      "call. Integers of 64 bits are strings, and so are NaN, Infinity,",
      "-Infinity and -0, so that no value is lost.",
    ],
  },
  output_max_element_count: {
    kind: "integer",
    value: "COUNT",
    min: MIN_I32 as number,
    max: MAX_I32 as number,
    help: [
      "How many elements of a tensor to print at most: 1024 unless given; all",
      "when negative.",
    ],
  },
  expected_output: {
    kind: "list",
    value: "VALUE",
    help: [
      "What a result must be, written like an input, or (ignored); repeat it,",
      "once for each. Results are compared and not printed; when one differs",
      "the exit status is 1.",
    ],
  },
  equality_mode: {
    kind: "choice",
    choices: ["approximate", "exact"],
    help: ["Whether floating point may differ a little."],
  },
  expected_f16_threshold: {
    kind: "number",
    value: "SIZE",
    min: 0,
    help: ["By how much an f16 may differ: 0.001 unless given."],
  },
  expected_f32_threshold: {
    kind: "number",
    value: "SIZE",
    min: 0,
    help: ["By how much an f32 may differ: 0.0001 unless given."],
  },
  expected_f64_threshold: {
    kind: "number",
    value: "SIZE",
    min: 0,
    help: ["By how much an f64 may differ: 0.0001 unless given."],
  },
  expected_bf16_threshold: {
    kind: "number",
    value: "SIZE",
    min: 0,
    help: ["By how much a bf16 may differ: 0.01 unless given."],
  },
  expected_rtol: {
    kind: "number",
    value: "SIZE",
    min: 0,
    help: [
      "What part of the expected value any floating point may differ by",
      "besides: 1e-5 unless given.",
    ],
  },
} as const;

/** What every command has. */
export const COMMON_FLAGS: {
  readonly flagfile: FlagOf<"flagfile">;
  readonly help: FlagOf<"boolean">;
} = {
  flagfile: FLAGFILE_HELP,
  help: { kind: "boolean", help: ["Prints this help."] },
};
