/**
 * Calls a program repeatedly, holds results of many sizes for a random time,
 * and prints the process's memory use. Run by hand, since it takes minutes:
 *
 * ```
 * ./dev deno run -A --v8-flags=--expose-gc tests/soak/memory.ts --alive=100
 * ./dev deno run -A --v8-flags=--expose-gc tests/soak/memory.ts --clients=200
 * ```
 *
 * Resident memory and V8's heap in use, both right after a garbage collection,
 * are compared by medians of the second and the last quarter of the calls. The
 * first quarter warms up: it touches the pages of committed memory for the first
 * time.
 *
 * Fails if either grew by more than 5 %, or if the device commits more than
 * 1.25 × the peak of live memory plus 16 MiB.
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

/** Runs V8's garbage collector. */
function collect(): void {
  const { gc } = globalThis as { gc?: () => void };
  if (!gc) throw new Error("run this with --v8-flags=--expose-gc");
  gc();
}

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

/** Memory of the process, in bytes. */
interface Sample {
  readonly resident: number;
  /** In use in V8's heap. */
  readonly heap: number;
}
const samples: Sample[] = [];

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
  collect();
  const { liveBytes } = runtime.statistics;
  const { rss, heapTotal, heapUsed } = Deno.memoryUsage();
  mostLive = Math.max(mostLive, liveBytes);
  samples.push({ resident: rss, heap: heapUsed });
  if (made % Math.ceil(calls / 10) !== 0) return;
  console.log(
    `${made} calls: ${megabytes(rss)} resident, ${
      megabytes(heapTotal)
    } of it ` +
      `V8's heap; ${megabytes(liveBytes)} live`,
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

/** Returns the median of the samples of one quarter of the calls. */
function median(quarter: number, key: keyof Sample): number {
  const length = samples.length / 4;
  const sorted = samples.slice(quarter * length, (quarter + 1) * length)
    .map((sample) => sample[key]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Prints and returns the growth from the second to the last quarter. */
function growth(key: keyof Sample): number {
  const [early, late] = [median(1, key), median(3, key)];
  const change = late / early - 1;
  console.log(
    `${key}: ${megabytes(early)} to ${megabytes(late)}, ` +
      `${(100 * change).toFixed(2)} %`,
  );
  return change;
}

const grown = Math.max(growth("resident"), growth("heap"));
const committed = mostLive - base;
console.log(
  `${made} calls in ${seconds.toFixed(0)} s; at most ` +
    `${megabytes(mostHeld)} of results alive, ${megabytes(committed)} more ` +
    "allocated",
);
const live = runtime.statistics.liveBytes;
device.trim();
console.log(
  `trim: ${megabytes(live)} to ${megabytes(runtime.statistics.liveBytes)} ` +
    `live, ${megabytes(Deno.memoryUsage().rss)} resident`,
);
inputs.forEach((view) => view.dispose());
if (!(grown <= 0.05)) throw new Error("memory is not flat");
if (committed > 1.25 * mostHeld + SLAB) {
  throw new Error("more is committed than 1.25 × the peak of live memory");
}
console.log(`${megabytes(base - before)} before the calls`);
