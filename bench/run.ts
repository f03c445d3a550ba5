/**
 * Measures all contestants in one run.
 *
 *     ./dev bench [--quick | --once] [--only=TEXT] [--output=FOLDER]
 *
 * `--quick` takes a minute, a full run five. `--once` shows that everything
 * runs: one call of each, with the installed packages only. `--only` selects
 * rows with a text in their title.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path";
import { LAUNCHER } from "../lib/cli/compile/executable.ts";
import { bundle } from "../release/bundle.ts";
import { writeSelfExtracting } from "../release/compile.ts";
import { denoFlags, LIBRARY, mustRun, ROOT, SDK } from "../tests/support.ts";
import { isThere } from "./cached_folder.ts";
import { type Row, ROWS } from "./catalog.ts";
import { drawChart } from "./chart.ts";
import {
  BUNDLE,
  EXECUTABLE,
  EXECUTABLE_CACHE,
  LAZY_BUNDLE,
} from "./commands.ts";
import {
  type Contestant,
  type ContestantName,
  CONTESTANTS,
  ONNX_PACKAGE,
  startContestant,
} from "./contestants.ts";
import { buildFolder, buildModels } from "./folder.ts";
import {
  type Contestants,
  type Effort,
  measureRow,
  type RowResult,
} from "./measure.ts";
import { describeOrigin } from "./origin.ts";
import { findPackages } from "./packages.ts";
import type { Properties } from "./properties.ts";
import {
  formatOrigin,
  formatProperties,
  formatRow,
  formatTable,
} from "./report.ts";
import { type BenchResult, resultFolder } from "./result.ts";

/** How much to measure. */
const WHOLE: Effort = { rounds: 25, milliseconds: 60, warmUp: 500 };
const QUICK: Effort = { rounds: 7, milliseconds: 10, warmUp: 200 };
const ONCE: Effort = { rounds: 1, milliseconds: 0, warmUp: 0 };

/** Number of calls to watch for allocations. */
const CALLS = 10_000_000;

interface Options {
  effort: Effort;
  rows: readonly Row[];
  calls: number;
  /** Milliseconds that a model runs while the event loop is watched. */
  modelTime: number;
  /** Number of such runs. */
  modelRuns: number;
  /** Whether to download missing packages. */
  install: boolean;
  /** Path for the result, if it is kept. */
  output: string | undefined;
}

function parseOptions(args: string[]): Options {
  const flags = parseArgs(args, {
    boolean: ["quick", "once"],
    string: ["only", "output"],
    unknown: (name) => {
      console.error(`bench: unknown flag or argument '${name}'`);
      Deno.exit(2);
    },
  });
  const { only = "" } = flags;
  const rows = ROWS.filter(({ title, entries }) =>
    title.includes(only) || entries.some((it) => it.workload === only)
  );
  if (rows.length === 0) {
    console.error(`bench: no row has '${only}' in its title`);
    Deno.exit(2);
  }
  return {
    effort: flags.once ? ONCE : flags.quick ? QUICK : WHOLE,
    rows,
    calls: flags.once ? 1000 : CALLS,
    modelTime: flags.once ? 20 : 2000,
    modelRuns: flags.once || flags.quick ? 1 : 5,
    install: !flags.once,
    // A partial run does not replace the last one.
    output: flags.output ??
      (flags.once || only !== "" ? undefined : resultFolder()),
  };
}

/** Contestants, started when a row first needs them. */
class Field implements Contestants {
  readonly absent: Record<string, string> = {};
  readonly #folder: string;
  readonly #started = new Map<ContestantName, Contestant>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Leaves a contestant out. */
  leaveOut(name: ContestantName, reason: string): void {
    this.absent[CONTESTANTS[name]] = reason;
  }

  find(name: ContestantName): Contestant | undefined {
    if (CONTESTANTS[name] in this.absent) return undefined;
    let contestant = this.#started.get(name);
    if (contestant === undefined) {
      contestant = startContestant(name, this.#folder);
      this.#started.set(name, contestant);
    }
    return contestant;
  }

  /** Ends all, so that rows do not inherit memory from earlier ones. */
  async stop(): Promise<void> {
    for (const contestant of this.#started.values()) await contestant.stop();
    this.#started.clear();
  }
}

/** Runs a script of the bench that prints JSON. */
async function measure(script: string, ...args: string[]): Promise<string> {
  const flags = ["run", "-A", "--no-check", ...denoFlags()];
  const path = join(ROOT, "bench", script);
  return await mustRun(Deno.execPath(), [...flags, path, ...args]);
}

async function measureStalls(
  folder: string,
  { modelTime, modelRuns }: Options,
  onnx: boolean,
): Promise<BenchResult["stalls"]> {
  const effort = [`${modelTime}`, `${modelRuns}`];
  const ours = JSON.parse(await measure("stalls.ts", folder, ...effort));
  if (!onnx) return ours;
  const script = "peers/onnxruntime_stall.ts";
  const theirs = await measure(script, folder, ONNX_PACKAGE, ...effort);
  return { ...ours, onnx: JSON.parse(theirs) };
}

async function writeExecutable(folder: string): Promise<void> {
  const executable = join(folder, EXECUTABLE);
  const launcher = join(SDK, LAUNCHER);
  await writeSelfExtracting(LIBRARY, launcher, executable, denoFlags());
  await Deno.mkdir(join(folder, EXECUTABLE_CACHE));
}

/** It takes 200 MB, with the files that it has placed. */
async function removeExecutable(folder: string): Promise<void> {
  for (const name of [EXECUTABLE, EXECUTABLE_CACHE]) {
    const path = join(folder, name);
    if (await isThere(path)) await Deno.remove(path, { recursive: true });
  }
}

async function run(options: Options): Promise<BenchResult> {
  const [load] = Deno.loadavg();
  const folder = await buildFolder();
  for (const name of [BUNDLE, LAZY_BUNDLE]) {
    await bundle(join(folder, name), denoFlags());
  }
  const isExecutableWanted = options.rows.some(({ entries }) =>
    entries.some(({ workload }) => workload === "iree_run_executable")
  );
  if (isExecutableWanted) await writeExecutable(folder);
  const field = new Field(folder);
  const packages = await findPackages(options.install);
  if (packages.installed) await buildModels(folder, packages.folder);
  else field.leaveOut("onnx", packages.reason);
  const rows: RowResult[] = [];
  for (const row of options.rows) {
    const result = await measureRow(row, options.effort, field);
    await field.stop();
    rows.push(result);
    console.log(`${formatRow(result)}\n`);
  }
  if (isExecutableWanted) await removeExecutable(folder);
  const properties: Properties = JSON.parse(
    await measure("properties.ts", folder, `${options.calls}`),
  );
  const stalls = await measureStalls(folder, options, packages.installed);
  const { rounds } = options.effort;
  const origin = await describeOrigin(load, rounds);
  return { origin, rows, properties, stalls, absent: field.absent };
}

const options = parseOptions(Deno.args);
const result = await run(options);
console.log(formatProperties(result).join("\n"));
console.log(`\n${formatTable(result)}\n\n${formatOrigin(result.origin)}`);
for (const [name, reason] of Object.entries(result.absent)) {
  console.log(`${name} did not take part: ${reason}`);
}
if (options.output !== undefined) await keep(result, options.output);

async function keep(result: BenchResult, folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const json = join(folder, "last.json");
  const chart = join(folder, "last.svg");
  await Deno.writeTextFile(json, `${JSON.stringify(result, null, 2)}\n`);
  await Deno.writeTextFile(chart, drawChart(result));
  console.log(`\n${json}\n${chart}`);
}
