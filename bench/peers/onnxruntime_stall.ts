/**
 * Measures the stall of onnxruntime-node's `run`. Prints JSON.
 *
 *     deno run -A onnxruntime_stall.ts FOLDER PACKAGE MILLISECONDS RUNS
 *
 * @module
 */

import { join } from "@std/path";
import { makeIdentity, measureStall, SIDE } from "../stall.ts";
import { expect } from "../workload.ts";
import type { OnnxRuntime } from "./onnxruntime_api.ts";

const [folder, specifier, milliseconds, runs] = Deno.args;
// Imported by path, so that type checks download nothing.
const { InferenceSession, Tensor }: OnnxRuntime = await import(specifier);

const session = await InferenceSession.create(join(folder, "power.onnx"));
const a = new Tensor("float32", makeIdentity(), [SIDE, SIDE]);
const stall = await measureStall(
  async (turns) => {
    const n = new Tensor("int64", BigInt64Array.of(BigInt(turns)), []);
    const { power } = await session.run({ a, n });
    expect(power.data[SIDE + 1] === 1 && power.data[1] === 0, "power");
  },
  Number(milliseconds),
  Number(runs),
);
console.log(JSON.stringify(stall));
