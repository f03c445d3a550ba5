/**
 * Restarted by `restarts.ts`: loads a large program, calls another one on a
 * device, and prints what the process has. Disposes nothing.
 *
 * @module
 */

import { load, runtime } from "../../mod.ts";
import { waitUntil } from "../waiting.ts";
import type { Run } from "./restarts.ts";

const [weights, mul] = Deno.args;

const large = load({ modules: [weights!] });
large.call("get", 0n);
const small = load({ modules: [mul!], device: "local-task" });
await small.computeAsync("mul", [1, 2, 3, 4], [1, 2, 3, 4]);
// Threads get their names some time after they start.
const [device] = small.devices;
const workers = Number(device!.queryI64("hal.dispatch", "concurrency"));
await waitUntil(() => countThreads() > workers, "all threads have names");

const run: Run = {
  resident: Deno.memoryUsage().rss,
  threads: countThreads(),
  live: runtime.statistics.liveAllocations,
};
console.log(JSON.stringify(run));
setInterval(() => {}, 1e6);

/** Threads of this process with names of IREE's. */
function countThreads(): number {
  return [...Deno.readDirSync("/proc/self/task")].filter(({ name }) =>
    Deno.readTextFileSync(`/proc/self/task/${name}/comm`).startsWith("iree")
  ).length;
}
