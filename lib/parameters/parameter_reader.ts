import { bytesOfAny } from "../../ffi/base/typed_array.ts";
import {
  fillParameterSpan,
  type ParameterSpan,
  readParameterSpans,
} from "../../ffi/host/call.ts";
import type { HostTarget } from "../../ffi/host/host.ts";
import { isFunction, isRevoked } from "../base/checks.ts";
import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { isPromise, refusePromise } from "../base/promises.ts";

/** Bytes of a parameter: a typed array, a `DataView` or an `ArrayBuffer`. */
export type ParameterBytes = ArrayBufferView | ArrayBuffer;

/** How a function reads parameters. */
export interface ParameterReadOptions {
  /** Aborted when the caller of the program gives up. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Parameters that a function reads: from a server, from a database, or computed.
 * Programs usually read them when they are loaded. Needs unrestricted
 * `--allow-ffi`.
 */
export interface ParameterReader {
  /** Scope name; empty for parameters that programs use without a scope. */
  readonly scope: string;
  /**
   * Reads bytes of a parameter, several parameters at a time. It may return a
   * promise where the program does not block this thread: load it with
   * `loadAsync`.
   *
   * @param key Key of the parameter.
   * @param offset Offset of the first byte.
   * @param length Number of bytes.
   * @param options Signal of the caller.
   * @returns That many bytes; `undefined` for an unknown parameter.
   */
  readonly read: (
    key: string,
    offset: number,
    length: number,
    options: ParameterReadOptions,
  ) => ParameterBytes | undefined | Promise<ParameterBytes | undefined>;
}

const READER: OptionNames<ParameterReader> = { scope: true, read: true };

/** Reads that may be in progress at a time. */
const CONCURRENT_READS = 8;

/** Whether a source of parameters has a function. */
export function isParameterReader(value: unknown): value is ParameterReader {
  return typeof value === "object" && value !== null && !isRevoked(value) &&
    "read" in value;
}

/**
 * Checks and copies a reader.
 *
 * @param reader The expected reader.
 */
export function checkReader(reader: ParameterReader): ParameterReader {
  const { scope, read } = readOptions(reader, READER, "a reader");
  if (typeof scope === "string" && isFunction(read)) {
    return { scope, read };
  }
  throw new IreeError(
    "INVALID_ARGUMENT",
    "a reader of parameters must be { scope, read }, a string and a function",
  );
}

/**
 * Makes the function that native code calls.
 *
 * @param reader The reader.
 */
export function readerTarget({ scope, read }: ParameterReader): HostTarget {
  const begin = (
    { key, offset, length }: ParameterSpan,
    signal: AbortSignal | undefined,
  ): unknown => read(key, offset, length, { signal });
  return ({ id, mayWait, signal }) => {
    const spans = readParameterSpans(id);
    const fill = (at: number, value: unknown) =>
      fillParameterSpan(id, at, bytesFor(scope, spans[at]!, value));
    if (mayWait) {
      const read = (at: number) => begin(spans[at]!, signal);
      return { written: readAll(spans.length, read, fill), end: () => {} };
    }
    spans.forEach((span, at) => {
      const value = begin(span, undefined);
      if (isPromise(value)) {
        throw refusePromise(`\`read\` of scope '${scope}'`, value);
      }
      fill(at, value);
    });
    return undefined;
  };
}

async function readAll(
  count: number,
  begin: (at: number) => unknown,
  fill: (at: number, value: unknown) => void,
): Promise<() => void> {
  let next = 0;
  const readInTurn = async () => {
    while (next < count) {
      const at = next++;
      try {
        fill(at, await begin(at));
      } catch (error) {
        next = count;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_READS }, readInTurn));
  return () => {};
}

function bytesFor(
  scope: string,
  { key, offset, length }: ParameterSpan,
  value: unknown,
): Uint8Array<ArrayBuffer> {
  const what = `\`read\` of parameter '${key}' of scope '${scope}'`;
  if (value === undefined || value === null) {
    throw new IreeError(
      "NOT_FOUND",
      `no parameter '${key}' in scope '${scope}': \`read\` returned ${
        describeValue(value)
      }`,
    );
  }
  const bytes = bytesOfAny(value, what);
  if (bytes.length === length) return bytes;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `${what} must return ${length} bytes from ${offset}, got ${bytes.length}`,
  );
}
