/** One quantity over all rounds. */
export interface Summary {
  /** The median. */
  median: number;
  /** Median distance from the median: how much rounds vary. */
  spread: number;
}

/** The median; the mean of the two middle numbers. */
export function median(numbers: readonly number[]): number {
  if (numbers.length === 0) throw new Error("median needs at least one number");
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]
    : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median and spread of numbers. */
export function summarize(numbers: readonly number[]): Summary {
  const middle = median(numbers);
  const spread = median(numbers.map((it) => Math.abs(it - middle)));
  return { median: middle, spread };
}

/**
 * The uncertainty of a median over this many rounds: twice the standard error
 * that the spread implies.
 */
export function uncertainty(summary: Summary, rounds: number): number {
  const deviation = 1.4826 * summary.spread;
  return 2 * 1.2533 * deviation / Math.sqrt(rounds);
}
