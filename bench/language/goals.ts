import type { Figures } from "./table.ts";

/** A measured contestant. */
export interface Row {
  /** Whether it is this package. */
  readonly isOurs: boolean;
  /** Whether it ran on one thread, or on all. */
  readonly isSingle: boolean;
  /** What was measured. */
  readonly figures: Figures;
}

/**
 * Compares our best row with the best of llama.cpp, once with one thread and once
 * with the number of threads that is best for each.
 *
 * @param rows All rows.
 * @param counts How many requests there were at once.
 * @returns A line for each goal.
 */
export function judge(
  rows: readonly Row[],
  counts: readonly number[],
): string[] {
  const lines: string[] = [];
  for (const threads of ["1 thread", "best of threads"]) {
    const among = rows.filter(({ isSingle }) =>
      isSingle || threads !== "1 thread"
    );
    const best = (isOurs: boolean, of: (figures: Figures) => number) =>
      Math.max(
        ...among.filter((row) => row.isOurs === isOurs)
          .map(({ figures }) => of(figures)),
      );
    for (
      const [name, goal] of [["prefill", 1.5], ["decode", 0.6]] as const
    ) {
      const ratio = best(true, (it) => it[name]) /
        best(false, (it) => it[name]);
      lines.push(lineOf(`${name}, ${threads}`, ratio, goal));
    }
    const single = counts.indexOf(1);
    counts.forEach((count, at) => {
      if (count === 1 || single === -1) return;
      const ratio = Math.max(
        ...among.filter(({ isOurs }) => isOurs).map(({ figures: { rates } }) =>
          rates[at]! / rates[single]!
        ),
      );
      const goal = count === 16 ? 2 : undefined;
      const name = `${count} requests to one, ${threads}`;
      lines.push(lineOf(name, ratio, goal));
    });
  }
  const excess = Math.max(
    ...rows.filter(({ isOurs }) => isOurs).map(({ figures }) =>
      figures.memory / figures.needed!
    ),
  );
  lines.push(
    `memory to weights and cache: ${
      excess.toFixed(2)
    } × (goal: at most 1.15 ×)`,
  );
  return lines;
}

function lineOf(name: string, ratio: number, goal: number | undefined): string {
  const text = `${name}: ${ratio.toFixed(2)} ×`;
  return goal === undefined ? text : `${text} (goal: ${goal} ×)`;
}
