/**
 * Our contestant: tuned programs through the public API.
 *
 *     deno run -A ours.ts FOLDER
 *
 * @module
 */

import { load } from "../../mod.ts";
import { serve } from "../serve.ts";
import { repeating, type Runner } from "../workload.ts";
import { type Case, readCases, readInput, writeOutputs } from "./case.ts";

const [folder] = Deno.args;

async function prepare(it: Case): Promise<Runner> {
  using stack = new DisposableStack();
  const program = stack.use(load(it.program));
  const found = program.lookupFunction(it.tuning.function);
  const inputs = await Promise.all(
    it.inputs.map((it) => readInput(folder, it)),
  );
  const result = found.compute(...inputs);
  const results =
    (found.resultTypes.length === 1 ? [result] : result) as Float32Array[];
  const into = results.map((it) => it.slice());
  await writeOutputs(folder, "ours", it, into);
  const copying = found.with({ into });
  return repeating(stack, () => {
    copying.compute(...inputs);
  });
}

const cases = await readCases(folder);
await serve(
  Object.fromEntries(cases.map((it) => [it.workload, () => prepare(it)])),
  folder,
);
