import {
  IreeError,
  List,
  type ParameterIndex,
  type Value,
  VmBuffer,
} from "../../../mod.ts";

/** A parameter that an encoder produces. */
export interface EncodedParameter {
  /** Its key. */
  readonly key: string;
  /** Its length in bytes. */
  readonly byteLength: number;
  /** Bytes stored with it. */
  readonly metadata: Uint8Array<ArrayBuffer>;
  /** Alignment of its contents; of a splat, 0. */
  readonly alignment: number;
  /** The repeated bytes of a splat. */
  readonly pattern: Uint8Array<ArrayBuffer> | undefined;
}

/** The parameters of a scope that an encoder produces. */
export interface EncodedScope {
  /** Its name. */
  readonly scope: string;
  /** Its parameters. */
  readonly parameters: readonly EncodedParameter[];
}

/** The type of an entry whose contents are a repeated pattern. */
const SPLAT = 0n;

/**
 * Reads the list that the `indices` function of an encoder returns.
 *
 * @param indices The list; objects that are read from it are disposed.
 */
export function readEncodedScopes(indices: List): EncodedScope[] {
  return indices.toArray().map((value) => {
    using scope = needList(value);
    const [name, entries] = scope.toArray();
    using list = needList(entries);
    const text = textOf(name);
    return { scope: text, parameters: list.toArray().map(readParameter) };
  });
}

// [type, key, metadata, length, …]; then the pattern and its length, or the
// alignment.
function readParameter(value: Value | undefined): EncodedParameter {
  using entry = needList(value);
  const [type, name, extra, length, fourth, fifth] = entry.toArray();
  using key = needBuffer(name);
  using metadata = extra instanceof VmBuffer ? extra : undefined;
  const common = {
    key: new TextDecoder().decode(key.toBytes()),
    byteLength: needNumber(length),
    metadata: metadata?.toBytes() ?? new Uint8Array(),
  };
  if (type !== SPLAT) {
    return { ...common, alignment: needNumber(fourth), pattern: undefined };
  }
  const bytes = new BigInt64Array([BigInt(needNumber(fourth, true))]);
  const pattern = new Uint8Array(bytes.buffer, 0, needNumber(fifth));
  return { ...common, alignment: 0, pattern };
}

function needList(value: Value | undefined): List {
  if (value instanceof List) return value;
  throw invalid("a list");
}

function needBuffer(value: Value | undefined): VmBuffer {
  if (value instanceof VmBuffer) return value;
  throw invalid("a buffer");
}

function needNumber(value: Value | undefined): number;
function needNumber(value: Value | undefined, any: true): bigint;
function needNumber(
  value: Value | undefined,
  any?: boolean,
): number | bigint {
  if (typeof value !== "bigint") throw invalid("a 64-bit integer");
  if (any) return value;
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw invalid("a size");
}

function textOf(value: Value | undefined): string {
  if (value === null) return "";
  using buffer = needBuffer(value);
  return new TextDecoder().decode(buffer.toBytes());
}

function invalid(what: string): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `the encoder's description of its parameters must have ${what} here`,
  );
}

/**
 * Adds the parameters of a scope to an index, with zeros for those that are
 * encoded later.
 *
 * @param index The index.
 * @param encoded The scope; `undefined` for one that the encoder does not have.
 * @returns Keys of parameters with contents, and their alignment.
 */
export function indexEncoded(
  index: ParameterIndex,
  encoded: EncodedScope | undefined,
): { expand: string[]; alignment: number | undefined } {
  const parameters = encoded?.parameters ?? [];
  for (const { key, byteLength, pattern, metadata } of parameters) {
    index.addSplat(key, byteLength, pattern ?? Uint8Array.of(0), { metadata });
  }
  const stored = parameters.filter(({ pattern }) => pattern === undefined);
  return {
    expand: stored.map(({ key }) => key),
    alignment: stored.length === 0
      ? undefined
      : Math.max(...stored.map(({ alignment }) => alignment)),
  };
}

/**
 * Formats a scope as `iree-encode-parameters --list_parameters` does.
 *
 * @param encoded The scope.
 */
export function formatEncoded({ scope, parameters }: EncodedScope): string {
  const lines = parameters.map(({ key, byteLength, pattern, alignment }) =>
    pattern === undefined
      ? `  ${key}: DATA, ${byteLength} bytes, alignment ${alignment}\n`
      : `  ${key}: SPLAT, ${byteLength} bytes, pattern=0x${pattern.toReversed().toHex()}\n`
  );
  return `Scope: "${scope}"\n${lines.join("")}`;
}
