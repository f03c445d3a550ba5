/**
 * Measures properties other than time: calls of scalars allocate nothing, and a
 * mapped program stays out of memory. A separate process; prints JSON.
 *
 *     deno run -A properties.ts FOLDER CALLS
 *
 * @module
 */

import { join } from "@std/path";
import { load, runtime } from "../mod.ts";
import { expect } from "./workload.ts";

/** The printed result. */
export interface Properties {
  /** Number of calls. */
  calls: number;
  /** Bytes of JavaScript's heap that a call allocates. */
  heapBytesPerCall: number;
  /** Native allocations per call. */
  allocationsPerCall: number;
  /** Growth of the process for a mapped program of 100 MiB, in bytes. */
  residentBytes: number;
}

interface Functions {
  add(a: number, b: number): number;
  get(ordinal: bigint): number;
}

const SAMPLES = 100;

/** Growth of the heap between samples, excluding garbage collections. */
function allocated(samples: readonly number[]): number {
  let sum = 0;
  for (let i = 1; i < samples.length; i++) {
    sum += Math.max(0, samples[i] - samples[i - 1]);
  }
  return sum;
}

function measureCalls(
  path: string,
  calls: number,
): Pick<Properties, "heapBytesPerCall" | "allocationsPerCall"> {
  using program = load<Functions>({ modules: [path] });
  const work = (count: number) => {
    for (let i = 0; i < count; i++) program.add(i & 0xffff, 1);
  };
  const part = Math.ceil(calls / SAMPLES);
  const sample = () => Deno.memoryUsage().heapUsed;
  // Compiles the loop too, because the function is called often. Otherwise each
  // part would begin in the interpreter, which boxes arguments.
  for (let i = 0; i < 20_000; i++) work(100);
  // Taking a sample allocates too.
  const idle = Array.from({ length: SAMPLES }, sample);
  const before = runtime.statistics.totalAllocations;
  const samples = Array.from({ length: SAMPLES }, () => {
    work(part);
    return sample();
  });
  const after = runtime.statistics.totalAllocations;
  const made = part * SAMPLES;
  return {
    heapBytesPerCall: Math.max(0, allocated(samples) - allocated(idle)) / made,
    allocationsPerCall: Math.max(0, after - before) / made,
  };
}

function measureResident(small: string, large: string): number {
  const open = (path: string) => {
    const program = load<Functions>({ modules: [path], moduleMode: "mmap" });
    expect(program.get(1000n) === 7, "get");
    return program;
  };
  open(small).dispose();
  const before = Deno.memoryUsage().rss;
  using _program = open(large);
  return Math.max(0, Deno.memoryUsage().rss - before);
}

if (import.meta.main) {
  const [folder, calls] = Deno.args;
  const properties: Properties = {
    calls: Number(calls),
    ...measureCalls(join(folder, "scalars.vmfb"), Number(calls)),
    residentBytes: measureResident(
      join(folder, "weights_1MiB.vmfb"),
      join(folder, "weights_100MiB.vmfb"),
    ),
  };
  console.log(JSON.stringify(properties));
}
