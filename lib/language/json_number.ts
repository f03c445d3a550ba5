/** The parts of a number, by their last character. */
export type NumberPart =
  | "minus"
  | "zero"
  | "integer"
  | "point"
  | "fraction"
  | "exponent"
  | "sign"
  | "power";

/** States of a number that can end there. */
export const NUMBERS: ReadonlySet<string> = new Set<NumberPart>(
  ["zero", "integer", "fraction", "power"],
);

/** States of a number that cannot end there. */
export const IN_NUMBERS: ReadonlySet<string> = new Set<NumberPart>(
  ["minus", "point", "exponent", "sign"],
);

/** The part after a character; undefined if it does not continue the number. */
export function afterInNumber(
  part: string,
  character: string,
  isWhole: boolean,
): NumberPart | undefined {
  const isDigit = character >= "0" && character <= "9";
  const isPower = !isWhole && (character === "e" || character === "E");
  const isPoint = !isWhole && character === ".";
  switch (part) {
    case "minus":
      return character === "0" ? "zero" : isDigit ? "integer" : undefined;
    case "zero":
      return isPoint ? "point" : isPower ? "exponent" : undefined;
    case "integer":
      if (isDigit) return "integer";
      return isPoint ? "point" : isPower ? "exponent" : undefined;
    case "point":
      return isDigit ? "fraction" : undefined;
    case "fraction":
      return isDigit ? "fraction" : isPower ? "exponent" : undefined;
    case "exponent":
      if (character === "+" || character === "-") return "sign";
      return isDigit ? "power" : undefined;
    case "sign":
    case "power":
      return isDigit ? "power" : undefined;
    default:
      return undefined;
  }
}
