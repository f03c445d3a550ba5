/**
 * Disposes what a call has made.
 *
 * @module
 */

import { isRevoked } from "../../lib/base/checks.ts";
import { NativeObject } from "../../mod.ts";
import type { Things } from "./things.ts";

/**
 * Disposes all objects in a result but those that were there before.
 *
 * @param result What a function returned.
 * @param things What was there.
 */
export async function release(result: unknown, things: Things): Promise<void> {
  const mine: readonly unknown[] = Object.values(things) as readonly unknown[];
  await releaseAll(result, new Set(mine));
}

async function releaseAll(result: unknown, seen: Set<unknown>): Promise<void> {
  if (typeof result !== "object" || result === null) return;
  if (seen.has(result) || isRevoked(result)) return;
  seen.add(result);
  if (result instanceof NativeObject || Symbol.dispose in result) {
    // A function of a program belongs to the program.
    (result as Disposable)[Symbol.dispose]();
    return;
  }
  if (Symbol.asyncDispose in result) {
    await (result as AsyncDisposable)[Symbol.asyncDispose]();
    return;
  }
  const { finished } = result as { finished?: unknown };
  if (finished instanceof Promise) await finished;
  if (ArrayBuffer.isView(result) || result instanceof Error) return;
  for (const inner of Object.values(result)) await releaseAll(inner, seen);
}
