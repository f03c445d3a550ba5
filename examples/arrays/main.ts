/**
 * Arrays in, arrays out: calls one function in each way that returns arrays.
 *
 *     main.ts PROGRAM
 *
 * @module
 */

import { load } from "@iree/runtime";

using program = load({ modules: [Deno.args[0]], device: "local-sync" });
const layer = program.lookupFunction("layer");

// Nested arrays have a shape; a typed array gets the parameter's shape.
const x = [[1, 2, 3], [4, 5, 6]];
const weights = new Float32Array([1, 2, 0, -1, 0, 0]);

// The shortest way: a typed array, row after row.
console.log("compute:", layer.compute(x, weights));

// By name, with shapes, without blocking the event loop.
const { output0 } = await layer.run({ input0: x, input1: weights });
console.log("run:", output0.elementType, output0.shape, output0.data);

// Into an existing array, which every call fills again.
const y = new Float32Array(2);
const intoY = layer.with({ into: [y] });
for (const row of x) {
  intoY.compute([row], weights);
  console.log("into:", y);
}

// Several at once, abandoned after a second.
const patient = layer.with({ signal: AbortSignal.timeout(1000) });
const calls = x.map((row) => patient.computeAsync([row], weights));
console.log("async:", await Promise.all(calls));
