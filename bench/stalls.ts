/**
 * The stalls of `callAsync`, for a program that returns when its work is done
 * and for one that returns before. Prints JSON.
 *
 *     deno run -A stalls.ts FOLDER MILLISECONDS
 *
 * @module
 */

import { join } from "@std/path";
import { BufferView, Device, Instance, load } from "../mod.ts";
import { makeIdentity, measureStall, SIDE, type Stall } from "./stall.ts";
import { expect } from "./workload.ts";

/** Stalls while nothing runs, and by how the program was compiled. */
export interface Stalls {
  /** Nothing runs: what timers and the rest of the machine do. */
  idle: Stall;
  /** The call runs on another thread. */
  offThread: Stall;
  /** The call is given to the device, with fences. */
  coarseFences: Stall;
}

async function measure(path: string, milliseconds: number): Promise<Stall> {
  using instance = Instance.open();
  using device = Device.create(instance, "local-task");
  using program = load({ modules: [path], device });
  using identity = BufferView.from(device, makeIdentity(), [SIDE, SIDE]);
  return await measureStall(async (turns) => {
    using power = await program.callAsync(
      "power",
      identity,
      turns,
    ) as BufferView;
    expect(power.shape[0] === SIDE, "power");
  }, milliseconds);
}

const [folder, milliseconds] = Deno.args;
const idle = await measureStall(
  (turns) => new Promise((resolve) => setTimeout(resolve, turns)),
  Number(milliseconds),
);
const stalls: Stalls = {
  idle,
  offThread: await measure(join(folder, "power.vmfb"), Number(milliseconds)),
  coarseFences: await measure(
    join(folder, "power_fences.vmfb"),
    Number(milliseconds),
  ),
};
console.log(JSON.stringify(stalls));
