/**
 * Restarted by `restarts.ts`: loads a large program, calls another one on a
 * device, and prints what the process has. Disposes nothing.
 *
 * @module
 */

import { Instance, load } from "../../mod.ts";
import { namedThreads } from "../threads.ts";
import { blockUntilNothingLives, waitUntil } from "../waiting.ts";
import type { Run } from "./restarts.ts";

const [weights, mul] = Deno.args;

// Releases what the previous run held.
Instance.open().dispose();
const live = blockUntilNothingLives();

const large = load({ modules: [weights!] });
large.call("get", 0n);
const small = load({ modules: [mul!], device: "local-task" });
await small.computeAsync("mul", [1, 2, 3, 4], [1, 2, 3, 4]);
// Threads get their names some time after they start, and end some time after
// their device. One more than the workers waits for events.
const [device] = small.devices;
const wanted = Number(device!.queryI64("hal.dispatch", "concurrency")) + 1;
await waitUntil(() => countThreads() === wanted, "there are these threads")
  .catch(() => {});

const run: Run = {
  resident: Deno.memoryUsage().rss,
  threads: countThreads(),
  live,
};
console.log(JSON.stringify(run));
setInterval(() => {}, 1e6);

function countThreads(): number {
  return namedThreads("iree-").length;
}
