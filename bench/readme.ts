/**
 * Writes the last run's table and chart into the README.
 *
 *     ./dev bench:readme [RESULT.json]
 *
 * @module
 */

import { join } from "@std/path";
import { ROOT } from "../tests/support.ts";
import { drawChart } from "./chart.ts";
import { formatOrigin, formatProperties, formatTable } from "./report.ts";
import { type BenchResult, readResult, resultFolder } from "./result.ts";

const BEGIN = "<!-- bench: written by ./dev bench:readme -->";
const END = "<!-- bench: end -->";

/** Path of the chart in the repository. */
const CHART = "docs/bench.svg";

/**
 * Puts a result between the markers of a text.
 *
 * @param text The README.
 * @param result The run.
 * @returns The new README; throws where the markers are missing.
 */
export function withTable(text: string, result: BenchResult): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) {
    throw new Error(`the README lacks the lines '${BEGIN}' and '${END}'`);
  }
  const parts = [
    BEGIN,
    formatTable(result),
    formatProperties(result).map((it) => `- ${it.replace(/\n\s+goal/, "")}`)
      .join("\n"),
    `${formatOrigin(result.origin)}.`,
    `![Chart of the table](${CHART})`,
  ];
  return `${text.slice(0, begin)}${parts.join("\n\n")}\n\n${text.slice(end)}`;
}

if (import.meta.main) {
  const [path = join(resultFolder(), "last.json")] = Deno.args;
  const result = await readResult(path);
  const readme = join(ROOT, "README.md");
  const text = withTable(await Deno.readTextFile(readme), result);
  await Deno.writeTextFile(join(ROOT, CHART), drawChart(result));
  await Deno.writeTextFile(readme, text);
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "-q", readme] })
    .output();
  console.log(`${readme}\n${join(ROOT, CHART)}`);
}
