import { join } from "@std/path";
import type { Compiler } from "../../lib/compiler/mod.ts";
import { IreeError, load, type NdArray } from "../../mod.ts";
import { tool } from "../support.ts";
import { type NamedTensor, readTensor } from "./tensor_proto.ts";

/** What became of a model. */
export interface Outcome {
  /** Name of the model in ONNX's test data. */
  readonly model: string;
  /** The outcome; `different` if an output is not as expected. */
  readonly result: "passed" | "unsupported" | "different";
  /** Why, in one line. */
  readonly reason?: string;
}

/** Folder of the test data of the Python package `onnx`. */
export const DATA: string = await findData();

async function findData(): Promise<string> {
  const lib = join(tool(".."), "lib");
  for await (const { name } of Deno.readDir(lib)) {
    if (!name.startsWith("python3")) continue;
    return join(lib, name, "site-packages/onnx/backend/test/data");
  }
  throw new Error(`no Python packages in ${lib}`);
}

/**
 * Compiles a model, runs it by name, and compares its outputs with those that
 * ONNX expects.
 *
 * @param compiler The compiler.
 * @param model Folder below the test data, such as `node/test_add`, or a file such
 * as `light/light_squeezenet.onnx`.
 */
export async function tryModel(
  compiler: Compiler,
  model: string,
): Promise<Outcome> {
  const path = model.endsWith(".onnx") ? model : `${model}/model.onnx`;
  try {
    const program = await compiler.compileProgram(join(DATA, path), {
      target: "generic",
    });
    using loaded = load(program.bytes, { device: "local-sync" });
    const { inputs, outputs } = model.endsWith(".onnx")
      ? await networkData(model, loaded.inputs[0]!)
      : await nodeData(model);
    const named = inputs.map(({ name, tensor }, at) => {
      const isOwn = loaded.inputs.some((it) => it.name === name);
      return [isOwn ? name : loaded.inputs[at]!.name, tensor] as const;
    });
    const actual = await loaded.run(Object.fromEntries(named));
    const names = Object.keys(actual);
    const reason = outputs.map(({ tensor }, at) =>
      difference(actual[names[at]!]!, tensor)
    ).find((it) => it !== undefined);
    return reason === undefined
      ? { model, result: "passed" }
      : { model, result: "different", reason };
  } catch (error) {
    if (!(error instanceof IreeError)) throw error;
    const reason = error.detail.split("\n")[0]!.replaceAll(DATA, "");
    return { model, result: "unsupported", reason };
  }
}

interface ModelData {
  readonly inputs: readonly NamedTensor[];
  readonly outputs: readonly NamedTensor[];
}

async function nodeData(model: string): Promise<ModelData> {
  const folder = join(DATA, model, "test_data_set_0");
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name);
  const read = (prefix: string) => {
    const files = names.filter((it) => it.startsWith(prefix));
    return Promise.all(
      files.map((_, at) => readTensor(join(folder, `${prefix}_${at}.pb`))),
    );
  };
  return { inputs: await read("input"), outputs: await read("output") };
}

// The data has outputs for one input only: ascending numbers from 0 to 1.
async function networkData(
  model: string,
  { name, shape }: {
    name: string;
    shape: readonly (number | null)[] | undefined;
  },
): Promise<ModelData> {
  const dims = shape!.map((it) => it ?? 1);
  const count = dims.reduce((product, it) => product * it, 1);
  const data = Float32Array.from({ length: count }, (_, at) => at / count);
  const output = join(DATA, model.replace(".onnx", "_output_0.pb"));
  return {
    inputs: [{ name, tensor: { elementType: "f32", shape: dims, data } }],
    outputs: [await readTensor(output)],
  };
}

/** ONNX's own tolerances. */
const RELATIVE = 1e-3;
const ABSOLUTE = 1e-7;

function difference(actual: NdArray, expected: NdArray): string | undefined {
  const { elementType, shape, data } = expected;
  const kind = `${shape.join("x")} ${elementType}`;
  const given = `${actual.shape.join("x")} ${actual.elementType}`;
  if (kind !== given) return `output must be ${kind}, got ${given}`;
  for (const [at, value] of data.entries()) {
    const [one, other] = [Number(actual.data[at]), Number(value)];
    if (Object.is(one, other) || one === other) continue;
    const limit = ABSOLUTE + RELATIVE * Math.abs(other);
    if (Math.abs(one - other) <= limit) continue;
    return `element ${at} must be ${other}, got ${one}`;
  }
  return undefined;
}

/**
 * Tries models with several compilers at the same time.
 *
 * @param models The models.
 * @param compilers The compilers.
 */
export async function tryModels(
  models: readonly string[],
  compilers: readonly Compiler[],
): Promise<Outcome[]> {
  const waiting = [...models];
  const outcomes: Outcome[] = [];
  await Promise.all(compilers.map(async (compiler) => {
    for (let it = waiting.shift(); it !== undefined; it = waiting.shift()) {
      outcomes.push(await tryModel(compiler, it));
    }
  }));
  return outcomes.toSorted((one, other) => one.model < other.model ? -1 : 1);
}
