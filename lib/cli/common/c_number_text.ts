/**
 * Formats a number as C's `%.*g` does.
 *
 * @param value The number.
 * @param digits The number of significant digits.
 */
export function general(value: number, digits: number): string {
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
  }
  const [, mantissa = "", sign = "", exponent = ""] =
    /^(.*)e([+-])(\d+)$/.exec(value.toExponential(digits - 1)) ?? [];
  const power = Number(sign + exponent);
  if (power < -4 || power >= digits) {
    return `${trim(mantissa)}e${sign}${exponent.padStart(2, "0")}`;
  }
  return trim(value.toFixed(digits - 1 - power));
}

/** Removes zeros at the end of a fraction. */
function trim(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/**
 * Formats a number as C++'s `std::scientific` does.
 *
 * @param value A finite number.
 * @param fraction The number of digits after the point.
 */
export function scientific(value: number, fraction: number): string {
  return value.toExponential(fraction)
    .replace(/e([+-])(\d)$/, (_, sign, digit) => `e${sign}0${digit}`);
}

const BIG_UNITS = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
const SMALL_UNITS = ["m", "u", "n", "p", "f", "a", "z", "y"];

/**
 * Formats a number with a unit prefix, such as `112.162k`.
 *
 * @param value The number.
 */
export function humanReadable(value: number): string {
  const sign = value < 0 ? "-" : "";
  const size = Math.abs(value);
  if (size > 999) {
    let scaled = size;
    for (const unit of BIG_UNITS) {
      scaled /= 1000;
      if (scaled <= 999) return sign + general(scaled, 6) + unit;
    }
  } else if (size < 0.01) {
    let scaled = size;
    for (const unit of SMALL_UNITS) {
      scaled *= 1000;
      if (scaled >= 1) return sign + general(scaled, 6) + unit;
    }
  }
  return sign + general(size, 6);
}
