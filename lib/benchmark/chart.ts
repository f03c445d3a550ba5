import { copyArray, isArray, isRevoked, toText } from "../base/checks.ts";
import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import type { ComparedMeasurement } from "./benchmark.ts";
import { percentile, sorted } from "./statistics.ts";
import { formatTime } from "./time_text.ts";

const WIDTH = 760;
const LABEL_WIDTH = 220;
const TIME_WIDTH = 150;
const ROW_HEIGHT = 44;
const TOP = 36;
const BAR_HEIGHT = 18;

/** Colors that work on light and dark pages. */
const COLORS = { bar: "#4c8bf5", line: "#888", text: "#777" } as const;

/**
 * Draws measurements as an SVG: the median of each, its confidence interval, and
 * the range from the fastest sample to the 99th percentile.
 *
 * @param measurements The measurements.
 * @param title The title.
 * @returns The text of an SVG file.
 */
export function chartMeasurements(
  measurements: readonly ComparedMeasurement[],
  title: string,
): string {
  const all = copyArray("measurements", measurements, checkMeasurement);
  toText("title", title);
  const height = TOP + all.length * ROW_HEIGHT + 8;
  const end = Math.max(...all.map(({ percentiles }) => percentiles.p99)) || 1;
  const scale = (WIDTH - LABEL_WIDTH - TIME_WIDTH) / end;
  const rows = all.map((it, index) =>
    drawRow(it, TOP + index * ROW_HEIGHT, scale)
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" ` +
    `height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" ` +
    `font-family="system-ui, sans-serif" font-size="13">\n` +
    `<title>${escapeXml(title)}</title>\n` +
    `<text x="8" y="20" fill="${COLORS.text}" font-weight="600">` +
    `${escapeXml(title)}</text>\n${rows.join("")}</svg>\n`;
}

function checkMeasurement(it: ComparedMeasurement): void {
  const isMeasurement = typeof it === "object" && it !== null &&
    !isRevoked(it) && typeof it.name === "string" && isArray(it.samples) &&
    [it.median, it.interval?.low, it.interval?.high, it.percentiles?.p99]
      .every(Number.isFinite) &&
    Number.isFinite(it.ratio?.median);
  if (isMeasurement) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `a measurement must be a result of compare, got ${describeValue(it)}`,
  );
}

function drawRow(
  { name, median, interval, percentiles, samples, ratio }: ComparedMeasurement,
  top: number,
  scale: number,
): string {
  const x = (time: number) => (LABEL_WIDTH + time * scale).toFixed(1);
  const middle = top + BAR_HEIGHT / 2;
  const fastest = percentile(sorted(samples), 0);
  const width = Math.max(1, median * scale).toFixed(1);
  const times = ratio.median === 1 ? "" : `, ×${ratio.median.toFixed(2)}`;
  const low = formatTime(interval.low);
  const high = formatTime(interval.high);
  return `<g><title>${escapeXml(name)}: ${low} to ${high}</title>\n` +
    text(LABEL_WIDTH - 8, middle + 4, shorten(name), "end") +
    `<rect x="${LABEL_WIDTH}" y="${top}" width="${width}" ` +
    `height="${BAR_HEIGHT}" rx="2" fill="${COLORS.bar}"/>\n` +
    line(x(fastest), x(percentiles.p99), middle, 1) +
    line(x(interval.low), x(interval.high), middle, 5) +
    text(
      Number(x(percentiles.p99)) + 8,
      middle + 4,
      formatTime(median) + times,
      "start",
    ) +
    "</g>\n";
}

function line(from: string, to: string, y: number, width: number): string {
  return `<line x1="${from}" x2="${to}" y1="${y}" y2="${y}" ` +
    `stroke="${COLORS.line}" stroke-width="${width}"/>\n`;
}

function text(x: number, y: number, content: string, anchor: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" ` +
    `fill="${COLORS.text}">${escapeXml(content)}</text>\n`;
}

/** Keeps the end of a long name, which differs more often. */
function shorten(name: string): string {
  return name.length > 30 ? `…${name.slice(-29)}` : name;
}

function escapeXml(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;").replaceAll('"', "&quot;")
    // Other control characters are not allowed in XML at all.
    .replace(/[^\P{Cc}\t\n]/gu, "\ufffd");
}
