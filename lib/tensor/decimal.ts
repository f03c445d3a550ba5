import { viewOf } from "../../ffi/base/intrinsics.ts";

/**
 * Rounds a decimal to f32 in one step, as C does. Rounding to f64 first would
 * round twice, which gives another result if the f64 is halfway between two f32s
 * and the decimal is not.
 *
 * @param text The decimal, in the syntax of `Number`.
 * @returns The nearest f32.
 */
export function parseFloat32(text: string): number {
  const value = Number(text);
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded) || rounded === value) return rounded;
  const other = nextFloat32(rounded, value > rounded);
  if (value - rounded !== other - value) return rounded;
  const excess = compareDecimal(text, value);
  if (excess === 0) return rounded;
  return (excess > 0) === (other > rounded) ? other : rounded;
}

function nextFloat32(value: number, up: boolean): number {
  const view = viewOf(new ArrayBuffer(4));
  if (value === 0) return up ? 2 ** -149 : -(2 ** -149);
  view.setFloat32(0, value);
  view.setInt32(0, view.getInt32(0) + ((value > 0) === up ? 1 : -1));
  return view.getFloat32(0);
}

/** The exact sign of a decimal minus a finite number. */
function compareDecimal(text: string, value: number): number {
  const [, sign, whole, fraction = "", exponent = "0"] =
    /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const digits = BigInt(`${whole}${fraction}`) * (sign === "-" ? -1n : 1n);
  const tens = Number(exponent) - fraction.length;
  let twos = 0;
  let mantissa = value;
  for (; !Number.isInteger(mantissa); mantissa *= 2) twos--;
  const power = (base: bigint, size: number) =>
    base ** BigInt(Math.max(0, size));
  const left = digits * power(10n, tens) * power(2n, -twos);
  const right = BigInt(mantissa) * power(10n, -tens);
  return left > right ? 1 : left < right ? -1 : 0;
}
