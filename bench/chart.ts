/**
 * The chart: each row's times compared with C's.
 *
 * @module
 */

import { CONTESTANTS } from "./contestants.ts";
import type { RowResult } from "./measure.ts";
import { formatOrigin, formatTime, referenceOf, relativeTo } from "./report.ts";
import type { BenchResult } from "./result.ts";

const WIDTH = 960;
const LEFT = 330;
const RIGHT = 90;
const BAR = 13;
const GAP = 16;
const TOP = 96;

/** Colours that are distinct with colour blindness. */
const COLOURS: Readonly<Record<string, string>> = {
  [CONTESTANTS.floor]: "#8a8a8a",
  [CONTESTANTS.ours]: "#0072b2",
  [CONTESTANTS.tool]: "#009e73",
  [CONTESTANTS.python]: "#e69f00",
  [CONTESTANTS.onnx]: "#cc79a7",
};
const OTHER = "#c9c9c9";

/** One bar. */
interface Bar {
  label: string;
  colour: string;
  ratio: number;
  text: string;
}

/** Draws a result as an SVG document. */
export function drawChart(result: BenchResult): string {
  const groups = result.rows.map((row) => ({ row, bars: barsOf(row) }));
  const ratios = groups.flatMap(({ bars }) => bars.map(({ ratio }) => ratio));
  const scale = new LogScale(Math.min(...ratios), Math.max(...ratios));
  const parts: string[] = [];
  let y = TOP;
  for (const { row, bars } of groups) {
    const middle = y + bars.length * BAR / 2;
    parts.push(
      text(LEFT - 12, middle + 4, row.title.replaceAll("`", ""), "end"),
    );
    for (const bar of bars) {
      parts.push(drawBar(bar, y, scale));
      y += BAR;
    }
    y += GAP;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${
      y + 24
    }" ` +
    `font-family="system-ui, sans-serif" font-size="11" fill="#222">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    text(12, 24, "Time relative to C over the same library", "start", 16),
    text(
      12,
      42,
      "shorter is faster; logarithmic scale; rows without C are relative to IREE's tool",
      "start",
    ),
    drawLegend(),
    scale.draw(TOP - 8, y - GAP + 4),
    ...parts,
    text(12, y + 12, formatOrigin(result.origin), "start", 9),
    "</svg>\n",
  ].join("\n");
}

function barsOf(row: RowResult): Bar[] {
  const reference = referenceOf(row);
  return row.entries.map((entry) => ({
    label: entry.label,
    colour: COLOURS[entry.label] ?? OTHER,
    ratio: relativeTo(reference, entry),
    text: formatTime(entry.time.median),
  }));
}

/** Positions on a logarithmic axis. */
class LogScale {
  readonly #low: number;
  readonly #high: number;

  constructor(low: number, high: number) {
    this.#low = Math.floor(Math.log10(low) * 2) / 2;
    this.#high = Math.max(Math.ceil(Math.log10(high) * 2) / 2, this.#low + 1);
  }

  x(ratio: number): number {
    const part = (Math.log10(ratio) - this.#low) / (this.#high - this.#low);
    return LEFT + part * (WIDTH - LEFT - RIGHT);
  }

  draw(top: number, bottom: number): string {
    const lines: string[] = [];
    for (let power = Math.ceil(this.#low); power <= this.#high; power++) {
      const x = this.x(10 ** power);
      const colour = power === 0 ? "#222" : "#ddd";
      lines.push(
        `<line x1="${x}" x2="${x}" y1="${top}" y2="${bottom}" stroke="${colour}"/>`,
        text(x, top - 4, `${10 ** power} ×`, "middle"),
      );
    }
    return lines.join("\n");
  }
}

function drawBar(bar: Bar, y: number, scale: LogScale): string {
  const zero = scale.x(1);
  const end = scale.x(bar.ratio);
  const x = Math.min(zero, end);
  // A time equal to C's is a line.
  const width = Math.max(3, Math.abs(end - zero));
  const known = bar.label in COLOURS ? "" : `, ${bar.label}`;
  return `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" ` +
    `height="${BAR - 2}" fill="${bar.colour}"/>` +
    text(Math.max(zero, end) + 4, y + 9, bar.text + known, "start", 9);
}

function drawLegend(): string {
  let next = LEFT;
  return Object.entries(COLOURS).map(([label, colour]) => {
    const x = next;
    next += 40 + 6.2 * label.length;
    return `<rect x="${x}" y="54" width="10" height="10" fill="${colour}"/>` +
      text(x + 14, 63, label, "start");
  }).join("\n");
}

function text(
  x: number,
  y: number,
  content: string,
  anchor: "start" | "middle" | "end",
  size = 11,
): string {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}" ` +
    `font-size="${size}">${escaped}</text>`;
}
