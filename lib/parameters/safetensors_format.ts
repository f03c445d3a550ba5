import { ownValue } from "../base/own_value.ts";
import type { BinaryFile } from "../files/binary_file.ts";
import {
  JsonNumber,
  type JsonObject,
  type JsonValue,
  parseJson,
} from "../files/json.ts";
import {
  type FileParameter,
  NO_METADATA,
  type ParameterEntry,
} from "./entry.ts";

// A u64 with the length of a JSON object, the object, and the contents. The
// object has a tensor for each name; offsets count from the end of the object.

/** Name of the entry that is not a tensor: a record of strings. */
const METADATA_NAME = "__metadata__";

/** Maximum length of a header. */
const MAX_HEADER_LENGTH = 100_000_000n;

/** Bits of an element, by type name. */
const BIT_COUNTS: Readonly<Record<string, bigint>> = {
  BOOL: 8n,
  F4: 4n,
  F6_E2M3: 6n,
  F6_E3M2: 6n,
  U8: 8n,
  I8: 8n,
  F8_E5M2: 8n,
  F8_E4M3: 8n,
  F8_E8M0: 8n,
  F8_E4M3FNUZ: 8n,
  F8_E5M2FNUZ: 8n,
  I16: 16n,
  U16: 16n,
  F16: 16n,
  BF16: 16n,
  I32: 32n,
  U32: 32n,
  F32: 32n,
  C64: 64n,
  F64: 64n,
  I64: 64n,
  U64: 64n,
};

/**
 * Reads the entries of a safetensors file, as strictly as the format's own
 * library: tensors follow each other without gaps to the end of the file.
 *
 * @param file The file.
 * @returns The entries in the order of the header.
 */
export function parseSafetensors(file: BinaryFile): ParameterEntry[] {
  return readSafetensors(file).map(({ entry }) => entry);
}

/** A tensor of a safetensors file. */
export interface SafetensorsTensor {
  /** Its entry. */
  readonly entry: FileParameter;
  /** Its dimensions, outermost first. */
  readonly shape: readonly number[];
  /** Its type, such as `F32`. */
  readonly type: string;
}

/**
 * Reads the tensors of a safetensors file with their shapes and types, as strictly
 * as {@linkcode parseSafetensors}.
 *
 * @param file The file.
 */
export function readSafetensors(file: BinaryFile): SafetensorsTensor[] {
  const length = file.u64(0, "the length of the header");
  if (BigInt(length) > MAX_HEADER_LENGTH) {
    throw file.corrupt(
      `its header has ${length} bytes, more than ${MAX_HEADER_LENGTH}`,
    );
  }
  const start = 8 + length;
  const size = file.length - start;
  const header = parseHeader(file, length);
  const tensors: SafetensorsTensor[] = [];
  for (const [key, value] of header) {
    if (key === METADATA_NAME) checkMetadata(file, value);
    else tensors.push(parseTensor(file, key, value, start, size));
  }
  checkPlaces(file, tensors.map(({ entry }) => entry), start);
  return tensors;
}

function parseHeader(file: BinaryFile, length: number): JsonObject {
  const text = file.text(8, length, "the header");
  let header: JsonValue;
  try {
    header = parseJson(text);
  } catch (cause) {
    const reason = cause instanceof Error ? `: ${cause.message}` : "";
    throw file.corrupt(
      `its header is not JSON, so it is not safetensors${reason}`,
      cause,
    );
  }
  if (header instanceof Map) return header;
  throw file.corrupt(
    "its header is not a JSON object, so it is not safetensors",
  );
}

function checkMetadata(file: BinaryFile, value: JsonValue): void {
  if (
    value === null ||
    value instanceof Map &&
      value.values().every((text) => typeof text === "string")
  ) return;
  throw file.corrupt(`'${METADATA_NAME}' must have texts only`);
}

function parseTensor(
  file: BinaryFile,
  key: string,
  value: JsonValue,
  start: number,
  size: number,
): SafetensorsTensor {
  const refuse = (problem: string) =>
    file.corrupt(`tensor '${key}' ${problem}`);
  const tensor: JsonObject = value instanceof Map ? value : new Map();
  const [begin, end, ...others] = integers(tensor.get("data_offsets")) ??
    [];
  if (begin === undefined || end === undefined || others.length > 0) {
    throw refuse("must have data_offsets, an array of two integers");
  }
  if (begin > end || end > BigInt(size)) {
    throw refuse(
      `has data offsets outside of the available data: from ${begin} to ` +
        `${end} of ${size} bytes`,
    );
  }
  const shape = integers(tensor.get("shape"));
  if (shape === undefined) {
    throw refuse("must have a shape, an array of integers");
  }
  const dtype = tensor.get("dtype");
  const elementBits = typeof dtype === "string"
    ? ownValue(BIT_COUNTS, dtype)
    : undefined;
  if (elementBits === undefined) {
    throw refuse(`must have a known dtype, got ${describe(dtype)}`);
  }
  let bitCount = elementBits;
  for (const size of shape) {
    bitCount *= size;
    // More than any file has, even if the next dimension is 0.
    if (bitCount >= MAX_BIT_COUNT) {
      throw refuse(
        `has more elements than any file: shape [${shape.join(", ")}]`,
      );
    }
  }
  if (bitCount !== 8n * (end - begin)) {
    throw refuse(
      `has ${end - begin} bytes, but shape [${shape.join(", ")}] of ${dtype} ` +
        `has ${bitCount} bits`,
    );
  }
  const entry: FileParameter = {
    key,
    byteLength: Number(end - begin),
    metadata: NO_METADATA,
    storage: "file",
    path: file.path,
    offset: start + Number(begin),
  };
  return { entry, shape: shape.map(Number), type: String(dtype) };
}

/** The limit of the format's own library. */
const MAX_BIT_COUNT = 2n ** 64n;

function describe(value: JsonValue | undefined): string {
  if (typeof value === "string") return `'${value}'`;
  return value instanceof JsonNumber ? value.text : "something else";
}

/** A number with more digits exceeds any file, and is slow to multiply. */
const MAX_DIGITS = 20;

function integers(
  value: JsonValue | undefined,
): readonly bigint[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const numbers = value.map((item: JsonValue) =>
    item instanceof JsonNumber && item.text.length <= MAX_DIGITS
      ? item.whole
      : undefined
  );
  return numbers.every((number) => number !== undefined) ? numbers : undefined;
}

function checkPlaces(
  file: BinaryFile,
  entries: readonly FileParameter[],
  start: number,
): void {
  let at = start;
  const ends = entries.toSorted((left, right) =>
    left.offset - right.offset || left.byteLength - right.byteLength
  );
  for (const { key, offset, byteLength } of ends) {
    if (offset !== at) {
      throw file.corrupt(
        `tensor '${key}' begins at byte ${offset - start} of the data, where ` +
          `the one before ends at ${at - start}`,
      );
    }
    at += byteLength;
  }
  if (at !== file.length) {
    throw file.corrupt(
      `its tensors end at byte ${at - start} of the data, which has ` +
        `${file.length - start}`,
    );
  }
}
