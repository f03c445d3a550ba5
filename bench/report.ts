/**
 * Tables for the terminal and for Markdown.
 *
 * @module
 */

import { CONTESTANTS } from "./contestants.ts";
import { judgeProperties, judgeRow, type Outcome, times } from "./goals.ts";
import type { EntryResult, RowResult } from "./measure.ts";
import type { BenchResult, Origin } from "./result.ts";
import { median } from "./statistics.ts";

/** Contestants with their own column. */
const COLUMNS = [
  CONTESTANTS.floor,
  CONTESTANTS.ours,
  CONTESTANTS.tool,
  CONTESTANTS.python,
  CONTESTANTS.onnx,
] as const;

/** A time with a unit, for reading. */
export function formatTime(nanoseconds: number): string {
  const units = [["ns", 1], ["µs", 1e3], ["ms", 1e6], ["s", 1e9]] as const;
  const [name, size] = units.findLast(([, size]) => nanoseconds >= size) ??
    units[0];
  const value = nanoseconds / size;
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return `${value.toFixed(digits)} ${name}`;
}

/** One row for a terminal, printed right after its measurement. */
export function formatRow(result: RowResult): string {
  const lines = result.entries.map(({ label, time, ratio }, i) =>
    [
      `  ${label.padEnd(24)}`,
      formatTime(time.median).padStart(9),
      ` ± ${formatTime(time.spread).padEnd(9)}`,
      i === 0 ? "" : ` Deno: ${times(ratio.median)} ± ` +
        ratio.spread.toFixed(2),
    ].join("")
  );
  const outcomes = judgeRow(result).map(formatOutcome);
  return [result.title, ...lines, ...outcomes].join("\n");
}

/** A goal and its outcome. */
export function formatOutcome({ text, reached, tolerated }: Outcome): string {
  const word = reached ? "reached" : tolerated ? "within noise" : "MISSED";
  return `  goal: ${text} (${word})`;
}

/**
 * The table in Markdown: C's time, ours with its ratio to C's, and the ratios
 * of the others.
 */
export function formatTable(result: BenchResult): string {
  const head = ["", ...COLUMNS, "goal"];
  const lines = [head, head.map(() => "---")];
  for (const row of result.rows) {
    lines.push([row.title, ...COLUMNS.map((it) => cell(row, it)), goals(row)]);
  }
  return lines.map((it) => `| ${it.join(" | ")} |`).join("\n");
}

/** Columns of the table of times, with their contestants. */
const TIME_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  "Deno": [CONTESTANTS.ours],
  "C, the same library": [CONTESTANTS.floor],
  "IREE's tool": [CONTESTANTS.tool, "iree-run-module"],
  "Python": [CONTESTANTS.python],
  "onnxruntime-node": [CONTESTANTS.onnx],
};

/**
 * A table of times only, in Markdown.
 *
 * @param result The run.
 */
export function formatTimes(result: BenchResult): string {
  const head = ["", ...Object.keys(TIME_COLUMNS)];
  const lines = [head, head.map(() => "---")];
  for (const row of result.rows) {
    const times = Object.values(TIME_COLUMNS).map((labels) =>
      row.entries.find(({ label }) => labels.includes(label))?.time.median
    );
    lines.push([
      row.title,
      ...times.map((it) => it === undefined ? "" : formatTime(it)),
    ]);
  }
  return lines.map((it) => `| ${it.join(" | ")} |`).join("\n");
}

function cell(row: RowResult, column: string): string {
  const entry = row.entries.find((it) => it.label === column);
  if (entry === undefined) return "";
  const time = formatTime(entry.time.median);
  const reference = referenceOf(row);
  if (entry === reference) return time;
  const ratio = times(relativeTo(reference, entry));
  return column === CONTESTANTS.ours ? `${time}, ${ratio}` : ratio;
}

/** The entry that others are compared with: C, or the first of the peers. */
export function referenceOf({ entries }: RowResult): EntryResult {
  return entries.find((it) => it.label === CONTESTANTS.floor) ?? entries[1] ??
    entries[0];
}

/** An entry's time as a multiple of another's. */
export function relativeTo(reference: EntryResult, entry: EntryResult): number {
  return median(entry.rounds.map((it, i) => it / reference.rounds[i]));
}

function goals(row: RowResult): string {
  return judgeRow(row).map(({ text, reached }) =>
    `${text} ${reached ? "✓" : "✗"}`
  ).join("<br>");
}

/** Outcomes without a row. */
export function formatProperties(result: BenchResult): string[] {
  return judgeProperties(result).map((it) =>
    `${it.title}:\n${formatOutcome(it)}`
  );
}

/** One line about the machine and the software. */
export function formatOrigin(origin: Origin): string {
  const versions = Object.entries(origin.versions)
    .map(([name, version]) => `${name} ${version}`).join(", ");
  return `${origin.machine}; ${versions}; commit ${origin.commit}, ` +
    `${origin.date.slice(0, 10)}; medians of ${origin.rounds} rounds, load ` +
    `${origin.load.toFixed(1)} before the run`;
}
