/**
 * Measures the recipes of `iree compile --tune` over models, and the devices with
 * the best one. Prints a Markdown table. It takes minutes for each model.
 *
 *     ./dev deno run -A bench/recipes.ts FILE[:NAME=SHAPE…]…
 *
 * such as `det.onnx:x=1x3x320x320`. See RECIPES.md.
 *
 * @module
 */

import { basename } from "@std/path";
import { RECIPES, tune, type TuningTrial } from "../lib/tuning/mod.ts";

/** Seconds for a model. */
const SECONDS = 900;

/** Seconds for a compile. */
const COMPILE_SECONDS = 300;

type Shapes = Record<string, number[]>;

function parse(argument: string): { file: string; shapes: Shapes } {
  const [file = "", ...specs] = argument.split(/:(?=[^:]*=)/);
  const shapes = Object.fromEntries(specs.map((spec) => {
    const [name = "", shape = ""] = spec.split("=");
    return [name, shape.split("x").map(Number)];
  }));
  return { file, shapes };
}

/** The fastest of some trials. */
function best(trials: readonly TuningTrial[]): number | undefined {
  if (trials.length === 0) return undefined;
  return Math.min(...trials.map(({ milliseconds }) => milliseconds));
}

function ratio(time: number | undefined, base: number): string {
  return time === undefined ? "–" : (time / base).toFixed(2);
}

const names = RECIPES.map(({ name }) => name);
const devices = ["local-task / local-sync"];
console.log(`| ${["program", "ms", ...names, ...devices].join(" | ")} |`);
console.log(
  `| ${["-", "-", ...names, ...devices].map(() => "-").join(" | ")} |`,
);
for (const argument of Deno.args) {
  const { file, shapes } = parse(argument);
  const { tuning } = await tune(file, {
    shapes,
    seconds: SECONDS,
    compileSeconds: COMPILE_SECONDS,
  });
  const { trials, choice } = tuning;
  const of = (recipe: string) => trials.filter((it) => it.recipe === recipe);
  const standard = best(of("default"))!;
  const chosen = (device: string) =>
    best(of(choice.recipe).filter((it) => it.device === device));
  console.log(
    `| ${
      [
        basename(file),
        standard.toPrecision(3),
        ...names.map((name) => ratio(best(of(name)), standard)),
        ratio(chosen("local-task"), chosen("local-sync")!),
      ].join(" | ")
    } |`,
  );
  for (const { recipe, reason } of tuning.skipped) {
    console.error(`${basename(file)}: ${recipe}: ${reason}`);
  }
}
