/**
 * Measures a row: all entries take turns, round after round, so that other load
 * on the machine affects all of them alike.
 *
 * @module
 */

import type { Row } from "./catalog.ts";
import type { Contestant, ContestantName } from "./contestants.ts";
import { summarize, type Summary } from "./statistics.ts";

/** How much to measure. */
export interface Effort {
  rounds: number;
  /** Time of one entry per round, in milliseconds. */
  milliseconds: number;
  /** Warm-up time of each entry, in milliseconds, for the JIT compilers. */
  warmUp: number;
}

/** An entry's measurements. */
export interface EntryResult {
  label: string;
  contestant: ContestantName;
  /** Nanoseconds for the work, done once. */
  time: Summary;
  /** Time of the row's first entry divided by this one's in the same round. */
  ratio: Summary;
  /** Nanoseconds by round. */
  rounds: number[];
}

/** A row's measurements. */
export interface RowResult {
  title: string;
  entries: EntryResult[];
}

/** The participating contestants. */
export interface Contestants {
  /** Finds one; `undefined` if it does not take part. */
  find(name: ContestantName): Contestant | undefined;
  /** Ends all; later lookups start new ones. */
  stop(): Promise<void>;
}

/** Milliseconds after an entry's turn. */
const PAUSE = 5;

/**
 * The same after onnxruntime-node: its threads look for more work for 50 ms of
 * processor time.
 */
const PAUSE_AFTER_ONNX = 200;

/** Measures a row. */
export async function measureRow(
  row: Row,
  effort: Effort,
  contestants: Contestants,
): Promise<RowResult> {
  const entries = [];
  for (const entry of row.entries) {
    const { contestant, workload } = entry;
    if (contestants.find(contestant) === undefined) continue;
    // Its threads may look for more work for a while.
    const pause = contestant === "onnx" ? PAUSE_AFTER_ONNX : PAUSE;
    const run = async (count: number) => {
      const time = await contestants.find(contestant)!.run(workload, count);
      await new Promise((resolve) => setTimeout(resolve, pause));
      return time;
    };
    const count = await findCount(run, effort, row.share ?? 1);
    entries.push({ entry, run, count, rounds: [] as number[] });
  }
  for (let round = 0; round < effort.rounds; round++) {
    if (row.anew) {
      await contestants.stop();
      for (const { run } of entries) await run(1);
    }
    for (const { run, count, rounds } of inTurn(entries, round)) {
      rounds.push(await run(count) / count);
    }
  }
  const [first] = entries;
  return {
    title: row.title,
    entries: entries.map(({ entry, rounds }) => ({
      label: entry.label,
      contestant: entry.contestant,
      time: summarize(rounds),
      ratio: summarize(first.rounds.map((it, round) => it / rounds[round])),
      rounds,
    })),
  };
}

/** Each one sometimes comes first, and runs before and after its neighbours. */
function inTurn<T>(all: readonly T[], round: number): T[] {
  const start = (round >> 1) % all.length;
  const turned = [...all.slice(start), ...all.slice(0, start)];
  return round % 2 === 0 ? turned : turned.reverse();
}

/** How often the work fits into a round; warms up on the way. */
async function findCount(
  run: (count: number) => Promise<number>,
  { milliseconds, warmUp }: Effort,
  share: number,
): Promise<number> {
  const wanted = milliseconds * share * 1e6;
  let spent = await run(1);
  let count = 1;
  while (true) {
    const time = await run(count);
    spent += time;
    // A run that is too short is not accurate.
    if (time < wanted / 2) {
      count = Math.ceil(count * Math.min(10, Math.max(2, wanted / time)));
    } else if (spent >= warmUp * share * 1e6) {
      return Math.max(1, Math.round(count * wanted / time));
    }
  }
}
