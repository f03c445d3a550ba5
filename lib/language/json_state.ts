/** An object or an array that is open. */
interface Frame {
  readonly isObject: boolean;
  readonly outer: Frame | undefined;
}

/** What can follow. */
type Expected =
  | "start"
  | "value"
  | "firstValue"
  | "key"
  | "firstKey"
  | "colon"
  | "next"
  | "string"
  | "escape"
  | "hex"
  | "word"
  | "minus"
  | "zero"
  | "integer"
  | "point"
  | "fraction"
  | "exponent"
  | "sign"
  | "power"
  | "end";

/** The beginning of a text in JSON that is an object. */
export interface JsonState {
  /** What can follow. */
  readonly expected: Expected;
  /** The innermost open object or array. */
  readonly frame: Frame | undefined;
  /** Whether a string is a key. */
  readonly isKey: boolean;
  /** What is left of a word, and of the digits of an escape. */
  readonly rest: string;
  /** How many characters of white space there are before. */
  readonly spaces: number;
}

/** Before the object. */
export const JSON_START: JsonState = {
  expected: "start",
  frame: undefined,
  isKey: false,
  rest: "",
  spaces: 0,
};

/** The most characters of white space in a row: no answer consists of it. */
const MOST_SPACES = 40;

/** States of a number that can end there. */
const NUMBERS: ReadonlySet<Expected> = new Set(
  ["zero", "integer", "fraction", "power"] as const,
);

const WORDS = ["true", "false", "null"];

/**
 * Adds a character.
 *
 * @returns The state after it; undefined if it cannot follow.
 */
export function jsonAfter(
  state: JsonState,
  character: string,
): JsonState | undefined {
  const { expected } = state;
  switch (expected) {
    case "string":
      return afterInString(state, character);
    case "escape":
      if (character === "u") return { ...state, expected: "hex", rest: "0000" };
      return /["\\/bfnrt]/.test(character)
        ? { ...state, expected: "string" }
        : undefined;
    case "hex": {
      if (!/[\da-fA-F]/.test(character)) return undefined;
      const rest = state.rest.slice(1);
      return { ...state, rest, expected: rest === "" ? "string" : "hex" };
    }
    case "word":
      if (character !== state.rest[0]) return undefined;
      return state.rest.length > 1
        ? { ...state, rest: state.rest.slice(1) }
        : complete(state);
    case "end":
      return undefined;
  }
  const number = afterInNumber(expected, character);
  if (number !== undefined) return { ...state, expected: number };
  if (NUMBERS.has(expected)) return jsonAfter(complete(state), character);
  if (/[ \t\n\r]/.test(character)) {
    const spaces = state.spaces + 1;
    const canFollow = spaces <= MOST_SPACES && !IN_NUMBERS.has(expected);
    return canFollow ? { ...state, spaces } : undefined;
  }
  return afterBetween({ ...state, spaces: 0 }, character);
}

/** States of a number that cannot end there. */
const IN_NUMBERS: ReadonlySet<Expected> = new Set(
  ["minus", "point", "exponent", "sign"] as const,
);

function afterInString(
  state: JsonState,
  character: string,
): JsonState | undefined {
  if (character === "\\") return { ...state, expected: "escape" };
  if (character < " ") return undefined;
  if (character !== '"') return state;
  return state.isKey
    ? { ...state, expected: "colon", isKey: false }
    : complete(state);
}

function afterInNumber(
  expected: Expected,
  character: string,
): Expected | undefined {
  const isDigit = character >= "0" && character <= "9";
  const isPower = character === "e" || character === "E";
  switch (expected) {
    case "minus":
      return character === "0" ? "zero" : isDigit ? "integer" : undefined;
    case "zero":
      return character === "." ? "point" : isPower ? "exponent" : undefined;
    case "integer":
      if (isDigit) return "integer";
      return character === "." ? "point" : isPower ? "exponent" : undefined;
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

function afterBetween(
  state: JsonState,
  character: string,
): JsonState | undefined {
  const { expected, frame } = state;
  switch (expected) {
    case "start":
      return character === "{" ? open(state, true) : undefined;
    case "firstKey":
    case "key":
      if (character === '"') {
        return { ...state, expected: "string", isKey: true };
      }
      return expected === "firstKey" && character === "}"
        ? close(state)
        : undefined;
    case "colon":
      return character === ":" ? { ...state, expected: "value" } : undefined;
    case "next":
      if (character === ",") {
        return { ...state, expected: frame!.isObject ? "key" : "value" };
      }
      return character === (frame!.isObject ? "}" : "]")
        ? close(state)
        : undefined;
    case "firstValue":
      return character === "]" ? close(state) : value(state, character);
    case "value":
      return value(state, character);
    default:
      return undefined;
  }
}

function value(state: JsonState, character: string): JsonState | undefined {
  if (character === "{") return open(state, true);
  if (character === "[") return open(state, false);
  if (character === '"') return { ...state, expected: "string", isKey: false };
  if (character === "-") return { ...state, expected: "minus" };
  if (character === "0") return { ...state, expected: "zero" };
  if (character > "0" && character <= "9") {
    return { ...state, expected: "integer" };
  }
  const word = WORDS.find((it) => it.startsWith(character));
  return word === undefined
    ? undefined
    : { ...state, expected: "word", rest: word.slice(1) };
}

function open(state: JsonState, isObject: boolean): JsonState {
  const frame = { isObject, outer: state.frame };
  return { ...state, frame, expected: isObject ? "firstKey" : "firstValue" };
}

function close(state: JsonState): JsonState {
  return complete({ ...state, frame: state.frame!.outer });
}

// After a value.
function complete(state: JsonState): JsonState {
  const expected = state.frame === undefined ? "end" : "next";
  return { ...state, rest: "", spaces: 0, expected };
}
