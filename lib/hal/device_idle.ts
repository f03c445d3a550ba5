import { checkSignal, untilAborted } from "../base/abort_signal.ts";
import { describeNumber } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import { readOptions } from "../base/options.ts";

/** Maximum timeout in milliseconds. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** Milliseconds to block before yielding to the event loop. */
const TURN = 1;

/**
 * Reads how long to wait.
 *
 * @param options The options of `Device.waitIdle`.
 * @returns Milliseconds.
 */
export function readTimeout(
  options: { readonly timeout?: number | undefined },
): number {
  const { timeout = Infinity } = readOptions(options, { timeout: true });
  const isTime = typeof timeout === "number" && timeout >= 0 &&
    (timeout <= MAX_TIMEOUT || timeout === Infinity);
  if (isTime) return timeout;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `timeout must be a number of milliseconds from 0 to ${MAX_TIMEOUT}, or ` +
      `Infinity, got ${describeNumber(timeout)}`,
  );
}

/**
 * Waits for a device in turns, between which the event loop runs.
 *
 * @param wait Blocks for at most some milliseconds; throws DEADLINE_EXCEEDED if
 * the device is busy then.
 * @param options The options of `Device.waitIdleAsync`.
 */
export async function untilIdle(
  wait: (timeout: number) => void,
  options: { readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const signal = checkSignal(readOptions(options, { signal: true }).signal);
  signal?.throwIfAborted();
  await untilAborted(waitInTurns(wait, signal), signal, () => {});
}

async function waitInTurns(
  wait: (timeout: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  while (!signal?.aborted) {
    try {
      return wait(TURN);
    } catch (error) {
      if (!isDeadline(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, TURN));
  }
}

function isDeadline(error: unknown): boolean {
  return error instanceof IreeError && error.code === "DEADLINE_EXCEEDED";
}
