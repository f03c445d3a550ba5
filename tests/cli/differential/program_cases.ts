// Programs of every model, devices, parameters and diagnostics.

import { Instance, ParameterIndex } from "../../../mod.ts";
import { TemporaryFolder } from "../../support.ts";
import { ascii, type Case } from "./case.ts";

const FOURS = ["--input=4xf32=1 2 3 4", "--input=4xf32=10"];

function multiplying(name: string, module: string, ...args: string[]): Case {
  return { name, module, function: "mul", args: [...FOURS, ...args] };
}

const MODELS: readonly Case[] = [
  multiplying("coarse fences", "mul_async.mlir"),
  multiplying(
    "coarse fences, local-sync",
    "mul_async.mlir",
    "--device=local-sync",
  ),
  multiplying(
    "coarse fences, to a file",
    "mul_async.mlir",
    "--output=@out.npy",
  ),
  multiplying(
    "coarse fences, a match",
    "mul_async.mlir",
    "--expected_output=4xf32=10 20 30 40",
  ),
  multiplying(
    "coarse fences, a mismatch",
    "mul_async.mlir",
    "--expected_output=4xf32=10 20 30 41",
  ),
  {
    name: "coarse fences, too few inputs",
    module: "mul_async.mlir",
    function: "mul",
    args: FOURS.slice(1),
  },
  multiplying("inline, dynamic", "inline_dynamic.mlir"),
  multiplying(
    "inline, dynamic, to a file",
    "inline_dynamic.mlir",
    "--output=@out.bin",
  ),
  multiplying("inline, static", "inline_static.mlir"),
  multiplying(
    "inline, static, expected",
    "inline_static.mlir",
    "--expected_output=4xf32=1",
  ),
  multiplying("native code", "mul.mlir", "--print_statistics"),
];

function withStatistics(name: string, ...args: string[]): Case {
  return {
    ...multiplying(name, "mul_vmvx.mlir", "--print_statistics", ...args),
    stderr: true,
  };
}

function twoDevices(name: string, ...args: string[]): Case {
  return {
    name,
    module: "two_devices.mlir",
    function: "there_and_back",
    args: ["--input=4xf32=1 2 3 4", ...args],
    stderr: args.includes("--print_statistics"),
  };
}

const PAIR = ["--device=local-sync", "--device=local-task"];

const DEVICES: readonly Case[] = [
  withStatistics("statistics"),
  withStatistics("statistics, local-sync", "--device=local-sync"),
  withStatistics("statistics, caching", "--device_allocator=caching"),
  withStatistics("statistics, debug", "--device_allocator=debug"),
  withStatistics(
    "statistics, both",
    "--device_allocator=caching",
    "--device_allocator=debug",
  ),
  withStatistics("statistics, to a file", "--output=@out.npy"),
  withStatistics("statistics, expected", "--expected_output=4xf32=10 20 30 40"),
  withStatistics("workers", "--task_topology_group_count=2"),
  withStatistics("workers on one CPU", "--task_topology_cpu_ids=0"),
  withStatistics("workers with less stack", "--task_worker_stack_size=65536"),
  twoDevices("two devices", ...PAIR),
  twoDevices("two devices, statistics", ...PAIR, "--print_statistics"),
  twoDevices(
    "two devices, the second leads",
    ...PAIR,
    "--device_lead_allocator=1",
    "--print_statistics",
  ),
  twoDevices("one device of two", "--device=local-sync"),
  withStatistics("a missing lead device", "--device_lead_allocator=3"),
  withStatistics("an unknown device", "--device=bogus"),
  withStatistics("an unknown allocator", "--device_allocator=bogus"),
  withStatistics("a missing plugin", "--executable_plugin=./missing.so"),
  withStatistics("workers of an unknown kind", "--task_topology_mode=bogus"),
  withStatistics(
    "workers on a device without workers",
    "--device=local-sync",
    "--task_topology_group_count=1",
  ),
  withStatistics("an allocator with no limits", "--device_allocator=caching:"),
  { name: "list drivers", args: ["--list_drivers"] },
  { name: "list devices", args: ["--list_devices"] },
  { name: "list devices of one", args: ["--list_devices=local-task"] },
  { name: "list devices of none", args: ["--list_devices=bogus"] },
  { name: "dump devices", args: ["--dump_devices=local-sync"] },
  { name: "dump topologies", args: ["--dump_task_topologies"] },
];

