/**
 * The script of the child process that loads and measures programs. One that
 * crashes ends only this process.
 *
 * @module
 */

import { IreeError, type StatusCode } from "../base/error.ts";
import { encodeMessage, MessageReader } from "../compiler/child_protocol.ts";
import { decodeExperiment, encodeResults } from "./experiment_bytes.ts";
import { Laboratory } from "./laboratory.ts";

/** Data of the message `load`; without a path, its bytes are the program. */
export interface LoadData {
  readonly id: number;
  readonly path: string | undefined;
}

/** Data of the message `failed`: an `IreeError`. */
export interface FailedData {
  readonly code: StatusCode;
  readonly detail: string;
  readonly hint: string | undefined;
}

/** Data of the message `sample`. */
export interface SampleData {
  readonly id: number;
  readonly variant: number;
}

/**
 * Measures programs that arrive on stdin, until its end.
 *
 * @param key The key of the messages.
 */
export async function runMeasuringWorker(key: string): Promise<void> {
  const send = (...message: [string, unknown?, Uint8Array<ArrayBuffer>?]) => {
    for (const part of encodeMessage(key, ...message)) writeAll(part);
  };
  const messages = new MessageReader(key, Deno.stdin.readable);
  const opened = await messages.read();
  if (opened === undefined) return;
  using laboratory = new Laboratory(decodeExperiment(opened.bytes));
  for (;;) {
    const message = await messages.read();
    if (message === undefined) return;
    if (message.kind === "load") {
      const { id, path } = message.data as LoadData;
      try {
        const results = laboratory.load(id, path ?? message.bytes);
        send("loaded", null, encodeResults(results));
      } catch (error) {
        send("failed", describeError(error));
      }
    } else {
      const { id, variant } = message.data as SampleData;
      send("sampled", { milliseconds: laboratory.sample(id, variant) });
    }
  }
}

function describeError(error: unknown): FailedData {
  if (!(error instanceof IreeError)) {
    return { code: "UNKNOWN", detail: String(error), hint: undefined };
  }
  const { code, detail, hint } = error;
  return { code, detail, hint };
}

function writeAll(bytes: Uint8Array<ArrayBuffer>): void {
  for (let at = 0; at < bytes.length;) {
    at += Deno.stdout.writeSync(bytes.subarray(at));
  }
}

if (import.meta.main) {
  await runMeasuringWorker(Deno.args[0]!);
  // Threads of a program may never end.
  Deno.exit();
}
