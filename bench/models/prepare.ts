import { join } from "@std/path";
import { load } from "../../mod.ts";
import type { ProgramTuning } from "../../lib/tuning/mod.ts";
import { denoFlags, mustRun, ROOT } from "../../tests/support.ts";
import type { Case, CaseInput } from "./case.ts";
import { type Model, THREADS, type Threads } from "./catalog.ts";

/** How long to tune. */
export interface TuneLimits {
  readonly seconds: number;
  /** For compiling each recipe. */
  readonly compileSeconds: number;
}

/**
 * Tunes a model for each number of threads with `iree compile --tune`, and makes
 * its inputs. Results of tuning are kept in the user's cache.
 *
 * @param folder The folder for programs and inputs.
 * @param index Number of the model.
 * @param model The model.
 * @param onnx Its path.
 * @param limits How long to tune.
 */
export async function prepareModel(
  folder: string,
  index: number,
  model: Model,
  onnx: string,
  limits: TuneLimits,
): Promise<Case[]> {
  const cases: Case[] = [];
  for (const threads of THREADS) {
    const workload = `model${index}_${threads}`;
    console.error(`bench: tuning ${model.name}, threads: ${threads} …`);
    const program = join(folder, `${workload}.vmfb`);
    const tuning = await tuneModel(onnx, program, model, threads, limits);
    const inputs = await writeInputs(folder, `model${index}`, program);
    const { name } = model;
    cases.push({
      workload,
      model: name,
      threads,
      onnx,
      program,
      tuning,
      inputs,
    });
  }
  return cases;
}

async function tuneModel(
  onnx: string,
  program: string,
  { shapes }: Model,
  threads: Threads,
  { seconds, compileSeconds }: TuneLimits,
): Promise<ProgramTuning> {
  const output = await mustRun(Deno.execPath(), [
    ...["run", "-A", "--no-check", ...denoFlags(), join(ROOT, "cli.ts")],
    ...["compile", onnx, `--output=${program}`, "--json", "--tune"],
    ...[`--tune-seconds=${seconds}`],
    ...[`--tune-compile-seconds=${compileSeconds}`],
    ...(threads === "1" ? ["--tune-workers=1"] : []),
    ...shapes.map((shape) => `--shape=${shape}`),
  ]);
  const { tuning }: { tuning: ProgramTuning } = JSON.parse(output);
  return tuning;
}

/** Writes random inputs of the program's types: the same ones each time. */
async function writeInputs(
  folder: string,
  prefix: string,
  path: string,
): Promise<CaseInput[]> {
  using program = load(path, { device: "local-sync" });
  const random = randomNumbers();
  const inputs: CaseInput[] = [];
  for (const { name, elementType, shape: sizes } of program.inputs) {
    const shape = (sizes ?? []).filter((it) => it !== null);
    const length = shape.reduce((product, it) => product * it, 1);
    const file = `${prefix}_input${inputs.length}.bin`;
    if (elementType !== "f32" && elementType !== "i32") {
      throw new Error(`input ${name}: no values of type ${elementType}`);
    }
    const data = elementType === "f32"
      ? Float32Array.from({ length }, random)
      : Int32Array.from({ length }, () => Math.floor(256 * random()));
    await Deno.writeFile(join(folder, file), new Uint8Array(data.buffer));
    inputs.push({ name, elementType, shape, file });
  }
  return inputs;
}

function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = Math.imul(state, 1664525) + 1013904223 >>> 0;
    return state / 2 ** 32;
  };
}
