import { assert, assertEquals } from "@std/assert";
import { load, runtime } from "../../mod.ts";
import { nativeModule, program, sampleModule, test } from "../support.ts";
import type { DevicesOrder, DevicesReport } from "./workers/devices.ts";
import type { StressOrder, StressReport } from "./workers/stress.ts";

const paths = {
  types: await nativeModule("fixtures/types_module.cc"),
  custom: await sampleModule(),
  tensors: await program("many_types.mlir"),
  inlined: await program("inline_dynamic.mlir"),
  mismatched: await program("signature_mismatch.mlir"),
};

/** How long the workers work. */
const SECONDS = Number(Deno.env.get("WORKER_SECONDS") ?? 60);

const WORKERS = 3;

/** How long one lives that is terminated in the middle of its work. */
const LIFE_MS = 700;

async function untilNothingIsLive(): Promise<void> {
  for (let i = 0; i < 500 && runtime.statistics.liveBytes > 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assertEquals(runtime.statistics.liveBytes, 0);
}

/** Runs a worker; gives back what it told last. */
function work(
  seed: number,
  until: number,
  lifeMs?: number,
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
    if (lifeMs === undefined) return;
    setTimeout(() => {
      worker.terminate();
      resolve(data);
    }, lifeMs);
  };
  const order: StressOrder = { seed, until, ...paths };
  worker.postMessage(order);
  return promise;
}

test(`${WORKERS} workers use the runtime at once for ${SECONDS} s`, async () => {
  const until = Date.now() + SECONDS * 1000;
  let terminated = 0;
  // Worker after worker: most end in the middle of their work.
  const workOn = async (index: number): Promise<number> => {
    let seed = 1000 * index;
    while (Date.now() + 3 * LIFE_MS < until && index > 0) {
      const report = await work(seed++, until, LIFE_MS + 50 * (seed % 10));
      assertEquals(report, { kind: "working" });
      terminated++;
    }
    const report = await work(seed, until);
    assert(report.kind === "done", JSON.stringify(report, null, 2));
    return report.steps;
  };
  const steps = await Promise.all(
    Array.from({ length: WORKERS }, (_, index) => workOn(index)),
  );
  assert(steps[0] > 10 * SECONDS, `only ${steps[0]} steps`);
  assert(terminated >= Math.floor(SECONDS / 3), `${terminated} terminated`);

  await untilNothingIsLive();
  using left = load({ modules: [paths.types, paths.tensors] });
  using view = left.call("doubled") as Disposable & { format(): string };
  assertEquals(view.format(), "2x3xf32=[2 4 6][8 10 12]");
});

// Each device registers IREE's types anew, in global variables.
test("Devices of one worker do not confuse the types of another", async () => {
  const run = (what: DevicesOrder["what"]) => {
    const url = new URL("./workers/devices.ts", import.meta.url);
    const worker = new Worker(url, { type: "module" });
    const modules = [paths.types, paths.tensors];
    const order: DevicesOrder = { what, milliseconds: 3000, modules };
    worker.postMessage(order);
    return new Promise<DevicesReport>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = reject;
    });
  };
  for (const report of await Promise.all([run("devices"), run("calls")])) {
    assertEquals(report.failure, undefined);
    assert(report.times > 100, `only ${report.times} times`);
  }
  await untilNothingIsLive();
});
