import { assertEquals } from "@std/assert";
import { load } from "../../mod.ts";
import { nativeModule, program, sampleModule, test } from "../support.ts";
import { waitUntilLive } from "../waiting.ts";
import type { DevicesOrder, DevicesReport } from "./workers/devices.ts";
import type { StressOrder, StressReport } from "./workers/stress.ts";

const paths = {
  types: await nativeModule("fixtures/types_module.cc"),
  custom: await sampleModule(),
  tensors: await program("many_types.mlir"),
  inlined: await program("inline_dynamic.mlir"),
  mismatched: await program("signature_mismatch.mlir"),
};

/** How many workers each slot runs, one after another. */
const LIVES = Number(Deno.env.get("WORKER_LIVES") ?? 30);

const WORKERS = 3;

/** How much work a worker does that is not terminated. */
const STEPS = 1000;

/**
 * Runs a worker; returns its last report.
 *
 * @param steps Steps after which it is terminated in the middle of its work;
 * without this it ends by itself.
 */
function work(
  seed: number,
  stop: SharedArrayBuffer,
  steps = Infinity,
): Promise<StressReport> {
  const url = new URL("./workers/stress.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<StressReport>();
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  worker.onmessage = ({ data }: MessageEvent<StressReport>) => {
    if (data.kind !== "working") return resolve(data);
    if (data.steps < steps) return;
    worker.terminate();
    resolve(data);
  };
  const order: StressOrder = { seed, steps: STEPS, stop, ...paths };
  worker.postMessage(order);
  return promise;
}

test(`${WORKERS} workers use the runtime in parallel, ${LIVES} per slot`, async () => {
  // Worker after worker: most end in the middle of their work.
  const workOn = async (index: number): Promise<void> => {
    const forever = new SharedArrayBuffer(4);
    for (let life = 0; life < LIVES; life++) {
      const report = await work(100 * index + life, forever, 50 * (life % 10));
      assertEquals(report.kind, "working", JSON.stringify(report, null, 2));
    }
  };
  // One works throughout.
  const stop = new SharedArrayBuffer(4);
  const whole = work(0, stop);
  const others = Array.from(
    { length: WORKERS - 1 },
    (_, index) => workOn(index + 1),
  );
  await Promise.all(others)
    .finally(() => Atomics.store(new Int32Array(stop), 0, 1));
  const report = await whole;
  assertEquals(report.kind, "done", JSON.stringify(report, null, 2));

  await waitUntilLive();
  using left = load({ modules: [paths.types, paths.tensors] });
  using view = left.call("doubled") as Disposable & { format(): string };
  assertEquals(view.format(), "2x3xf32=[2 4 6][8 10 12]");
});

// Each device registers IREE's types anew, in global variables.
test("Devices of one worker do not affect the types of another", async () => {
  const times = new SharedArrayBuffer(8);
  const run = (what: DevicesOrder["what"]) => {
    const url = new URL("./workers/devices.ts", import.meta.url);
    const worker = new Worker(url, { type: "module" });
    const modules = [paths.types, paths.tensors];
    const order: DevicesOrder = { what, times, modules };
    worker.postMessage(order);
    return new Promise<DevicesReport>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = reject;
    });
  };
  for (const report of await Promise.all([run("devices"), run("calls")])) {
    assertEquals(report, {});
  }
  await waitUntilLive();
});
