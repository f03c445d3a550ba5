/**
 * Measures the stalls of `callAsync`, for a program that returns when its work
 * is done and for one that returns earlier. Prints JSON.
 *
 *     deno run -A stalls.ts FOLDER MILLISECONDS RUNS
 *
 * @module
 */

import { join } from "@std/path";
import {
  BufferView,
  Device,
  Instance,
  load,
  type TaskTopologyOptions,
} from "../mod.ts";
import { makeIdentity, measureStall, SIDE, type Stall } from "./stall.ts";
import { expect } from "./workload.ts";

/** Stalls while nothing runs, and by execution model. */
export interface Stalls {
  /** Nothing runs: only timers and the rest of the machine. */
  idle: Stall;
  /** The call runs on another thread. */
  offThread: Stall;
  /** The same, when the device leaves a core to the event loop. */
  spareCore: Stall;
  /** The call is submitted to the device, with fences. */
  coarseFences: Stall;
}

async function measure(
  program: string,
  topology?: TaskTopologyOptions,
): Promise<Stall> {
  const path = join(folder, program);
  using instance = Instance.open();
  using device = Device.create(instance, "local-task", { topology });
  using loaded = load({ modules: [path], device });
  using identity = BufferView.from(device, makeIdentity(), [SIDE, SIDE]);
  return await measureStall(async (turns) => {
    using power = await loaded.callAsync(
      "power",
      identity,
      turns,
    ) as BufferView;
    expect(power.shape[0] === SIDE, "power");
  }, ...effort);
}

const [folder, ...numbers] = Deno.args;
const effort = numbers.map(Number) as [milliseconds: number, runs: number];
const idle = await measureStall(
  (turns) => new Promise((resolve) => setTimeout(resolve, turns)),
  ...effort,
);
const cores = navigator.hardwareConcurrency;
const stalls: Stalls = {
  idle,
  offThread: await measure("power.vmfb"),
  spareCore: await measure("power.vmfb", {
    groupCount: Math.max(1, cores - 1),
  }),
  coarseFences: await measure("power_fences.vmfb"),
};
console.log(JSON.stringify(stalls));
