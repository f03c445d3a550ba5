/**
 * An ONNX model: classifies irises by the size of their leaves.
 *
 *     main.ts PROGRAM
 *
 * @module
 */

import { load, type NdArray } from "@iree/runtime";

const SPECIES = ["setosa", "versicolor", "virginica"];

/** A flower: length and width of a sepal and a petal, in centimetres. */
type Flower = readonly [number, number, number, number];

// These programs do not declare types, so the data includes them.
function tensorOf(flower: Flower): NdArray {
  return {
    elementType: "f32",
    shape: [1, flower.length],
    data: new Float32Array(flower),
  };
}

using program = load({ modules: [Deno.args[0]], device: "local-sync" });
const classifier = program.lookupFunction("classifier");

const flowers: Flower[] = [
  [5.1, 3.5, 1.4, 0.2],
  [6.0, 2.7, 4.1, 1.3],
  [6.7, 3.1, 5.6, 2.4],
];
for (const flower of flowers) {
  const { output0 } = await classifier.run({ input0: tensorOf(flower) });
  const scores = Array.from(output0.data as Float32Array);
  const best = scores.indexOf(Math.max(...scores));
  console.log(`${SPECIES[best]}, ${(100 * scores[best]).toFixed(0)} %`);
}
