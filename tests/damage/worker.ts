/**
 * Uses damaged files one after another and announces each step in lines that
 * begin with `@`, as the worker of `tests/mutations` does.
 *
 * @module
 */

import { IreeError, runtime } from "../../mod.ts";
import type { Announce } from "../mutations/programs.ts";
import { Random } from "../mutations/random.ts";
import { damage, type DamageOrder, type Original } from "./kinds.ts";
import { readOriginals } from "./originals.ts";
import { USES } from "./uses.ts";

const order = JSON.parse(Deno.args[0]!) as DamageOrder;
const originals = readOriginals(order.folder);
const encoder = new TextEncoder();

function report(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`@${line}\n`));
}

function announce(step: string): void {
  report(`at ${JSON.stringify(step)}`);
}

function bad(detail: string): void {
  report(`bad ${JSON.stringify(detail)}`);
}

async function outcomeOf(
  file: Original,
  random: Random,
  announce: Announce,
): Promise<string> {
  try {
    await USES[order.kind](file, random, announce);
    return "OK";
  } catch (error) {
    if (error instanceof IreeError) return error.code;
    bad((error as Error).stack ?? String(error));
    return "error";
  }
}

// Fills caches that live as long as the process.
for (const it of originals) await outcomeOf(it, new Random(0), () => {});

for (let number = order.start; number < order.end; number++) {
  const random = new Random(order.seed, number);
  const live = runtime.statistics.liveAllocations;
  report(`case ${number}`);
  const outcome = await outcomeOf(damage(originals, random), random, announce);
  const left = runtime.statistics.liveAllocations - live;
  if (left !== 0) bad(`${left} allocations left`);
  report(`end ${outcome}`);
}
report("done 0");
