import type { TextForm } from "./text_form.ts";

/**
 * The start of an integer that another one divides. Whatever its first digits are,
 * others can follow that make it one.
 *
 * @param divisor The divisor.
 * @param hasSign Whether it can be negative.
 */
export function multipleForm(divisor: number, hasSign: boolean): TextForm {
  const digits = new Map<number, TextForm>();
  const zero: TextForm = { isEnd: true, after: () => undefined };
  // Only the remainder of the digits so far matters.
  const withRemainder = (remainder: number): TextForm => {
    const known = digits.get(remainder);
    if (known !== undefined) return known;
    const place: TextForm = {
      isEnd: remainder === 0,
      after: (character) =>
        isDigit(character)
          ? withRemainder((remainder * 10 + Number(character)) % divisor)
          : undefined,
    };
    digits.set(remainder, place);
    return place;
  };
  const first = (character: string) => {
    if (character === "0") return zero;
    return isDigit(character)
      ? withRemainder(Number(character) % divisor)
      : undefined;
  };
  const unsigned: TextForm = { isEnd: false, after: first };
  if (!hasSign) return unsigned;
  return {
    isEnd: false,
    after: (character) => character === "-" ? unsigned : first(character),
  };
}

function isDigit(character: string): boolean {
  return character >= "0" && character <= "9";
}
