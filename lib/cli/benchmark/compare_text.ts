import { formatTime, type HistogramBar } from "../../benchmark/mod.ts";
import { formatBytes } from "../common/terminal.ts";
import type { MeasuredSubject } from "./measured_subject.ts";

/** Width of the longest bar. */
const BAR_WIDTH = 40;

const HEADER = [
  "",
  "median",
  "95% interval",
  "p90",
  "p99",
  "CPU",
  "calls/s",
  "memory",
  "ratio",
];

/**
 * Formats measurements as a table.
 *
 * @param measured The measurements.
 * @param withHistogram Whether to add a histogram of each.
 */
export function formatComparison(
  measured: readonly MeasuredSubject[],
  withHistogram: boolean,
): string {
  const isCompared = measured.length > 1;
  const rows = [HEADER, ...measured.map(rowOf)]
    .map((row) => isCompared ? row : row.slice(0, -1));
  const widths = HEADER.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  );
  const lines = rows.map((row) =>
    row.map((cell, column) =>
      column === 0
        ? cell.padEnd(widths[column] ?? 0)
        : cell.padStart(widths[column] ?? 0)
    ).join("  ").trimEnd()
  );
  return [
    ...lines,
    "",
    ...measured.map(formatWarmUp),
    ...(withHistogram ? measured.flatMap(formatHistogram) : []),
  ].join("\n");
}

function rowOf(it: MeasuredSubject, index: number): string[] {
  const { interval, percentiles, ratio, memory } = it;
  const { low, high } = ratio.interval;
  return [
    it.name,
    formatTime(it.median),
    `${formatTime(interval.low)} to ${formatTime(interval.high)}`,
    formatTime(percentiles.p90),
    formatTime(percentiles.p99),
    formatTime(it.cpu),
    it.callsPerSecond.toFixed(it.callsPerSecond < 100 ? 1 : 0),
    formatBytes(memory.devices ?? 0),
    index === 0
      ? "1"
      : `${ratio.median.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})` +
        (ratio.isClear ? "" : ", no clear difference"),
  ];
}

function formatWarmUp(
  { name, warmUp, samples, callsPerSample }: MeasuredSubject,
): string {
  const { calls, milliseconds, isSteady } = warmUp;
  return `${name}: ${samples.length} samples of ${callsPerSample} calls, ` +
    `after ${calls} calls in ${formatTime(milliseconds)} to warm up` +
    (isSteady ? "" : "; calls were still getting faster");
}

function formatHistogram({ name, histogram }: MeasuredSubject): string[] {
  const most = Math.max(...histogram.map(({ count }) => count));
  const line = ({ from, to, count }: HistogramBar) => {
    const range = `${formatTime(from)} to ${formatTime(to)}`;
    const bar = "█".repeat(Math.ceil(BAR_WIDTH * count / most));
    return `  ${range.padEnd(22)} ${String(count).padStart(6)} ${bar}`;
  };
  return ["", name, ...histogram.map(line)];
}
