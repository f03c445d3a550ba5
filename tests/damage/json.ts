/**
 * Damage to a JSON document that stays JSON.
 *
 * @module
 */

import type { Random } from "../mutations/random.ts";
import type { Bytes } from "./bytes.ts";

/** Values in place of others. */
const NONSENSE: readonly unknown[] = [
  ...[null, true, 0, -1, 1e9, 2 ** 31, 2 ** 32, 2 ** 53, 1e300, 0.5],
  ...["", "x", "\0", "▁", "<0x41>", "\ud800", "[CLS]", "a".repeat(70_000)],
  ...[[], {}, [[]], { type: "Sequence" }],
];

/** How deep one value is nested; parsers recurse. */
const DEPTH = 100_000;

/** Stands for text that no value is written as. */
const PLACE = "\u0001";

/** Texts in place of a value: deep nesting, and numbers beyond all types. */
const TEXTS: readonly string[] = [
  "[".repeat(DEPTH) + "]".repeat(DEPTH),
  '{"a":'.repeat(DEPTH) + "0" + "}".repeat(DEPTH),
  '[{"type":"Sequence","pretokenizers":'.repeat(DEPTH / 10) + "[]" +
  "}]".repeat(DEPTH / 10),
  "[".repeat(DEPTH),
  "1e999999999",
  "9".repeat(400),
  "-",
  '"\\ud800\\udc"',
  '{"a":1,"a":2}',
];

type Node = Record<string, unknown> | unknown[];

/**
 * Damages a JSON document: values that are missing, repeated or of other types,
 * nesting, and numbers beyond all types.
 *
 * @param original The document.
 * @param random Decides the damage.
 */
export function damageJson(original: Bytes, random: Random): Bytes {
  const root: Node = JSON.parse(new TextDecoder().decode(original));
  const count = 1 + random.below(3);
  for (let i = 0; i < count; i++) changeValue(root, random);
  const text = JSON.stringify(root)
    .replaceAll(JSON.stringify(PLACE), () => random.pick(TEXTS));
  return new TextEncoder().encode(text);
}

/** Changes a random value anywhere. */
function changeValue(root: Node, random: Random): void {
  let node = root;
  for (;;) {
    const keys = Object.keys(node);
    if (keys.length === 0) return;
    const key = random.pick(keys);
    const entries = node as Record<string, unknown>;
    const child = entries[key];
    if (isNode(child) && random.below(5) > 0) {
      node = child;
      continue;
    }
    const kind = random.below(8);
    if (kind < 2) delete entries[key];
    else if (kind < 4) entries[random.pick(keys)] = structuredClone(child);
    else if (kind < 7) entries[key] = random.pick(NONSENSE);
    else entries[key] = PLACE;
    return;
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null;
}
