/**
 * Measures one contestant, and prints the result as JSON: the processes of
 * `run.ts`.
 *
 * @module
 */

import type { Engine, EngineOptions } from "./engine.ts";
import { openLlama } from "./llama.ts";
import { openOurs } from "./ours.ts";
import type { Figures } from "./table.ts";

/** Tokens of the prompt for prefill and decode, and of the answer. */
const PROMPT = 256;
const ANSWER = 64;

/** Tokens of the prompts and answers of requests at the same time. */
const SHORT = 16;

const ROUNDS = 3;

function prompt(length: number, seed: number): number[] {
  return Array.from(
    { length },
    (_, at) => 500 + (at * 977 + seed * 131) % 9000,
  );
}

/** Time to the first token and of a further one, in milliseconds. */
async function measureOne(
  engine: Engine,
): Promise<{ readonly first: number; readonly next: number }> {
  const times: number[] = [];
  const start = performance.now();
  await engine.generate(
    prompt(PROMPT, 0),
    ANSWER,
    () => times.push(performance.now()),
  );
  const next = (times.at(-1)! - times[0]!) / (times.length - 1);
  return { first: times[0]! - start, next };
}

/** Tokens of all answers in a second. */
async function measureMany(engine: Engine, count: number): Promise<number> {
  let tokens = 0;
  const start = performance.now();
  await Promise.all(
    Array.from(
      { length: count },
      (_, at) => engine.generate(prompt(SHORT, at), ANSWER, () => tokens++),
    ),
  );
  return tokens / (performance.now() - start) * 1000;
}

/** The most memory that the process has had, in MB; Linux only. */
function peakMemory(): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return Number(/^VmHWM:\s*(\d+)/m.exec(status)?.[1]) / 1024;
}

async function best(
  measure: () => Promise<number>,
  choose: (...numbers: number[]) => number,
): Promise<number> {
  const found: number[] = [];
  for (let round = 0; round < ROUNDS; round++) found.push(await measure());
  return choose(...found);
}

const { name, counts, ...options } = JSON.parse(Deno.args[0]!) as
  & EngineOptions
  & { readonly name: string; readonly counts: readonly number[] };
const empty = peakMemory();
const engine = await (name === "llama.cpp" ? openLlama : openOurs)(options);
await engine.generate(prompt(SHORT, 1), 4, () => {});
let next = Infinity;
const first = await best(async () => {
  const times = await measureOne(engine);
  next = Math.min(next, times.next);
  return times.first;
}, Math.min);
const rates: number[] = [];
for (const count of counts) {
  rates.push(await best(() => measureMany(engine, count), Math.max));
}
const figures: Figures = {
  prefill: PROMPT / first * 1000,
  decode: 1000 / next,
  first,
  memory: peakMemory() - empty,
  needed: engine.needed && engine.needed / 2 ** 20,
  rates,
};
console.log(JSON.stringify(figures));
Deno.exit(0); // the other package's threads would keep it running
