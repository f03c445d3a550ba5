/**
 * The ONNX models, through onnxruntime-node.
 *
 *     deno run -A onnxruntime_models.ts FOLDER PACKAGE
 *
 * @module
 */

import {
  type Case,
  readCases,
  readInput,
  writeOutputs,
} from "../models/case.ts";
import { serve } from "../serve.ts";
import type { Runner } from "../workload.ts";
import type { OnnxRuntime, OnnxTensor } from "./onnxruntime_api.ts";

const [folder, specifier] = Deno.args;
// Imported by path, so that type checks download nothing.
const { InferenceSession, Tensor }: OnnxRuntime = await import(specifier);

async function prepare(it: Case): Promise<Runner> {
  // By default it has a thread for each core.
  const options = it.threads === "1"
    ? { intraOpNumThreads: 1, interOpNumThreads: 1 }
    : {};
  const session = await InferenceSession.create(it.onnx, options);
  const arrays = await Promise.all(
    it.inputs.map((it) => readInput(folder, it)),
  );
  const step = async (): Promise<Float32Array[]> => {
    const inputs: Record<string, OnnxTensor> = {};
    for (const [i, { name, shape }] of it.inputs.entries()) {
      const array = arrays[i];
      inputs[name] = array instanceof Float32Array
        ? new Tensor("float32", array, shape)
        : new Tensor("int32", array, shape);
    }
    const outputs = await session.run(inputs);
    return session.outputNames.map((name) => outputs[name].data);
  };
  await writeOutputs(folder, "onnx", it, await step());
  return {
    async run(count) {
      for (let i = 0; i < count; i++) await step();
    },
    [Symbol.dispose]() {},
  };
}

const cases = await readCases(folder);
await serve(
  Object.fromEntries(cases.map((it) => [it.workload, () => prepare(it)])),
  folder,
);
