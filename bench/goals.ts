import { type Goal, ROWS } from "./catalog.ts";
import type { RowResult } from "./measure.ts";
import type { BenchResult } from "./result.ts";
import type { Stall } from "./stall.ts";
import { type Summary, uncertainty } from "./statistics.ts";

/** The longest allowed stall of the event loop while a model runs, in ms. */
const STALL = 5;

/** The outcome of a goal. */
export interface Outcome {
  /** The goal's subject. */
  title: string;
  /** The goal and the measured value. */
  text: string;
  /** Whether the median reaches it. */
  reached: boolean;
  /** Whether the median reaches it or misses it by no more than the noise. */
  tolerated: boolean;
}

/** Tolerance in addition to the spread of the rounds. */
export const TOLERANCE = 0.02;

/** Bytes of heap allowed per call, because sampling itself allocates. */
const HEAP_NOISE = 0.5;

/** Allowed growth of the process for a mapped program of 100 MiB. */
const RESIDENT_BYTES = 8 * 2 ** 20;

/**
 * Compares the figures with the goals.
 *
 * @param result The measurements.
 * @returns One outcome for each goal whose contestants took part.
 */
export function judge(result: BenchResult): Outcome[] {
  return [...result.rows.flatMap(judgeRow), ...judgeProperties(result)];
}

/** Compares measurements without a row with their goals. */
export function judgeProperties(result: BenchResult): Outcome[] {
  const { properties, stalls } = result;
  const { calls, heapBytesPerCall, allocationsPerCall } = properties;
  const flat = heapBytesPerCall <= HEAP_NOISE && allocationsPerCall === 0;
  const small = properties.residentBytes <= RESIDENT_BYTES;
  return [
    {
      title: `${calls} calls of scalars`,
      text: `no allocation; ${heapBytesPerCall.toFixed(3)} bytes of heap and ` +
        `${allocationsPerCall} native allocations a call`,
      reached: flat,
      tolerated: flat,
    },
    {
      title: "a mapped program of 100 MiB",
      text: `does not grow the process; grew it by ` +
        `${(properties.residentBytes / 2 ** 20).toFixed(1)} MiB`,
      reached: small,
      tolerated: small,
    },
    judgeStall("off-thread", stalls.offThread, stalls),
    judgeStall("off-thread, with a core to spare", stalls.spareCore, stalls),
    judgeStall("with coarse fences", stalls.coarseFences, stalls),
  ];
}

function judgeStall(
  how: string,
  stall: Stall,
  { idle, onnx }: BenchResult["stalls"],
): Outcome {
  const text = ({ longest, duration }: Stall) =>
    `${longest.toFixed(1)} ms in ${(duration / 1000).toFixed(1)} s`;
  const peer = onnx === undefined ? "" : `; onnxruntime-node ${text(onnx)}`;
  return {
    title: `longest stall of the event loop, a call ${how}`,
    text: `less than ${STALL} ms: ${text(stall)}${peer}; an idle event loop ` +
      text(idle),
    reached: stall.longest < STALL,
    tolerated: stall.longest < STALL + idle.longest,
  };
}

/** Compares a row with its goals. */
export function judgeRow(result: RowResult): Outcome[] {
  const row = ROWS.find(({ title }) => title === result.title);
  if (row === undefined) throw new Error(`no row '${result.title}'`);
  return row.goals.flatMap((goal) => {
    const found = find(goal, result);
    if (found === undefined) return [];
    const { limit, summary, rounds, text } = found;
    const noise = uncertainty(summary, rounds) + TOLERANCE * limit;
    return [{
      title: row.title,
      text,
      reached: summary.median <= limit,
      tolerated: summary.median - noise <= limit,
    }];
  });
}

/** A goal with its measured value. */
interface Found {
  limit: number;
  summary: Summary;
  rounds: number;
  text: string;
}

function find(goal: Goal, { entries }: RowResult): Found | undefined {
  const [first] = entries;
  const rounds = first.rounds.length;
  if ("nanoseconds" in goal) {
    return {
      limit: goal.nanoseconds,
      summary: first.time,
      rounds,
      text: `at most ${goal.nanoseconds / 1000} µs: ` +
        `${(first.time.median / 1000).toFixed(1)}`,
    };
  }
  const other = entries.find((it) => it.label === goal.against);
  if (other === undefined) return undefined;
  const { median, spread } = other.ratio;
  const text = goal.ratio < 0.5
    ? `${other.label} takes at least ${times(1 / goal.ratio)}: ` +
      times(1 / median)
    : `at most ${times(goal.ratio)} ${other.label}: ${times(median)} ± ` +
      spread.toFixed(2);
  return { limit: goal.ratio, summary: other.ratio, rounds, text };
}

/** A ratio with three digits, for reading. */
export function times(ratio: number): string {
  const digits = ratio < 10 ? 2 : ratio < 100 ? 1 : 0;
  return `${ratio.toFixed(digits)} ×`;
}
