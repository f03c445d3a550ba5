/**
 * The models of this folder: their programs, weights and inputs, the same in
 * every run.
 *
 * @module
 */

import { join } from "@std/path";
import { Instance, type NdArray, ParameterIndex } from "../../mod.ts";
import { writeNpy } from "../../lib/npy/mod.ts";
import { Random } from "../mutations/random.ts";
import { mustRun, program, ROOT, TemporaryFolder, tool } from "../support.ts";

/** A model. */
export interface Model {
  /** Name of its source and its module. */
  readonly name: string;
  /** Its only function. */
  readonly function: string;
  /** Shape of the function's input. */
  readonly shape: readonly number[];
}

/** All models. */
export const MODELS: readonly Model[] = [
  { name: "conv_net", function: "classify", shape: [3, 16, 16, 3] },
  { name: "transformer_block", function: "block", shape: [8, 32] },
];

/** The scope of their weights. */
export const SCOPE = "model";

/**
 * Compiles a model.
 *
 * @param model The model.
 * @param flags Additional compiler flags.
 * @returns Path of the program.
 */
export function modelProgram(
  { name }: Model,
  flags?: readonly string[],
): Promise<string> {
  return program(`tests/models/${name}.mlir`, flags);
}

/** A model's weights and input, and their files. */
export class ModelFiles extends TemporaryFolder {
  /** The weights by their keys. */
  readonly weights: ReadonlyMap<string, NdArray>;
  /** The model's input. */
  readonly input: NdArray;
  /** Path of the weights. */
  readonly irpa: string = this.join("weights.irpa");
  /** Path of the input. */
  readonly npy: string = this.join("input.npy");

  /** @param model The model. */
  constructor(model: Model) {
    super();
    this.weights = makeWeights(model);
    this.input = randomTensor(new Random(6), model.shape);
    using instance = Instance.open();
    using index = ParameterIndex.create(instance);
    for (const [key, { data }] of this.weights) index.addData(key, data);
    index.writeArchive(this.irpa);
    writeNpy(this.npy, this.input);
  }
}

// Makes the weights that the program declares.
function makeWeights({ name }: Model): Map<string, NdArray> {
  const source = Deno.readTextFileSync(
    join(ROOT, "tests/models", `${name}.mlir`),
  );
  const declarations = source.matchAll(
    /#flow\.parameter\.named<"model"::"([^"]+)"> : tensor<([\dx]+)xf32>/g,
  );
  const random = new Random(5);
  return new Map(declarations.map(([, key, dims]) => {
    const shape = dims.split("x").map(Number);
    return [key, randomTensor(random, shape)];
  }));
}

// Numbers from -0.5 to 0.5.
function randomTensor(random: Random, shape: readonly number[]): NdArray {
  const size = shape.reduce((product, dim) => product * dim, 1);
  const data = Float32Array.from(
    { length: size },
    () => random.u32() / 2 ** 32 - 0.5,
  );
  return { elementType: "f32", shape, data };
}

/** Files of a Python run. */
export interface ReferenceFiles {
  /** The program. */
  readonly program: string;
  /** The weights, an `.irpa`. */
  readonly weights: string;
  /** The input, an `.npy`. */
  readonly input: string;
  /** Prefix of the outputs' names. */
  readonly output: string;
}

/**
 * Runs a model through IREE's Python bindings and through NumPy; see
 * `reference.py`.
 *
 * @param model The model.
 * @param files Its files.
 */
export async function runReference(
  { name }: Model,
  files: ReferenceFiles,
): Promise<void> {
  const { program, weights, input, output } = files;
  const script = join(ROOT, "tests/models/reference.py");
  await mustRun(tool("python"), [
    script,
    name,
    program,
    weights,
    input,
    output,
  ]);
}
