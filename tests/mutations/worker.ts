/**
 * Runs cases one after another and announces each step in lines that begin with
 * `@`, which `runner.ts` reads. Any effect on this process is thereby
 * attributed to one case.
 *
 * @module
 */

import { UsageError } from "../../lib/cli/common/usage_error.ts";
import { IreeError, runtime } from "../../mod.ts";
import { ArgumentRunner } from "./arguments.ts";
import { CallerError, runText } from "./inputs.ts";
import { kindOf, type WorkOrder } from "./kinds.ts";
import { mutantOf } from "./mutant.ts";
import { ProgramRunner } from "./programs.ts";
import { Random } from "./random.ts";

const order = JSON.parse(Deno.args[0]) as WorkOrder;
const encoder = new TextEncoder();
/** Allocations that cases leaked on purpose. */
let leaked = 0;

function report(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`@${line}\n`));
}

function announce(step: string): void {
  report(`at ${JSON.stringify(step)}`);
}

/** The outcome for an expected error; undefined for any other. */
function outcomeOf(error: unknown): string | undefined {
  if (error instanceof IreeError) return error.code;
  if (error instanceof Deno.errors.NotCapable) return "NotCapable";
  if (error instanceof UsageError) return "UsageError";
  if (error instanceof CallerError) return "CallerError";
  return undefined;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

{
  using stack = new DisposableStack();
  const programs = stack.use(new ProgramRunner(order.fixtures, announce));
  programs.traceExecution = order.traceExecution;
  const callArguments = stack.use(new ArgumentRunner(order.fixtures));
  for (let number = order.start; number < order.end; number++) {
    const kind = kindOf(number, order.kind);
    const random = new Random(order.seed, number);
    const live = runtime.statistics.liveAllocations;
    report(`case ${number}`);
    let outcome: string | undefined = "OK";
    try {
      if (kind === "program") {
        programs.run(mutantOf(order.fixtures, order.seed, number).bytes);
      } else if (kind === "arguments") callArguments.run(random);
      else runText(kind, random, order.fixtures);
    } catch (error) {
      outcome = outcomeOf(error);
      if (outcome === undefined) {
        report(`bad ${JSON.stringify(describe(error))}`);
      }
    }
    const left = runtime.statistics.liveAllocations - live;
    leaked += left;
    if (left !== 0) report(`bad ${JSON.stringify(`${left} allocations left`)}`);
    report(`end ${outcome ?? "error"}`);
  }
}
report(`done ${runtime.statistics.liveAllocations - leaked}`);
