/**
 * Programs that end in different ways, for `exit_test.ts`: the first argument
 * names the way, the others are the paths for `makeObjects`.
 *
 * @module
 */

import { Instance, load, type Program, runtime } from "../../../mod.ts";
import { waitUntil, waitUntilLive } from "../../waiting.ts";
import { type HoldingOrder, makeObjects } from "./holding.ts";

/** Starts a worker; resolves once it holds objects and does its task. */
async function start(
  what: HoldingOrder["what"],
  paths: string[],
): Promise<{ worker: Worker; failed: Promise<string> }> {
  // Statistics need the open library.
  Instance.open().dispose();
  const url = new URL("./holding.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const failed = new Promise<string>((resolve) => {
    worker.onerror = (event) => {
      event.preventDefault();
      resolve(event.message);
    };
  });
  const ready = new Promise((resolve) => worker.onmessage = resolve);
  const order: HoldingOrder = { what, paths };
  worker.postMessage(order);
  await ready;
  // Makes it likely that work is under way; the tests do not depend on it.
  await pause(100);
  return { worker, failed };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Starts a worker that waits at a latch; returns the latch. */
async function startWaiting(
  paths: string[],
): Promise<{ worker: Worker; latch: Program }> {
  const latch = load({ modules: [paths[4]] });
  const { worker } = await start("wait", paths);
  await waitUntil(() => latch.call("waiting") === 1, "the worker waits");
  return { worker, latch };
}

/** The ways to end. */
const ENDINGS: Record<string, (paths: string[]) => unknown> = {
  returns(paths) {
    const { text } = makeObjects(paths);
    text.call("print_lines", 1000);
    text.call("print_open");
  },
  exits(paths) {
    const { text } = makeObjects(paths);
    text.call("print_lines", 1000);
    text.call("print_open");
    Deno.exit(7);
  },
  "exits at work": async (paths) => {
    const { text, tensors } = makeObjects(paths);
    setTimeout(() => Deno.exit(7), 50);
    for (;; await pause(0)) {
      tensors.call("doubled");
      text.call("print_lines", 1);
    }
  },
  throws(paths) {
    const { text } = makeObjects(paths);
    text.call("print_open");
    throw new RangeError("thrown on purpose");
  },
  async rejects(paths) {
    makeObjects(paths);
    await Promise.reject(new RangeError("rejected on purpose"));
  },
  "fails in a program": (paths) => {
    makeObjects(paths).numbers.call("require_positive", -1);
  },
  "disposes at the end": (paths) => {
    const { text, tensors } = makeObjects(paths);
    globalThis.addEventListener("unload", () => {
      tensors.dispose();
      text.call("print_open");
    });
  },
  "exits while a worker computes": async (paths) => {
    await start("loop", paths);
    Deno.exit(3);
  },
  "exits while workers use devices": async (paths) => {
    await Promise.all([start("tensors", paths), start("tensors", paths)]);
    makeObjects(paths).text.call("print_open");
    Deno.exit(3);
  },
  "throws while a worker computes": async (paths) => {
    await start("loop", paths);
    throw new RangeError("thrown on purpose");
  },
  // Without this, Deno would wait for the worker's thread.
  "terminates a worker that computes": async (paths) => {
    const { worker } = await start("loop", paths);
    worker.terminate();
    makeObjects(paths).text.call("print_open");
    Deno.exit(3);
  },
  "ends after it terminated a worker that waits": async (paths) => {
    const { worker, latch } = await startWaiting(paths);
    worker.terminate();
    // The call returns while the program ends.
    latch.call("open");
  },
  // A running call ends before its worker does.
  "terminates a worker that waits": async (paths) => {
    const { worker, latch } = await startWaiting(paths);
    worker.terminate();
    await pause(100);
    console.log("live", runtime.statistics.liveAllocations > 0);
    latch.call("open");
    latch.dispose();
    await waitUntilLive();
    console.log("settles");
  },
  "outlives a worker that closes": async (paths) => {
    await start("close", paths);
    await waitUntilLive();
    console.log("settles");
  },
  "outlives a worker that exits": async (paths) => {
    await start("exit", paths);
    await waitUntilLive();
    console.log("settles");
  },
  "outlives a worker that throws": async (paths) => {
    const { failed } = await start("throw", paths);
    console.log(await failed);
    await waitUntilLive();
    console.log("settles");
  },
};

const [how, ...paths] = Deno.args;
await ENDINGS[how](paths);
