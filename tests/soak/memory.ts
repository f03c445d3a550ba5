/**
 * Calls a program repeatedly, holds results of many sizes for a random time,
 * and prints the process's memory use. Run by hand, since it takes minutes:
 *
 * ```
 * ./dev deno run -A tests/soak/memory.ts --calls=1000000 --alive=100
 * ./dev deno run -A tests/soak/memory.ts --calls=1000000 --clients=200
 * ```
 *
 * Fails if resident memory changes by more than 5 % after the first tenth of
 * the calls. Also fails if the device commits more than 1.25 × the peak of live
 * memory plus 16 MiB.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { BufferView, Device, Instance, load, runtime } from "../../mod.ts";
import { program } from "../support.ts";

interface Shapes {
  vector(view: BufferView): BufferView;
}

const options = parseArgs(Deno.args, {
  string: ["calls", "alive", "clients", "device", "max"],
  default: {
    calls: "1000000",
    alive: "100",
    clients: "0",
    device: "local-task",
    max: "262144",
  },
});
const calls = Number(options.calls);
const alive = Number(options.alive);
const clients = Number(options.clients);
const maxLength = Number(options.max);

/** The least by which a local-task device grows. */
const SLAB = 16 * 2 ** 20;

const before = runtime.statistics.liveBytes;
using instance = Instance.open();
using device = Device.create(instance, options.device);
using loaded = load<Shapes>({
  modules: [await program("shapes.mlir")],
  device,
});

// Lengths are spread evenly over their orders of magnitude.
const inputs = Array.from({ length: 64 }, (_, i) => {
  const length = Math.round(64 * (maxLength / 64) ** (i / 63));
  return BufferView.from(device, new Float32Array(length).fill(i));
});
const base = runtime.statistics.liveBytes;

let state = 1;
/** The same numbers in every run. */
function random(limit: number): number {
  state = Math.imul(state, 1103515245) + 12345 >>> 0;
  return (state >>> 8) % limit;
}

let held = 0;
let mostHeld = 0;
let mostLive = 0;
let made = 0;
const samples: number[] = [];

function add(view: BufferView): void {
  held += view.byteLength;
  mostHeld = Math.max(mostHeld, held);
}

function drop(view: BufferView): void {
  held -= view.byteLength;
  view.dispose();
}

function count(): void {
  made++;
  if (made % Math.ceil(calls / 100) !== 0) return;
  const { liveBytes } = runtime.statistics;
  const { rss } = Deno.memoryUsage();
  mostLive = Math.max(mostLive, liveBytes);
  samples.push(rss);
  if (made % Math.ceil(calls / 10) !== 0) return;
  console.log(
    `${made} calls: ${megabytes(rss)} resident, ${megabytes(liveBytes)} live`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Holds results in slots, and replaces the result of a random slot. */
function replace(): void {
  const places = Array.from({ length: alive }, () => loaded.vector(inputs[0]));
  places.forEach(add);
  while (made < calls) {
    const place = random(alive);
    drop(places[place]);
    places[place] = loaded.vector(inputs[random(inputs.length)]);
    add(places[place]);
    count();
  }
  places.forEach(drop);
}

/** Each client holds its result during some of the others' calls. */
async function serve(): Promise<void> {
  while (made < calls) {
    const view = await loaded.callAsync(
      "vector",
      inputs[random(inputs.length)],
    ) as BufferView;
    add(view);
    count();
    for (let turns = random(8); turns > 0; turns--) {
      await new Promise((resolve) => setTimeout(resolve));
    }
    drop(view);
  }
}

const start = performance.now();
if (clients === 0) replace();
else await Promise.all(Array.from({ length: clients }, serve));
const seconds = (performance.now() - start) / 1000;

const steady = samples.slice(Math.ceil(samples.length / 10));
const change = Math.max(...steady) / Math.min(...steady) - 1;
const committed = mostLive - base;
console.log(
  `${made} calls in ${seconds.toFixed(0)} s; at most ` +
    `${megabytes(mostHeld)} of results alive, ${megabytes(committed)} more ` +
    `allocated; resident memory changed by ${(100 * change).toFixed(1)} %`,
);
const live = runtime.statistics.liveBytes;
device.trim();
console.log(
  `trim: ${megabytes(live)} to ${megabytes(runtime.statistics.liveBytes)} ` +
    `live, ${megabytes(Deno.memoryUsage().rss)} resident`,
);
inputs.forEach((view) => view.dispose());
if (change > 0.05) throw new Error("resident memory is not flat");
if (committed > 1.25 * mostHeld + SLAB) {
  throw new Error("more is committed than 1.25 × the peak of live memory");
}
console.log(`${megabytes(base - before)} before the calls`);
