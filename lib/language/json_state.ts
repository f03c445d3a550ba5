import {
  ANY_ARRAY,
  ANY_OBJECT,
  type ArrayShape,
  type JsonShape,
  type ObjectShape,
} from "./json_schema.ts";

/** An object or an array that is open. */
interface Frame {
  readonly shape: ObjectShape | ArrayShape;
  readonly outer: Frame | undefined;
  /** Which keys of the shape the object has, and those that it must have. */
  readonly keys: ReadonlySet<string>;
  /** How many values the array has. */
  readonly count: number;
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
  | "text"
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
  /** The key so far as it is written, if it matters. */
  readonly key: string | undefined;
  /** What the value is, or the one after the colon. */
  readonly shape: JsonShape;
  /** What is left of a text that is known, and of the digits of an escape. */
  readonly rest: string;
  /** How many characters of white space there are before. */
  readonly spaces: number;
}

/**
 * The state before an object.
 *
 * @param shape What it is.
 */
export function jsonStart(shape: ObjectShape): JsonState {
  return {
    expected: "start",
    frame: undefined,
    isKey: false,
    key: undefined,
    shape,
    rest: "",
    spaces: 0,
  };
}

/**
 * Adds a character to a text that can be understood in several ways.
 *
 * @returns The states after it; none if it cannot follow.
 */
export function jsonAfter(
  states: readonly JsonState[],
  character: string,
): readonly JsonState[] {
  const [only] = states;
  if (states.length === 1) return after(only!, character);
  return states.flatMap((state) => after(state, character));
}

/** Whether nothing but a quote and an escape matters in these states. */
export function isInFreeString(states: readonly JsonState[]): boolean {
  return states.every(({ expected, key }) =>
    expected === "string" && key === undefined
  );
}

/** The most characters of white space in a row: no answer consists of it. */
const MOST_SPACES = 40;

/** States of a number that can end there. */
const NUMBERS: ReadonlySet<Expected> = new Set(
  ["zero", "integer", "fraction", "power"] as const,
);

/** States of a number that cannot end there. */
const IN_NUMBERS: ReadonlySet<Expected> = new Set(
  ["minus", "point", "exponent", "sign"] as const,
);

const NONE: readonly JsonState[] = [];

function one(state: JsonState | undefined): readonly JsonState[] {
  return state === undefined ? NONE : [state];
}

function after(state: JsonState, character: string): readonly JsonState[] {
  const { expected } = state;
  switch (expected) {
    case "string":
      return one(afterInString(state, character));
    case "escape":
      if (character === "u") {
        return one(inKey(state, character, { expected: "hex", rest: "0000" }));
      }
      return ESCAPED.includes(character)
        ? one(inKey(state, character, { expected: "string" }))
        : NONE;
    case "hex": {
      if (!/[\da-fA-F]/.test(character)) return NONE;
      const rest = state.rest.slice(1);
      const next = rest === "" ? "string" : "hex";
      return one(inKey(state, character, { rest, expected: next }));
    }
    case "text":
      if (character !== state.rest[0]) return NONE;
      return [known(state, state.rest.slice(1))];
    case "end":
      return NONE;
  }
  const isInteger = state.shape.kind === "integer";
  const number = afterInNumber(expected, character, isInteger);
  if (number !== undefined) return [{ ...state, expected: number }];
  if (NUMBERS.has(expected)) return after(complete(state), character);
  if (SPACES.includes(character)) {
    const spaces = state.spaces + 1;
    const canFollow = spaces <= MOST_SPACES && !IN_NUMBERS.has(expected);
    return canFollow ? [{ ...state, spaces }] : NONE;
  }
  return afterBetween(state, character);
}

const SPACES = " \t\n\r";
const ESCAPED = '"\\/bfnrt';

// Adds a character to a key, if the key matters.
function inKey(
  state: JsonState,
  character: string,
  change: Partial<JsonState>,
): JsonState | undefined {
  if (state.key === undefined) return { ...state, ...change };
  const key = state.key + character;
  return canBeKey(state, key) ? { ...state, ...change, key } : undefined;
}

function afterInString(
  state: JsonState,
  character: string,
): JsonState | undefined {
  const { key } = state;
  if (character < " ") return undefined;
  const isEnd = character === '"';
  if (key !== undefined) {
    if (isEnd) return afterKey(state, JSON.parse(`"${key}"`));
    const expected = character === "\\" ? "escape" : "string";
    return inKey(state, character, { expected });
  }
  if (character === "\\") return { ...state, expected: "escape" };
  if (!isEnd) return state;
  return state.isKey
    ? { ...state, expected: "colon", isKey: false }
    : complete(state);
}

function objectOf({ frame }: JsonState): ObjectShape {
  return frame!.shape as ObjectShape;
}

// Without others, only keys of the shape that are not there yet.
function canBeKey(state: JsonState, start: string): boolean {
  const { properties, others } = objectOf(state);
  if (others !== undefined) return true;
  const { keys } = state.frame!;
  return properties.keys().some((name) =>
    !keys.has(name) && JSON.stringify(name).slice(1, -1).startsWith(start)
  );
}

function afterKey(state: JsonState, name: string): JsonState | undefined {
  const { properties, others } = objectOf(state);
  const { frame } = state;
  const shape = properties.get(name) ?? others;
  if (shape === undefined || frame!.keys.has(name)) return undefined;
  const matters = properties.has(name) ||
    objectOf(state).required.includes(name);
  const keys = matters ? new Set([...frame!.keys, name]) : frame!.keys;
  return {
    ...state,
    frame: { ...frame!, keys },
    shape,
    key: undefined,
    isKey: false,
    expected: "colon",
  };
}

