/**
 * The part of the calls that every run of the tests makes.
 *
 * @module
 */

/** Kinds of nonsense that found the most faults. */
const EVERYWHERE: ReadonlySet<string> = new Set([
  "null",
  "-0",
  "1.5",
  "2**53",
  "-1n",
  "text",
  "symbol",
  "object without prototype",
  "array with holes",
  "moved bytes",
  "iterable that throws",
  "array that was revoked",
  "array of any length",
  "a proxy of what is right",
  "list",
  "disposed",
]);

/** One of so many of the other kinds is tried at each place. */
const PART = 8;

/** One of so many changes of a prototype is tried with each function. */
const CHANGES = 40;

/**
 * Whether a call belongs to the part. A call is always in it, or never, so that
 * a failure repeats.
 *
 * @param place The function and the place of the argument.
 * @param kind The kind of nonsense.
 */
export function isInPart(place: string, kind: string): boolean {
  return EVERYWHERE.has(kind) || hash(`${place} ${kind}`) % PART === 0;
}

/**
 * Whether a function is called under a change of a prototype.
 *
 * @param name The function.
 * @param change The change.
 */
export function isChangeInPart(name: string, change: string): boolean {
  return hash(`${name} ${change}`) % CHANGES === 0;
}

// FNV-1a.
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) {
    value = Math.imul(value ^ character.codePointAt(0)!, 0x01000193);
  }
  return value >>> 0;
}
