/**
 * Prints the CPU time of a call for one row, in microseconds: what a server's
 * answer cannot take less than.
 *
 *     deno run -A bare_call.ts PROGRAM DIMENSION…
 *
 * @module
 */

import { load } from "../../mod.ts";
import { cpuTimeOf } from "./cpu_time.ts";

/** Calls that are timed, after as many that are not. */
const CALLS = 2000;

const [path, ...dims] = Deno.args;
using program = load(path!, { device: "local-sync" });
const shape = [1, ...dims.map(Number)];
const data = new Float32Array(shape.reduce((size, dim) => size * dim, 1));
const x = { elementType: "f32", shape, data } as const;
const [name] = program.functionNames;
const fn = program.lookupFunction(name!);

function call(): void {
  for (let at = 0; at < CALLS; at++) fn.compute(x);
}

call();
const before = await cpuTimeOf(Deno.pid);
call();
console.log((await cpuTimeOf(Deno.pid) - before) / CALLS);
