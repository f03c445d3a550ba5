/**
 * Run repeatedly in one process by `reload_test.ts`: opens a device and a
 * program for the isolate's lifetime. Prints what the isolates before it left,
 * and when it has its own.
 *
 * @module
 */

import { BufferView, Device, Instance, load } from "../../../mod.ts";
import { blockUntilNothingLives } from "../../waiting.ts";

const [how, module] = Deno.args;

// Releases what the previous isolate held; its calls may still end.
Instance.open().dispose();
console.log("left", blockUntilNothingLives());

const instance = Instance.open();
const device = Device.create(instance, "local-task");
const program = load({ modules: [module], device });
const view = BufferView.from(device, new Float32Array([1, 2, 3, 4]));
const product = program.call("mul", view, view) as BufferView;
addEventListener("unload", () => {
  console.log("unload", product.format());
  if (how === "exits at unload") Deno.exit(0);
});
console.log("made");
if (how === "throws") throw new Error("thrown on purpose");
if (how === "rejects") Promise.reject(new Error("rejected on purpose"));
if (how === "exits") Deno.exit(0);
if (how === "stays") setInterval(() => {}, 1e6);
if (how === "computes") program.callAsync("mul", view, view);
