/**
 * The catalogue of measurements, with their comparisons and goals.
 *
 * @module
 */

import type { ContestantName } from "./contestants.ts";

/** A contestant and its workload in a row of the table. */
export interface Entry {
  /** The entry's name in the row. */
  label: string;
  /** The contestant. */
  contestant: ContestantName;
  /** Name of the workload. */
  workload: string;
}

/** The goal of a row's first entry. */
export type Goal =
  /** Limits its time divided by another entry's. */
  | { against: string; ratio: number }
  /** Limits its time in nanoseconds. */
  | { nanoseconds: number };

/** A row of the table: one piece of work, several contestants. */
export interface Row {
  /** A description of the work, unique among the rows. */
  title: string;
  /** All entries. The first one is compared with the others. */
  entries: readonly Entry[];
  goals: readonly Goal[];
  /** Whether the row only explains others and has no goal of its own. */
  besides?: true;
  /** Fraction of the usual measuring time; all of it by default. */
  share?: number;
  /**
   * Whether contestants are restarted for each round, since the position of
   * their memory affects the times.
   */
  anew?: true;
}

/** The usual comparison for a row's first entry. */
export const C = "C";
const TOOL = "iree-benchmark-module";
const POINTER = "a function pointer";
const PYTHON = "Python";
const ONNX = "onnxruntime-node";

function entry(
  label: string,
  contestant: ContestantName,
  workload: string,
): Entry {
  return { label, contestant, workload };
}

const PEERS: Readonly<Record<string, ContestantName>> = {
  [C]: "floor",
  [TOOL]: "tool",
  [PYTHON]: "python",
  [ONNX]: "onnx",
};

/** Our entry and others that run the same workload by name. */
function same(workload: string, ...peers: string[]): Entry[] {
  return [
    entry("Deno", "ours", workload),
    ...peers.map((label) => entry(label, PEERS[label], workload)),
  ];
}

/** What starts of `iree run` are compared with. */
const START_PEERS: readonly Entry[] = [
  entry("iree-run-module", "process", "iree_run_module"),
  entry("Deno alone", "process", "start_deno"),
];

