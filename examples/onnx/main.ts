/**
 * A model of ONNX: classifies irises by the size of their leaves.
 *
 *     main.ts MODEL
 *
 * @module
 */

import { loadModel } from "@iree/runtime/compiler";

const SPECIES = ["setosa", "versicolor", "virginica"];

/** A flower: length and width of a sepal and a petal, in centimetres. */
type Flower = readonly [number, number, number, number];

using program = await loadModel(Deno.args[0], { device: "local-sync" });

const flowers: Flower[] = [
  [5.1, 3.5, 1.4, 0.2],
  [6.0, 2.7, 4.1, 1.3],
  [6.7, 3.1, 5.6, 2.4],
];
for (const flower of flowers) {
  const { scores } = await program.run({ features: [flower] });
  const values = Array.from(scores.data as Float32Array);
  const best = values.indexOf(Math.max(...values));
  console.log(`${SPECIES[best]}, ${(100 * values[best]).toFixed(0)} %`);
}
