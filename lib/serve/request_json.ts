import { readJsonFloats } from "../../ffi/json_floats.ts";
import { type CutJson, cutNumbers } from "./cut_numbers.ts";
import { checkJsonSize } from "./json_size.ts";
import { badRequest } from "./http_errors.ts";
import {
  rejectOutputParameters,
  rejectSharedMemory,
} from "./unsupported_parameters.ts";

// The JSON of the protocol, as far as it was checked.

/** The elements of a tensor: as they were parsed, or already of its type. */
export type JsonElements = readonly unknown[] | Float32Array<ArrayBuffer>;

/** A request's input as JSON. */
export interface InputJson {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: JsonElements | undefined;
  /** Length of the binary data; `undefined` for JSON. */
  readonly binarySize: number | undefined;
}

/** A requested output. */
export interface OutputJson {
  readonly name: string;
  /** Whether it is wanted as binary data; `undefined` for the default. */
  readonly isBinary: boolean | undefined;
}

/** A request for inference, as JSON. */
export interface RequestJson {
  readonly id: string | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly inputs: readonly InputJson[];
  /** The requested outputs; `undefined` for all. */
  readonly outputs: readonly OutputJson[] | undefined;
  /** Whether outputs are binary by default. */
  readonly isBinary: boolean;
}

type Json = Readonly<Record<string, unknown>>;

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** Decodes ten times as fast, but replaces what is not UTF-8. */
const REPLACING = new TextDecoder();

/** An integer with more digits than a JSON number keeps. */
const LONG_INTEGER = /[^.\d]\d{16}/;

/** Data types whose elements can have as many digits. */
const LONG_TYPES: ReadonlySet<unknown> = new Set(["INT64", "UINT64"]);

/**
 * Parses and checks a request for inference.
 *
 * @param bytes The JSON.
 */
export function parseRequest(bytes: Uint8Array<ArrayBuffer>): RequestJson {
  return checkRequest(parseFloats(bytes) ?? parseJson(bytes, hasLongType));
}

