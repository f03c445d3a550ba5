/** The median; the mean of the two middle numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The median distance from the median, in percent of it. */
export function spreadOf(numbers: readonly number[]): number {
  const middle = median(numbers);
  const distance = median(numbers.map((it) => Math.abs(it - middle)));
  return 100 * distance / middle;
}
