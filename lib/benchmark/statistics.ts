/** A range of numbers. */
export interface Interval {
  /** The lower end. */
  readonly low: number;
  /** The upper end. */
  readonly high: number;
}

/** A bar of a histogram. */
export interface HistogramBar {
  /** The smallest number that it counts. */
  readonly from: number;
  /** The end of its range, which only the last bar includes. */
  readonly to: number;
  /** How many samples are in its range. */
  readonly count: number;
}

/** Half the width of a 95% confidence interval, in standard deviations. */
const Z_95 = 1.959964;

/**
 * Sorts numbers.
 *
 * @param numbers The numbers.
 */
export function sorted(numbers: readonly number[]): Float64Array {
  return Float64Array.from(numbers).sort();
}

/**
 * A percentile, interpolated between the two closest numbers.
 *
 * @param ordered Sorted numbers, at least one.
 * @param percent From 0 to 100.
 */
export function percentile(ordered: Float64Array, percent: number): number {
  const place = (ordered.length - 1) * percent / 100;
  const below = Math.floor(place);
  const low = ordered[below]!;
  const high = ordered[Math.min(below + 1, ordered.length - 1)]!;
  return low + (high - low) * (place - below);
}

/**
 * The 95% confidence interval of the median. Assumes nothing about the
 * distribution: its ends are samples, chosen by rank.
 *
 * @param ordered Sorted numbers, at least one.
 */
export function medianInterval(ordered: Float64Array): Interval {
  const count = ordered.length;
  const half = Z_95 * Math.sqrt(count) / 2;
  const low = Math.floor((count - 1) / 2 - half);
  const high = Math.ceil((count - 1) / 2 + half);
  return {
    low: ordered[Math.max(0, low)]!,
    high: ordered[Math.min(count - 1, high)]!,
  };
}

/** The mean. */
export function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, it) => sum + it, 0) / numbers.length;
}

/** The standard deviation of a sample; 0 for a single number. */
export function deviation(numbers: readonly number[]): number {
  if (numbers.length < 2) return 0;
  const middle = mean(numbers);
  const squares = numbers.reduce((sum, it) => sum + (it - middle) ** 2, 0);
  return Math.sqrt(squares / (numbers.length - 1));
}

/**
 * Counts numbers in bars of equal width. The last bar also counts the largest
 * hundredth, so that a few slow samples do not squeeze all others into one bar.
 *
 * @param ordered Sorted numbers, at least one.
 * @param barCount The number of bars.
 */
export function histogram(
  ordered: Float64Array,
  barCount: number,
): HistogramBar[] {
  const first = ordered[0]!;
  const last = ordered[ordered.length - 1]!;
  const end = percentile(ordered, 99);
  const width = (end - first) / barCount;
  if (!(width > 0)) return [{ from: first, to: last, count: ordered.length }];
  const counts = new Array<number>(barCount).fill(0);
  for (const number of ordered) {
    const bar = Math.min(barCount - 1, Math.floor((number - first) / width));
    counts[bar]! += 1;
  }
  return counts.map((count, bar) => ({
    from: first + bar * width,
    to: bar === barCount - 1 ? last : first + (bar + 1) * width,
    count,
  }));
}