// The same as JSON.parse, for requests all of whose long inputs are f32.
function parseFloats(bytes: Uint8Array<ArrayBuffer>): unknown {
  const cut = cutNumbers(bytes);
  if (cut === undefined) return undefined;
  try {
    const request = JSON.parse(cut.text);
    return !hasLongType(request) && restoreFloats(request, cut)
      ? request
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

// Whether all that was cut is in the inputs again: what stood elsewhere, or under
// a key that is there twice, is not.
function restoreFloats(request: unknown, { contents }: CutJson): boolean {
  const inputs = (request as Json | null)?.inputs;
  if (!Array.isArray(inputs)) return false;
  let count = 0;
  for (const input of inputs) {
    const data = input?.data;
    if (!Array.isArray(data) || data[0] !== count) continue;
    const { datatype, shape } = input;
    if (datatype !== "FP32" || !Array.isArray(shape)) return false;
    const size = shape.reduce((product, dim) => product * dim, 1);
    if (!Number.isSafeInteger(size) || size < 1) return false;
    input.data = readJsonFloats(contents[count]!, size);
    if (input.data === undefined) return false;
    count++;
  }
  return count === contents.length;
}

function checkRequest(given: unknown): RequestJson {
  const body = demandObject("the request", given);
  const parameters = readParameters("the request", body.parameters);
  const { id, outputs } = body;
  if (id !== undefined && id !== null && typeof id !== "string") {
    throw badRequest(`id must be a string, got ${kindOf(id)}`);
  }
  return {
    id: id ?? undefined,
    parameters,
    inputs: demandArray("inputs", body.inputs).map(readInput),
    outputs: outputs === undefined || outputs === null
      ? undefined
      : readOutputs(outputs),
    isBinary: readFlag(
      "parameter 'binary_data_output'",
      parameters.binary_data_output,
    ) ?? false,
  };
}

/**
 * Parses a JSON body.
 *
 * @param bytes The text in UTF-8.
 * @param needsDigits Whether long integers become bigints, which takes longer than
 * everything else.
 */
export function parseJson(
  bytes: Uint8Array,
  needsDigits: (parsed: unknown) => boolean = () => false,
): unknown {
  checkJsonSize(bytes);
  try {
    const text = decode(bytes);
    const parsed = JSON.parse(text);
    return needsDigits(parsed) && LONG_INTEGER.test(text)
      ? JSON.parse(text, keepDigits)
      : parsed;
  } catch (error) {
    // JSON that is nested too deeply for the reviver is a RangeError.
    const isOurs = error instanceof SyntaxError ||
      error instanceof TypeError || error instanceof RangeError;
    if (!isOurs) throw error;
    throw badRequest(`the body must be JSON: ${error.message}`);
  }
}

// Bytes that all became a character of their own are ASCII, or not UTF-8.
function decode(bytes: Uint8Array): string {
  const text = REPLACING.decode(bytes);
  return text.length === bytes.length && !text.includes("\uFFFD")
    ? text
    : UTF8.decode(bytes);
}

function hasLongType(request: unknown): boolean {
  const inputs = (request as Json | null)?.inputs;
  return Array.isArray(inputs) &&
    inputs.some((input: Json | null) => LONG_TYPES.has(input?.datatype));
}

// Integers that a number would round become bigints.
function keepDigits(
  _key: string,
  value: unknown,
  { source }: { source?: string } = {},
): unknown {
  return typeof value === "number" && !Number.isSafeInteger(value) &&
      source !== undefined && /^-?\d{16,20}$/.test(source)
    ? BigInt(source)
    : value;
}

function readInput(given: unknown, at: number): InputJson {
  const input = demandObject(`inputs[${at}]`, given);
  const name = demandName(`inputs[${at}]`, input.name);
  const what = `input '${name}'`;
  const { datatype, shape, data } = input;
  if (typeof datatype !== "string") {
    throw badRequest(
      `${what}: datatype must be a string, got ${kindOf(datatype)}`,
    );
  }
  const parameters = readParameters(what, input.parameters);
  rejectSharedMemory(parameters);
  const binarySize = readBinarySize(what, parameters.binary_data_size);
  if (data !== undefined && binarySize !== undefined) {
    throw badRequest(`${what} must have data or binary_data_size, got both`);
  }
  if (data === undefined && binarySize === undefined) {
    throw badRequest(`${what} must have data or binary_data_size, got neither`);
  }
  return {
    name,
    datatype,
    shape: checkShape(what, demandArray(`${what}: shape`, shape)),
    data: data === undefined || data instanceof Float32Array
      ? data as Float32Array<ArrayBuffer> | undefined
      : demandArray(`${what}: data`, data),
    binarySize,
  };
}

/**
 * Checks a tensor's shape: no more elements than a number can count.
 *
 * @param what The tensor's name, for messages.
 * @param shape The shape.
 */
export function checkShape(
  what: string,
  shape: readonly unknown[],
): readonly number[] {
  let size = 1;
  for (const dim of shape) {
    if (Number.isSafeInteger(dim) && Number(dim) >= 0) size *= Number(dim);
    else {
      throw badRequest(
        `${what}: shape must have non-negative integers, got ` +
          describeJson(dim),
      );
    }
  }
  if (Number.isSafeInteger(size)) return shape as readonly number[];
  throw badRequest(`${what}: shape has too many elements: [${shape}]`);
}

function readBinarySize(what: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value);
  throw badRequest(
    `${what}: binary_data_size must be a non-negative integer, got ` +
      describeJson(value),
  );
}

function readOutputs(value: unknown): OutputJson[] {
  return demandArray("outputs", value).map((given, at) => {
    const output = demandObject(`outputs[${at}]`, given);
    const name = demandName(`outputs[${at}]`, output.name);
    const what = `output '${name}'`;
    const parameters = readParameters(what, output.parameters);
    rejectOutputParameters(name, parameters);
    return {
      name,
      isBinary: readFlag(`${what}: binary_data`, parameters.binary_data),
    };
  });
}

/**
 * Checks a boolean that may be missing.
 *
 * @param what Its name, for messages.
 * @param value The value.
 */
export function readFlag(what: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === "boolean") return value;
  throw badRequest(`${what} must be a boolean, got ${describeJson(value)}`);
}

function readParameters(what: string, value: unknown): Json {
  return value === undefined || value === null
    ? {}
    : demandObject(`parameters of ${what}`, value);
}

function demandName(what: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw badRequest(`${what}: name must be a string, got ${kindOf(value)}`);
}

/**
 * Checks a JSON object.
 *
 * @param what Its name, for messages.
 * @param value The value.
 */
export function demandObject(what: string, value: unknown): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Json;
  }
  throw badRequest(`${what} must be an object, got ${kindOf(value)}`);
}

function demandArray(what: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw badRequest(`${what} must be an array, got ${kindOf(value)}`);
}

/** The longest text that a message repeats. */
const LONGEST_TEXT = 64;

/**
 * Formats a JSON value for messages.
 *
 * @param value The value.
 */
export function describeJson(value: unknown): string {
  if (typeof value === "object" || value === undefined) return kindOf(value);
  const text = typeof value === "string"
    ? JSON.stringify(value)
    : String(value);
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`;
}

function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
