/**
 * The kinds of damaged files, and what is done with each.
 *
 * @module
 */

import type { Announce } from "../mutations/programs.ts";
import type { Random } from "../mutations/random.ts";
import type { CaseRange } from "../mutations/runner.ts";
import { type Bytes, damageBytes } from "./bytes.ts";
import { damageJson } from "./json.ts";

/** A kind of file. */
export type Kind = "profile" | "recording" | "tokenizer" | "program";

/** All kinds. */
export const KINDS: readonly Kind[] = [
  "profile",
  "recording",
  "tokenizer",
  "program",
];

/** The worker that runs the cases. */
export const WORKER = "tests/damage/worker.ts";

/** A worker's task. */
export interface DamageOrder extends CaseRange {
  readonly kind: Kind;
  readonly seed: number;
  /** Folder of the files of each kind, before they are damaged. */
  readonly folder: string;
}

/** A file before it is damaged. */
export interface Original {
  readonly name: string;
  readonly bytes: Bytes;
}

/** Uses a damaged file; throws what it is rejected with. */
export type Use = (
  file: Original,
  random: Random,
  announce: Announce,
) => void | Promise<void>;

/**
 * Makes the damaged file of a case.
 *
 * @param originals The files of the kind.
 * @param random Decides the damage.
 */
export function damage(
  originals: readonly Original[],
  random: Random,
): Original {
  const { name, bytes } = random.pick(originals);
  if (name.endsWith(".json") && !random.once(3)) {
    return { name, bytes: damageJson(bytes, random) };
  }
  const other = random.pick(originals).bytes;
  return { name, bytes: damageBytes(bytes, other, random) };
}
