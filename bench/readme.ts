/**
 * Writes the last run into pages: all of it, with goals and chart, into
 * `RESULTS.md`, and only the times into the README.
 *
 *     ./dev bench:readme [RESULT.json]
 *
 * @module
 */

import { join } from "@std/path";
import { ROOT } from "../tests/support.ts";
import { drawChart } from "./chart.ts";
import { judgeProperties } from "./goals.ts";
import {
  formatOrigin,
  formatOutcome,
  formatTable,
  formatTimes,
} from "./report.ts";
import { type BenchResult, readResult, resultFolder } from "./result.ts";

const BEGIN = "<!-- bench: written by ./dev bench:readme -->";
const END = "<!-- bench: end -->";

const HEAD = `# Results

The figures of the last run that \`./dev bench:readme\` recorded.
[README.md](README.md) describes the contestants, the method and the comparisons,
and why scalar calls are faster from Deno than in C.

Times of C are absolute; the other times are multiples of them. In rows without C,
they are multiples of \`iree-benchmark-module\`, or of \`iree-run-module\` for
\`iree run\`. ✓ marks a goal that the median reaches, ✗ one that it misses.
`;

/**
 * Puts a result's times between the markers of a text.
 *
 * @param text The README.
 * @param result The run.
 * @returns The new README; throws if the markers are missing.
 */
export function withTable(text: string, result: BenchResult): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) {
    throw new Error(`the README lacks the lines '${BEGIN}' and '${END}'`);
  }
  const parts = [
    BEGIN,
    formatTimes(result),
    `${formatOrigin(result.origin)}.`,
  ];
  return `${text.slice(0, begin)}${parts.join("\n\n")}\n\n${text.slice(end)}`;
}

/**
 * Formats a whole result as a page.
 *
 * @param result The run.
 */
export function formatResults(result: BenchResult): string {
  return [
    HEAD.trimEnd(),
    formatTable(result),
    judgeProperties(result).map((it) =>
      `- ${it.title}: ${formatOutcome(it).replace(/^ +goal: /, "")}`
    ).join("\n"),
    `${formatOrigin(result.origin)}.`,
    "![Chart of the table](../docs/bench.svg)",
  ].join("\n\n") + "\n";
}

if (import.meta.main) {
  const [path = join(resultFolder(), "last.json")] = Deno.args;
  const result = await readResult(path);
  const readme = join(ROOT, "README.md");
  const results = join(ROOT, "bench/RESULTS.md");
  const chart = join(ROOT, "docs/bench.svg");
  const text = withTable(await Deno.readTextFile(readme), result);
  await Deno.writeTextFile(chart, drawChart(result));
  await Deno.writeTextFile(readme, text);
  await Deno.writeTextFile(results, formatResults(result));
  const args = ["fmt", "-q", readme, results];
  await new Deno.Command(Deno.execPath(), { args }).output();
  console.log(`${readme}\n${results}\n${chart}`);
}
