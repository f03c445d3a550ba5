/**
 * What host functions threw, until the failed call's caller receives it.
 *
 * @module
 */

import { errorFromStatus, IreeError } from "../base/error.ts";

const MARK = /; host error #(\d+)/;

/** Failures that nothing received, such as those that a program ignores. */
const MAX_KEPT = 256;

const thrown = new Map<number, unknown>();
let last = 0;

/** What native code keeps of a failure. */
export interface ThrownStatus {
  /** Number of the status code. */
  readonly code: number;
  /** The message, with a mark by which the error is found again. */
  readonly message: string;
}

/** Keeps an error, and returns its status. */
export function keepThrown(error: unknown): ThrownStatus {
  const id = ++last;
  thrown.set(id, error);
  if (thrown.size > MAX_KEPT) {
    for (const oldest of thrown.keys()) {
      thrown.delete(oldest);
      break;
    }
  }
  const isOurs = error instanceof IreeError;
  const text = isOurs ? error.detail : describeThrown(error);
  return {
    code: isOurs ? error.statusNumber : UNKNOWN,
    message: `${text.replaceAll("\0", "")}; host error #${id}`,
  };
}

const UNKNOWN = 2;

function describeThrown(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return "an exception without a message";
  }
}

/**
 * Creates the error of a failed status: what the host function threw itself, if
 * it threw an `IreeError`; otherwise that is the cause.
 */
export function errorOfStatus(code: number, text: string): Error {
  const id = MARK.exec(text)?.[1];
  if (id === undefined) return errorFromStatus(code, text);
  const key = Number(id);
  const isKept = thrown.has(key);
  const error = thrown.get(key);
  thrown.delete(key);
  if (isKept && error instanceof IreeError) return error;
  const plain = errorFromStatus(code, text.replace(MARK, ""));
  return isKept
    ? new IreeError(plain.code, plain.detail, {
      status: plain.status,
      cause: error,
    })
    : plain;
}
