/**
 * Tries models of ONNX's test data by hand, and prints what became of each as
 * JSON:
 *
 *     ./dev deno run -A tests/onnx/try_models.ts [PATTERN]
 *
 * PATTERN is a regular expression for names such as `node/test_add`; without one,
 * all single operators are tried, which takes about an hour.
 *
 * @module
 */

import { join } from "@std/path";
import { Compiler } from "../../lib/compiler/mod.ts";
import { DATA, tryModels } from "./model_case.ts";

if (import.meta.main) {
  const pattern = new RegExp(Deno.args[0] ?? "^node/");
  const folders = ["node", "simple", "pytorch-converted", "pytorch-operator"];
  const models = folders.flatMap((folder) =>
    Array.from(
      Deno.readDirSync(join(DATA, folder)),
      ({ name }) => `${folder}/${name}`,
    )
  );
  for (const { name } of Deno.readDirSync(join(DATA, "light"))) {
    if (name.endsWith(".onnx")) models.push(`light/${name}`);
  }
  await using one = await Compiler.open();
  await using other = await Compiler.open();
  const chosen = models.filter((it) => pattern.test(it)).sort();
  const outcomes = await tryModels(chosen, [one, other]);
  console.log(JSON.stringify(outcomes, undefined, 2));
}
