/**
 * Damages files of a kind and uses them in processes of their own.
 *
 * @module
 */

import {
  runCases,
  type RunOptions,
  type Summary,
} from "../mutations/runner.ts";
import { TemporaryFolder, WITHOUT_LEAKS } from "../support.ts";
import { type DamageOrder, type Kind, WORKER } from "./kinds.ts";
import { writeOriginals } from "./originals.ts";

/** A sanitizer returns null for what is too large to allocate, as malloc does. */
const ENVIRONMENT: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(WITHOUT_LEAKS).map((
    [name, options],
  ) => [name, `${options}:allocator_may_return_null=1`]),
);

/** Which cases are run. */
export interface DamageOptions {
  readonly kind: Kind;
  readonly seed: number;
  readonly start: number;
  readonly end: number;
  readonly onCase?: RunOptions["onCase"];
}

/**
 * Runs the cases of a kind.
 *
 * @param options Which cases.
 */
export async function runDamaged(
  { kind, seed, start, end, onCase }: DamageOptions,
): Promise<Summary> {
  using folder = new TemporaryFolder();
  await writeOriginals(kind, folder.path);
  const order: DamageOrder = { kind, seed, start, end, folder: folder.path };
  const options = { worker: WORKER, order, env: ENVIRONMENT };
  return await runCases(
    onCase === undefined ? options : { ...options, onCase },
  );
}
