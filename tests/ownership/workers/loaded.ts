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
import { blockUntilNothingLives } from "../../waiting.ts";

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

addEventListener("unload", async () => {
  log("unload", format());
  for (let i = 0; i < 5; i++) await undefined;
  log("later", format());
  product.dispose();
  // No event comes after `unload`.
  log("end", blockUntilNothingLives());
});