/** All rows, in the order of the table. */
export const ROWS: readonly Row[] = [
  {
    title: "add(i32, i32)",
    entries: same("add", C, TOOL, PYTHON),
    goals: [
      { against: C, ratio: 1.1 },
      { against: PYTHON, ratio: 1 / 25 },
    ],
  },
  {
    title: "8 mixed arguments, 3 results",
    entries: same("mixed", C, TOOL, PYTHON),
    goals: [{ against: C, ratio: 1.15 }],
  },
  {
    title: "mul(4xf32), arrays in and out",
    entries: same("mul", C, TOOL, PYTHON, ONNX),
    goals: [
      { against: C, ratio: 1.1 },
      { against: PYTHON, ratio: 1 / 5 },
      { against: ONNX, ratio: 1 / 3 },
    ],
  },
  {
    title: "mul(4xf32), a new array out",
    entries: [entry("Deno", "ours", "mul_new"), entry(C, "floor", "mul")],
    goals: [],
    besides: true,
  },
  {
    title: "mul(4xf32), arrays kept",
    entries: [
      entry("Deno", "ours", "mul_reused"),
      entry(C, "floor", "mul"),
    ],
    goals: [{ against: C, ratio: 0.75 }],
  },
  {
    title: "mul(4xf32), arrays kept, in C too",
    entries: same("mul_reused", C),
    goals: [],
    besides: true,
  },
  {
    title: "upload of 64 MiB",
    entries: same("upload", C),
    anew: true,
    goals: [{ against: C, ratio: 1 / 0.95 }],
  },
  {
    title: "download of 64 MiB",
    entries: same("download", C),
    anew: true,
    goals: [{ against: C, ratio: 1 / 0.95 }],
  },
  {
    title: "upload to a new tensor",
    entries: same("upload_new", C, PYTHON),
    goals: [],
    besides: true,
  },
  {
    title: "download to a new array",
    entries: same("download_new", C),
    goals: [],
    besides: true,
  },
  {
    title: "zero-copy import of 64 MiB",
    entries: [
      ...same("import_64MiB", C),
      entry("import of 64 KiB", "ours", "import_64KiB"),
    ],
    goals: [
      { nanoseconds: 20_000 },
      { against: "import of 64 KiB", ratio: 1.1 },
    ],
    // Making the arrays takes far longer and is not timed.
    share: 0.1,
  },
  {
    title: "view of 64 MiB",
    entries: [
      ...same("map_64MiB", C),
      entry("view of 64 KiB", "ours", "map_64KiB"),
    ],
    goals: [
      { nanoseconds: 20_000 },
      { against: "view of 64 KiB", ratio: 1.1 },
    ],
  },
  {
    title: "matmul of 512, arrays in place",
    entries: [
      entry("Deno", "ours", "matmul_in_place"),
      entry(TOOL, "tool", "matmul"),
    ],
    goals: [{ against: TOOL, ratio: 1.02 }],
  },
  {
    title: "matmul of 512, copied in and out",
    entries: same("matmul", C, TOOL, PYTHON, ONNX),
    goals: [],
    besides: true,
  },
  {
    title: "convolutional network, arrays in place",
    entries: [
      entry("Deno", "ours", "convnet_in_place"),
      entry(TOOL, "tool", "convnet"),
    ],
    goals: [{ against: TOOL, ratio: 1.02 }],
  },
  {
    title: "convolutional network, copied in and out",
    entries: same("convnet", C, TOOL, PYTHON, ONNX),
    goals: [],
    besides: true,
  },
  {
    title: "into a C++ module and back",
    entries: same("module", C, TOOL),
    goals: [{ against: C, ratio: 1.1 }],
  },
  {
    title: "callback into TypeScript, a scalar",
    entries: [
      entry("Deno", "ours", "host_scale"),
      entry("C++ module", "ours", "module"),
      entry(POINTER, "ours", "pointer_scale"),
      entry(PYTHON, "python", "host_scale"),
    ],
    goals: [{ nanoseconds: 500 }, { against: PYTHON, ratio: 1 / 5 }],
  },
  {
    title: "callback into TypeScript, 4xf32 in and out",
    entries: [
      ...same("host_double", PYTHON),
      entry("C++ module", "ours", "module_double"),
    ],
    goals: [{ nanoseconds: 4000 }],
  },
  {
    title: "callback into TypeScript, a view of 64 MiB",
    entries: [
      ...same("host_pass_64MiB", PYTHON),
      entry("C++ module", "ours", "module_pass_64MiB"),
      entry("view of 64 KiB", "ours", "host_pass_64KiB"),
    ],
    goals: [{ against: "view of 64 KiB", ratio: 1.1 }],
  },
  {
    title: "callback into TypeScript, off the thread",
    entries: [entry("Deno", "ours", "host_scale_async")],
    goals: [{ nanoseconds: 200_000 }],
  },
  // Functions called in a row hand over once where that is faster.
  {
    title: "8 callbacks into TypeScript, off the thread",
    entries: [
      entry("Deno", "ours", "host_scale_8_async"),
      entry("1 callback", "ours", "host_scale_async"),
    ],
    goals: [{ against: "1 callback", ratio: 2 }],
  },
  {
    title: "list of 10,000 values in and out",
    entries: [
      ...same("list_10000", C),
      entry("list of 1,000", "ours", "list_1000"),
    ],
    goals: [
      { against: C, ratio: 1.5 },
      { against: "list of 1,000", ratio: 10 },
    ],
  },
  {
    title: "list of 100,000 values",
    entries: [
      ...same("list_100000", C),
      entry("list of 10,000", "ours", "list_10000"),
    ],
    goals: [{ against: "list of 10,000", ratio: 10 }],
  },
  {
    title: "loading 100 MiB, mapped",
    entries: [
      ...same("load_100MiB", C, PYTHON),
      entry("loading 1 MiB", "ours", "load_1MiB"),
    ],
    goals: [{ against: "loading 1 MiB", ratio: 1.1 }],
  },
  {
    title: "`iree run` bundled, start to exit",
    entries: [
      entry("Deno", "process", "iree_run_bundled"),
      ...START_PEERS,
      entry(
        "its program, without Python",
        "process",
        "iree_run_module_program",
      ),
      entry("without --no-lazy", "process", "iree_run_lazy"),
      entry("`iree run --help`", "process", "iree_run_help"),
    ],
    goals: [{ against: "iree-run-module", ratio: 1 }],
  },
  {
    title: "`iree run` of one executable, start to exit",
    entries: [
      entry("Deno", "process", "iree_run_executable"),
      ...START_PEERS,
    ],
    goals: [{ against: "iree-run-module", ratio: 1 }],
  },
  {
    title: "`iree run` from sources, start to exit",
    entries: [
      entry("Deno", "process", "iree_run"),
      ...START_PEERS,
      entry("importing the sources", "process", "start_imports"),
      entry("and opening the library", "process", "start_library"),
    ],
    goals: [{ against: "iree-run-module", ratio: 1.5 }],
  },
  // If workers do not disturb each other, one call of each takes as long as a
  // single call.
  {
    title: "2 workers, a call of each",
    entries: [
      ...same("workers_2", C),
      entry("1 worker", "ours", "workers_1"),
      entry("C, 1 thread", "floor", "workers_1"),
    ],
    goals: [{ against: "1 worker", ratio: 2 / 1.8 }],
  },
  {
    title: "4 workers, a call of each",
    entries: [
      ...same("workers_4", C),
      entry("1 worker", "ours", "workers_1"),
    ],
    // Two cores do two calls in parallel.
    goals: [{ against: "1 worker", ratio: 4 / 1.8 }],
  },
];
