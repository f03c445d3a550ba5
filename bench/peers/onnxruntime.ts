/**
 * The workloads that exist as ONNX, through onnxruntime-node.
 *
 *     deno run -A onnxruntime.ts FOLDER PACKAGE
 *
 * @module
 */

import { join } from "@std/path";
import { serve } from "../serve.ts";
import {
  expect,
  expectScores,
  type Prepare,
  type Runner,
  testImage,
} from "../workload.ts";
import type { OnnxRuntime, OnnxTensor } from "./onnxruntime_api.ts";

const [folder, specifier] = Deno.args;
// Imported by path, so that type checks download nothing.
const { InferenceSession, Tensor }: OnnxRuntime = await import(specifier);

function repeating(step: () => Promise<Float32Array>): Runner {
  return {
    async run(count) {
      for (let i = 0; i < count; i++) await step();
    },
    [Symbol.dispose]() {},
  };
}

/** Makes tensors from arrays, runs the model and returns the result's array. */
async function model(
  name: string,
  arrays: Readonly<Record<string, Float32Array>>,
  dims: readonly number[],
  output: string,
): Promise<() => Promise<Float32Array>> {
  const session = await InferenceSession.create(join(folder, `${name}.onnx`));
  return async () => {
    const inputs: Record<string, OnnxTensor> = {};
    for (const [name, array] of Object.entries(arrays)) {
      inputs[name] = new Tensor("float32", array, dims);
    }
    return (await session.run(inputs))[output].data;
  };
}

const mul: Prepare = async () => {
  const arrays = {
    a: new Float32Array([1, 2, 3, 4]),
    b: new Float32Array([2, 2, 2, 2]),
  };
  const step = await model("mul", arrays, [4], "c");
  expect((await step())[3] === 8, "mul");
  return repeating(step);
};

const SIDE = 512;

const matmul: Prepare = async () => {
  const a = Float32Array.from({ length: SIDE * SIDE }, (_, i) => i % 7);
  const b = new Float32Array(SIDE * SIDE);
  for (let i = 0; i < SIDE; i++) b[i * SIDE + i] = 2;
  const step = await model("matmul", { a, b }, [SIDE, SIDE], "c");
  expect((await step())[5] === 10, "matmul");
  return repeating(step);
};

const convnet: Prepare = async () => {
  const arrays = { image: testImage() };
  const step = await model("convnet", arrays, [1, 3, 64, 64], "scores");
  expectScores(folder, await step());
  return repeating(step);
};

await serve({ mul, matmul, convnet }, folder);
