import { IreeError } from "../base/error.ts";
import {
  type Frame,
  idOf,
  openFrame,
  withKey,
  withValue,
} from "./json_frame.ts";
import {
  afterInNumber,
  IN_NUMBERS,
  type NumberPart,
  NUMBERS,
} from "./json_number.ts";
import {
  ANY,
  ANY_ARRAY,
  ANY_NUMBER,
  ANY_OBJECT,
  type ArrayShape,
  type JsonShape,
  type ObjectShape,
} from "./json_shape.ts";
import {
  formAfter,
  formAfterEscape,
  hasEscape,
  type TextForm,
} from "./text_form.ts";

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
  | "written"
  | NumberPart
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
  /** What the value is, or the one after the colon; any where it does not matter. */
  readonly shape: JsonShape;
  /** Where a string or number is that has a form. */
  readonly form: TextForm | undefined;
  /** What is left of texts that are known, and of the digits of an escape. */
  readonly rests: readonly string[];
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
    form: undefined,
    rests: [],
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
  const all = states.length === 1
    ? after(only!, character)
    : states.flatMap((state) => after(state, character));
  return all.length > 1 ? distinct(all) : all;
}

/** In how many ways a text can be understood. */
const MOST_STATES = 256;

// Equal states continue equally: without this, alternatives of items double them.
function distinct(states: readonly JsonState[]): readonly JsonState[] {
  const found = new Map<string, JsonState>();
  for (const state of states) {
    const { expected, frame, isKey, key, shape, form, rests, spaces } = state;
    const ids = [frame, shape, form].map((it) => it && idOf(it));
    const place = [expected, isKey, spaces, ...ids];
    // Neither a key nor a text in JSON has line breaks.
    found.set([place.join(), key ?? "", ...rests].join("\n"), state);
  }
  if (found.size <= MOST_STATES) return [...found.values()];
  throw new IreeError(
    "RESOURCE_EXHAUSTED",
    `the schema json allows more than ${MOST_STATES} alternatives for the same text`,
    { hint: "let the alternatives of anyOf differ in their first property" },
  );
}

/** Whether nothing but a quote and an escape matters in these states. */
export function isInFreeString(states: readonly JsonState[]): boolean {
  return states.every(({ expected, key, form }) =>
    expected === "string" && key === undefined && form === undefined
  );
}

/** The most characters of white space in a row: no answer consists of it. */
const MOST_SPACES = 40;

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
      if (state.form !== undefined) {
        const form = formAfterEscape(state.form, character);
        return one(form && { ...state, expected: "string", form });
      }
      if (character === "u") {
        return one(
          inKey(state, character, { expected: "hex", rests: ["0000"] }),
        );
      }
      return ESCAPED.includes(character)
        ? one(inKey(state, character, { expected: "string" }))
        : NONE;
    case "hex": {
      if (!/[\da-fA-F]/.test(character)) return NONE;
      const rest = state.rests[0]!.slice(1);
      return one(
        inKey(
          state,
          character,
          rest === ""
            ? { rests: [], expected: "string" }
            : { rests: [rest], expected: "hex" },
        ),
      );
    }
    case "text":
      return known(state, state.rests, character);
    case "written": {
      const ended = state.form!.isEnd
        ? after(complete(state), character)
        : NONE;
      return [...one(inForm(state, character)), ...ended];
    }
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

// Adds a character to a text that has a form.
function inForm(state: JsonState, character: string): JsonState | undefined {
  const form = formAfter(state.form!, character);
  return form && { ...state, form };
}

function afterInForm(
  state: JsonState,
  character: string,
): JsonState | undefined {
  const { form } = state;
  if (character === '"') return form!.isEnd ? complete(state) : undefined;
  if (character !== "\\") return inForm(state, character);
  return hasEscape(form!) ? { ...state, expected: "escape" } : undefined;
}

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
  if (state.form !== undefined) return afterInForm(state, character);
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
  return {
    ...state,
    frame: matters ? withKey(frame!, name) : frame,
    shape,
    key: undefined,
    isKey: false,
    expected: "colon",
  };
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

function startKey(state: JsonState): JsonState | undefined {
  const { properties, required, others } = objectOf(state);
  if (!canBeKey(state, "")) return undefined;
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
  seen: Set<JsonShape> = new Set(),
): readonly JsonState[] {
  switch (shape.kind) {
    case "definition":
      // Once each, however many ways lead there.
      if (seen.has(shape)) return NONE;
      seen.add(shape);
      return value(state, shape.resolve(), character, seen);
    case "union":
      return shape.shapes.flatMap((it) => value(state, it, character, seen));
    case "texts":
      return known(state, shape.texts, character);
    case "object":
      return character === "{" ? [open(state, shape)] : NONE;
    case "array":
      return character === "[" ? [open(state, shape)] : NONE;
    case "string":
      return character === '"' ? [inText(state)] : NONE;
    case "number":
    case "integer":
      return one(numberStart({ ...state, shape }, character));
    case "form":
      if (!shape.isString) {
        return one(
          inForm(
            { ...state, expected: "written", shape: ANY, form: shape.form },
            character,
          ),
        );
      }
      return character === '"'
        ? [{ ...inText(state), form: shape.form }]
        : NONE;
    case "any":
      return anyValue({ ...state, shape: ANY_NUMBER }, character);
  }
}

function anyValue(state: JsonState, character: string): readonly JsonState[] {
  if (character === "{") return [open(state, ANY_OBJECT)];
  if (character === "[") return [open(state, ANY_ARRAY)];
  if (character === '"') return [inText(state)];
  const word = known(state, WORDS, character);
  return word.length > 0 ? word : one(numberStart(state, character));
}

const WORDS = ["true", "false", "null"];

function inText(state: JsonState): JsonState {
  return { ...state, expected: "string", isKey: false, shape: ANY };
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

// In texts that are known, or after one of them.
function known(
  state: JsonState,
  texts: readonly string[],
  character: string,
): readonly JsonState[] {
  const left = texts.filter((text) => text[0] === character)
    .map((text) => text.slice(1));
  const rests = left.filter((rest) => rest !== "");
  const inside: JsonState = { ...state, expected: "text", shape: ANY, rests };
  return [
    ...left.length > rests.length ? [complete(state)] : NONE,
    ...rests.length > 0 ? [inside] : NONE,
  ];
}

function open(state: JsonState, shape: ObjectShape | ArrayShape): JsonState {
  const frame = openFrame(state.frame, shape);
  const expected = shape.kind === "object" ? "firstKey" : "firstValue";
  return { ...state, frame, expected, shape: ANY };
}

// After a value.
function complete(state: JsonState): JsonState {
  const { frame } = state;
  const after: JsonState = {
    ...{ ...state, shape: ANY, form: undefined },
    ...{ rests: [], spaces: 0 },
  };
  if (frame === undefined) return { ...after, expected: "end" };
  return { ...after, frame: withValue(frame), expected: "next" };
}
