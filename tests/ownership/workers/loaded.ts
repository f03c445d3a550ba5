/**
 * Imported by the files that `reload_test.ts` gives to `deno test` and
 * `deno bench`: logs what is live natively, holds objects until the isolate ends,
 * and logs whether they can be used then.
 *
 * @module
 */

import {
  BufferView,
  Device,
  Instance,
  type IreeError,
  load,
  runtime,
} from "../../../mod.ts";

const [how = "", module = "", path = ""] = Deno.args;

/** Appends a line to a file: a test's output may end before its isolate. */
function log(...values: (string | number)[]): void {
  Deno.writeTextFileSync(path, `${values.join(" ")}\n`, { append: true });
}

log("live", runtime.statistics.liveAllocations);
const instance = Instance.open();
const device = Device.create(instance, "local-task");
const program = load({ modules: [module], device });
const view = BufferView.from(device, new Float32Array([1, 2, 3, 4]));
const product = program.call("mul", view, view) as BufferView;
if (how === "computes") program.callAsync("mul", view, view);

/** Formats a tensor, or returns the code of the failure. */
function format(): string {
  try {
    return product.format();
  } catch (error) {
    return (error as IreeError).code;
  }
}

/**
 * Waits until nothing is live natively. A call on another thread keeps what it
 * uses until it ends; no event comes after `unload`.
 *
 * @returns What is live, after a minute at most.
 */
function liveAtEnd(): number {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; tries < 6000; tries++) {
    if (runtime.statistics.liveAllocations === 0) break;
    Atomics.wait(pause, 0, 0, 10);
  }
  return runtime.statistics.liveAllocations;
}

addEventListener("unload", async () => {
  log("unload", format());
  for (let i = 0; i < 5; i++) await undefined;
  log("later", format());
  product.dispose();
  log("end", liveAtEnd());
});