const PROFILING: readonly Case[] = [
  ["profiling nowhere", "--device_profiling_mode=queue-events"],
  ["profiling nothing", "--device_profiling_output=out"],
  ["a filter without profiling", "--device_profiling_filter_queue=0"],
  ["a capture without a tool", "--device_capture_label=x"],
  ["a capture", "--device_capture_tool=renderdoc"],
  [
    "profiling of an unknown kind",
    "--device_profiling_mode=bogus",
    "--device_profiling_output=out",
  ],
  [
    "an unknown command buffer",
    "--print_device_statistics",
    "--device_profiling_filter_command_buffer=0",
  ],
  [
    "statistics and a file",
    "--print_device_statistics",
    "--device_profiling_mode=queue-events",
    "--device_profiling_output=out",
  ],
].map(([name, ...args]) => multiplying(name, "mul_vmvx.mlir", ...args));

/** A parameter archive for `parameters.mlir`, with some entries not packed. */
function makeArchive(expand: string[]): Uint8Array<ArrayBuffer> {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  index.addData("weight", new Float32Array([1, 2, 3, 4]));
  index.addData("state", new Int32Array([10, 20, 30, 40]));
  index.addSplat("scale", 16, new Float64Array([2.5]));
  const path = folder.join("model.irpa");
  index.writeArchive(path, { expand });
  return Deno.readFileSync(path);
}

const FILES = {
  "model.irpa": makeArchive(["scale"]),
  "packed.irpa": makeArchive([]),
  "model.txt": ascii("none"),
};

function withParameters(name: string, ...args: string[]): Case {
  return {
    name,
    module: "parameters.mlir",
    function: "scaled",
    args: ["--input=4xf32=2", ...args],
    files: FILES,
  };
}

const PARAMETERS: readonly Case[] = [
  withParameters("parameters", "--parameters=model=model.irpa"),
  withParameters(
    "parameters in memory",
    "--parameters=model=model.irpa",
    "--parameter_mode=preload",
  ),
  withParameters(
    "parameters of long patterns",
    "--parameters=model=packed.irpa",
  ),
  withParameters("parameters of another scope", "--parameters=model.irpa"),
  withParameters("no parameters"),
  withParameters("a missing parameter file", "--parameters=model=no.irpa"),
  withParameters(
    "parameters of an unknown kind",
    "--parameters=model=model.txt",
  ),
  withParameters(
    "an unknown parameter mode",
    "--parameters=model=model.irpa",
    "--parameter_mode=bogus",
  ),
];

const OTHERS: readonly Case[] = [
  {
    name: "the recording of an instrumented program",
    module: "instrumented.mlir",
    function: "double",
    args: ["--input=4", "--instrument_file=out.bin"],
  },
  {
    name: "the recording of a program without instrumentation",
    function: "i8",
    args: ["--input=4", "--instrument_file=out.bin"],
  },
  {
    name: "a mapped program",
    function: "constant",
    args: ["--module_mode=mmap"],
  },
  {
    name: "a flag file",
    args: ["--flagfile=flags"],
    files: {
      flags: ascii("# what to run\n--function=i8\n\n--input=3\n"),
    },
  },
  {
    name: "flags as --help prints them",
    function: "constant",
    args: ["--flagfile=flags"],
    files: {
      flags: ascii('--device_profiling_mode=""\n--task_topology_favor=""\n'),
    },
  },
  {
    name: "a flag of CUDA's",
    function: "constant",
    args: ["--cuda_tracing=1"],
  },
  {
    name: "a recording of a program",
    function: "constant",
    args: ["--device_replay_output=out"],
  },
  {
    name: "a recording of a program without devices",
    module: "arithmetic.mlir",
    function: "add",
    args: ["--input=1", "--input=2", "--device_replay_output=out"],
  },
  {
    name: "a recording with files of an unknown policy",
    function: "constant",
    args: ["--device_replay_output=out", "--device_replay_file_policy=bogus"],
  },
  {
    name: "statistics of an unknown kind",
    function: "constant",
    args: ["--print_statistics=maybe"],
  },
];

/** All of them. */
export const PROGRAM_CASES: readonly Case[] = [
  ...MODELS,
  ...DEVICES,
  ...PROFILING,
  ...PARAMETERS,
  ...OTHERS,
];
