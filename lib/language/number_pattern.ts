/** Limits of a number. */
export interface NumberRange {
  /** The smallest value; an integer, or -Infinity. */
  readonly low: number;
  /** The largest value; an integer, or Infinity. */
  readonly high: number;
  /** Whether the number is larger than `low`. */
  readonly isLowOpen: boolean;
  /** Whether the number is smaller than `high`. */
  readonly isHighOpen: boolean;
}

/** How many digits a number has at most that no limit is rounded to. */
const DIGITS = 15;

/**
 * Writes the pattern of numbers in a range: digits, with a fraction if they have
 * one, and never a power.
 *
 * @param range The range, which has numbers.
 * @param isWhole Whether they are integers; the limits are then in the range.
 */
export function numberPattern(range: NumberRange, isWhole: boolean): string {
  const { low, high, isLowOpen, isHighOpen } = range;
  const limits = [low, high].filter(Number.isFinite).map(Math.abs);
  const places = DIGITS - String(Math.max(0, ...limits)).length;
  const write = isWhole
    ? ({ low, high }: NumberRange) => wholes(low, high)
    : (part: NumberRange) => fractions(part, places);
  const parts: string[] = [];
  if (low < 0) {
    const isBelow = high < 0;
    const below = write({
      low: isBelow ? -high : isWhole ? 1 : 0,
      isLowOpen: isBelow ? isHighOpen : true,
      high: -low,
      isHighOpen: isLowOpen,
    });
    parts.push(`-(?:${below})`);
  }
  if (high > 0 || high === 0 && !isHighOpen) {
    const isAbove = low >= 0;
    parts.push(write({
      ...{ low: isAbove ? low : 0, isLowOpen: isAbove && isLowOpen },
      ...{ high, isHighOpen },
    }));
  }
  return `^(?:${parts.join("|")})$`;
}

function fractions(range: NumberRange, places: number): string {
  const { low, high, isLowOpen, isHighOpen } = range;
  const zeros = `(?:\\.0{1,${places}})?`;
  if (low === high) return `${low}${zeros}`;
  const fraction = `(?:\\.\\d{1,${places}})?`;
  const parts = [
    isLowOpen ? `${low}\\.\\d{0,${places - 1}}[1-9]` : `${low}${fraction}`,
  ];
  if (low + 1 < high) {
    parts.push(`(?:${wholes(low + 1, high - 1)})${fraction}`);
  }
  if (high < Infinity && !isHighOpen) parts.push(`${high}${zeros}`);
  return parts.join("|");
}

// Integers from 0 or more.
function wholes(low: number, high: number): string {
  const first = String(low);
  const parts: string[] = [];
  for (let length = first.length;; length++) {
    const least = length === first.length
      ? first
      : `1${"0".repeat(length - 1)}`;
    const isLast = high < 10 ** length;
    parts.push(between(least, isLast ? String(high) : "9".repeat(length)));
    if (isLast) break;
    if (high < Infinity) continue;
    parts.push(`[1-9]\\d{${length},}`);
    break;
  }
  return parts.join("|");
}

// Numbers of the same length.
function between(low: string, high: string): string {
  if (low === high) return low;
  const [a, b] = [Number(low[0]), Number(high[0])];
  const rest = low.length - 1;
  if (a === b) return `${a}(?:${between(low.slice(1), high.slice(1))})`;
  if (rest === 0) return `[${a}-${b}]`;
  const lowest = `${a}(?:${between(low.slice(1), "9".repeat(rest))})`;
  const highest = `${b}(?:${between("0".repeat(rest), high.slice(1))})`;
  const middle = a + 1 < b ? [`[${a + 1}-${b - 1}]\\d{${rest}}`] : [];
  return [lowest, ...middle, highest].join("|");
}
