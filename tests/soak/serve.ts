/**
 * Asks `iree serve` for a long time, by hand, and watches its memory:
 *
 * ```
 * ./dev deno run -A tests/soak/serve.ts [REQUESTS]
 * ```
 *
 * By default 1,000,000 requests by 32 clients. One in a hundred is aborted by its
 * client, one is malformed, and the model is loaded again each minute. Every
 * answer is checked. Memory is measured twenty times, each time right after a
 * garbage collection: otherwise V8's heap swings by more than half.
 *
 * Fails if resident memory leaves ±5 % of its value after the first fifth of the
 * requests, or if native allocations are live once the model is unloaded.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { ServeProcess } from "../serve/serve_process.ts";
import { SERVED } from "../serve/support.ts";
import { ROOT, TemporaryFolder } from "../support.ts";

const REQUESTS = Number(Deno.args[0] ?? 1_000_000);
const CLIENTS = 32;
const RELOAD = 60_000;
/** How often memory is measured. */
const PARTS = 20;
/** How far resident memory may be from its value after the warm-up. */
const TOLERANCE = 0.05;

using folder = new TemporaryFolder();
await Deno.mkdir(folder.join("m/1"), { recursive: true });
await Deno.copyFile(SERVED, folder.join("m/1/model.vmfb"));
await Deno.writeTextFile(
  folder.join("m/model.json"),
  JSON.stringify({
    function: "score",
    instances: 2,
    maxQueue: 1000,
    batching: { maxSize: 16 },
  }),
);
await using server = await ServeProcess.startScript(
  ["--v8-flags=--expose-gc", join(ROOT, "tests/soak/serve_process.ts")],
  // As docs/deploy/serve does: glibc keeps blocks of former models otherwise.
  { MALLOC_MMAP_THRESHOLD_: "8388608" },
  `--model-repository=${folder.path}`,
);
const [, memoryUrl] = await server.until(/memory at (http:\S+)/);
const log = server.readLog();

const counts = { answered: 0, aborted: 0, rejected: 0, reloaded: 0 };
let sent = 0;

/** Memory of the server, after a garbage collection. */
async function measure(): Promise<Deno.MemoryUsage> {
  return await (await fetch(memoryUrl!)).json();
}

async function metric(name: string): Promise<number> {
  const text = await (await server.fetch("/metrics")).text();
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
}

async function repository(action: string): Promise<void> {
  const response = await server.fetch(`/v2/repository/models/m/${action}`, {
    method: "POST",
  });
  assertEquals([response.status, await response.text()], [200, ""]);
}

async function abort(row: number[]): Promise<void> {
  const controller = new AbortController();
  const asked = server.infer("m", [row], controller.signal)
    .then((response) => response.text());
  setTimeout(() => controller.abort(), Math.random() * 3);
  await asked.catch((error) => {
    if (!controller.signal.aborted) throw error;
  });
  counts.aborted++;
}

async function client(goal: number): Promise<void> {
  while (sent < goal) {
    const at = sent++;
    const row = [at % 1000, at % 7, at % 3, 1];
    if (at % 100 === 33) {
      await abort(row);
    } else if (at % 100 === 66) {
      const response = await server.infer("m", [[1, 2, 3]]);
      assertEquals(response.status, 400);
      await response.body?.cancel();
      counts.rejected++;
    } else {
      const response = await server.infer("m", [row]);
      const { outputs } = await response.json();
      const expected = row[0]! + 2 * row[1]! + 3 * row[2]! + 4;
      assertEquals(outputs[0].data, [expected]);
      counts.answered++;
    }
  }
}

const reloads = setInterval(async () => {
  await repository("load");
  counts.reloaded++;
}, RELOAD);
const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

// Waits for all clients, so that nothing is measured in the middle of a request.
const start = performance.now();
const resident: number[] = [];
for (let part = 1; part <= PARTS; part++) {
  const goal = Math.floor(REQUESTS * part / PARTS);
  await Promise.all(Array.from({ length: CLIENTS }, () => client(goal)));
  const { rss, heapTotal, heapUsed, external } = await measure();
  resident.push(rss);
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `${sent} requests in ${seconds.toFixed(0)} s: resident ${mib(rss)} MiB, ` +
      `heap ${mib(heapUsed)} of ${mib(heapTotal)}, external ${mib(external)}`,
  );
}
clearInterval(reloads);
await repository("unload");
const live = await metric("iree_native_allocations");
assertEquals(await server.end(), 0);
await log;
const [warm, ...later] = resident.slice(PARTS / 5 - 1);
const worst = Math.max(...later.map((it) => Math.abs(it / warm! - 1)));
console.log(
  `${JSON.stringify(counts)}; at most ${(100 * worst).toFixed(1)} % from the ` +
    `memory after the warm-up; ${live} live allocations`,
);
const failure = /^.* error .*$/m.exec(server.text);
if (failure !== null) throw new Error(`the server logged: ${failure[0]}`);
if (live > 0 || worst > TOLERANCE) Deno.exit(1);
