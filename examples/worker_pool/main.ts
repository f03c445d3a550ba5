/**
 * Scores batches of rows in two workers.
 *
 *     main.ts PROGRAM
 *
 * @module
 */

import { WorkerPool } from "./pool.ts";

using pool = new WorkerPool(Deno.args[0], 2);

// More batches than workers: the others wait.
const batches = [1, 2, 3, 4, 5].map((it) =>
  new Float32Array([it, 0, 0, 0, 0, 0, 0, it])
);
const scores = await Promise.all(batches.map((it) => pool.compute(it)));
for (const it of scores) console.log(it);

// A batch with an incomplete row fails alone; the worker continues.
const [wrong, right] = await Promise.allSettled([
  pool.compute(new Float32Array(3)),
  pool.compute(new Float32Array([1, 1, 1, 1])),
]);
console.log(wrong.status, right.status);