function afterInNumber(
  expected: Expected,
  character: string,
  isWhole: boolean,
): Expected | undefined {
  const isDigit = character >= "0" && character <= "9";
  const isPower = !isWhole && (character === "e" || character === "E");
  const isPoint = !isWhole && character === ".";
  switch (expected) {
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

function afterBetween(
  before: JsonState,
  character: string,
): readonly JsonState[] {
  const state = { ...before, spaces: 0 };
  switch (state.expected) {
    case "start":
      return one(value(state, state.shape, character)[0]);
    case "firstKey":
    case "key":
      if (character === '"') return one(startKey(state));
      return state.expected === "firstKey" && character === "}"
        ? one(closeObject(state))
        : NONE;
    case "colon":
      return character === ":" ? [{ ...state, expected: "value" }] : NONE;
    case "next":
      return one(afterValue(state, character));
    case "firstValue":
      return character === "]"
        ? one(closeArray(state))
        : value(state, (state.frame!.shape as ArrayShape).items, character);
    case "value":
      return value(state, state.shape, character);
    default:
      return NONE;
  }
}

function startKey(state: JsonState): JsonState {
  const { properties, required, others } = objectOf(state);
  const isFree = properties.size === 0 && required.length === 0 &&
    others !== undefined;
  return isFree
    ? { ...state, expected: "string", isKey: true, shape: others }
    : { ...state, expected: "string", isKey: true, key: "" };
}

function afterValue(
  state: JsonState,
  character: string,
): JsonState | undefined {
  const { shape, keys, count } = state.frame!;
  if (shape.kind === "object") {
    if (character === "}") return closeObject(state);
    const { properties, others } = shape;
    const canFollow = others !== undefined ||
      properties.keys().some((name) => !keys.has(name));
    return character === "," && canFollow
      ? { ...state, expected: "key" }
      : undefined;
  }
  if (character === "]") return closeArray(state);
  return character === "," && count < shape.most
    ? { ...state, expected: "value", shape: shape.items }
    : undefined;
}

function closeObject(state: JsonState): JsonState | undefined {
  const { keys } = state.frame!;
  const isWhole = objectOf(state).required.every((name) => keys.has(name));
  return isWhole ? close(state) : undefined;
}

function closeArray(state: JsonState): JsonState | undefined {
  const { shape, count } = state.frame!;
  return count >= (shape as ArrayShape).least ? close(state) : undefined;
}

function close(state: JsonState): JsonState {
  return complete({ ...state, frame: state.frame!.outer });
}

// The states after the first character of a value.
function value(
  state: JsonState,
  shape: JsonShape,
  character: string,
  seen: readonly JsonShape[] = [],
): readonly JsonState[] {
  switch (shape.kind) {
    case "definition":
      return seen.includes(shape)
        ? NONE
        : value(state, shape.resolve(), character, [...seen, shape]);
    case "union":
      return shape.shapes.flatMap((it) => value(state, it, character, seen));
    case "texts":
      return shape.texts.filter((text) => text[0] === character)
        .map((text) => known(state, text.slice(1)));
    case "object":
      return character === "{" ? [open(state, shape)] : NONE;
    case "array":
      return character === "[" ? [open(state, shape)] : NONE;
    case "string":
      return character === '"' ? [inText(state)] : NONE;
    case "number":
    case "integer":
      return one(numberStart({ ...state, shape }, character));
    case "any":
      return anyValue({ ...state, shape }, character);
  }
}

function anyValue(state: JsonState, character: string): readonly JsonState[] {
  if (character === "{") return [open(state, ANY_OBJECT)];
  if (character === "[") return [open(state, ANY_ARRAY)];
  if (character === '"') return [inText(state)];
  const word = WORDS.find((it) => it.startsWith(character));
  if (word !== undefined) return [known(state, word.slice(1))];
  return one(numberStart(state, character));
}

const WORDS = ["true", "false", "null"];

function inText(state: JsonState): JsonState {
  return { ...state, expected: "string", isKey: false };
}

function numberStart(
  state: JsonState,
  character: string,
): JsonState | undefined {
  if (character === "-") return { ...state, expected: "minus" };
  if (character === "0") return { ...state, expected: "zero" };
  if (character > "0" && character <= "9") {
    return { ...state, expected: "integer" };
  }
  return undefined;
}

// In a text that is known, or after it.
function known(state: JsonState, rest: string): JsonState {
  return rest === "" ? complete(state) : { ...state, expected: "text", rest };
}

function open(state: JsonState, shape: ObjectShape | ArrayShape): JsonState {
  if (shape.kind === "array" && shape.most === 0) {
    shape = { ...shape, items: { kind: "texts", texts: [] } };
  }
  const frame = { shape, outer: state.frame, keys: NO_KEYS, count: 0 };
  const expected = shape.kind === "object" ? "firstKey" : "firstValue";
  return { ...state, frame, expected };
}

const NO_KEYS: ReadonlySet<string> = new Set();

// After a value.
function complete(state: JsonState): JsonState {
  const { frame } = state;
  const after = { ...state, rest: "", spaces: 0 };
  if (frame === undefined) return { ...after, expected: "end" };
  if (frame.shape.kind === "object") return { ...after, expected: "next" };
  const counted = { ...frame, count: frame.count + 1 };
  return { ...after, frame: counted, expected: "next" };
}
