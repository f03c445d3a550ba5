import { join } from "@std/path";
import type { ProgramTuning } from "../../lib/tuning/mod.ts";
import type { Threads } from "./catalog.ts";

/** An input of a model; its data is in a file of the folder. */
export interface CaseInput {
  readonly name: string;
  readonly elementType: string;
  readonly shape: readonly number[];
  readonly file: string;
}

/** A model that is ready to run with a number of threads. */
export interface Case {
  /** Name of the workload. */
  readonly workload: string;
  /** Name of the model. */
  readonly model: string;
  readonly threads: Threads;
  /** Path of the ONNX model. */
  readonly onnx: string;
  /** Path of the tuned program. */
  readonly program: string;
  readonly tuning: ProgramTuning;
  readonly inputs: readonly CaseInput[];
}

const FILE = "cases.json";

/** Writes the cases for the contestants. */
export async function writeCases(
  folder: string,
  cases: readonly Case[],
): Promise<void> {
  await Deno.writeTextFile(join(folder, FILE), JSON.stringify(cases));
}

/** Reads the cases. */
export async function readCases(folder: string): Promise<Case[]> {
  return JSON.parse(await Deno.readTextFile(join(folder, FILE)));
}

/** Reads the data of an input. */
export async function readInput(
  folder: string,
  { file, elementType }: CaseInput,
): Promise<Float32Array | Int32Array> {
  const { buffer } = await Deno.readFile(join(folder, file));
  return elementType === "f32"
    ? new Float32Array(buffer)
    : new Int32Array(buffer);
}

/** Writes the floats of all outputs, for the comparison of contestants. */
export async function writeOutputs(
  folder: string,
  contestant: "ours" | "onnx",
  { workload }: Case,
  outputs: readonly Float32Array[],
): Promise<void> {
  const bytes = outputs.map((it) =>
    new Uint8Array(it.buffer as ArrayBuffer, it.byteOffset, it.byteLength)
  );
  await Deno.writeFile(
    join(folder, `${workload}.${contestant}.bin`),
    new Uint8Array(await new Blob(bytes).arrayBuffer()),
  );
}

/** Part of the largest output by which others may differ. */
const TOLERANCE = 2e-3;

/** Difference of small outputs that is rounding, as of a sigmoid near 0. */
const ROUNDING = 1e-6;

/** Throws if the outputs of the contestants differ. */
export async function compareOutputs(
  folder: string,
  { workload, model }: Case,
): Promise<void> {
  const [ours, onnx] = await Promise.all(
    ["ours", "onnx"].map(async (name) =>
      new Float32Array(
        (await Deno.readFile(join(folder, `${workload}.${name}.bin`))).buffer,
      )
    ),
  );
  const largest = onnx.reduce((max, it) => Math.max(max, Math.abs(it)), 0);
  const limit = Math.max(ROUNDING, TOLERANCE * largest);
  const isRight = ours.length === onnx.length &&
    onnx.every((it, i) => Math.abs(it - ours[i]) <= limit);
  if (!isRight) throw new Error(`${model}: the outputs differ`);
}
