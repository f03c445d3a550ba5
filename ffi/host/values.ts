/**
 * Values of this isolate that objects of native code hold. A file of its own,
 * so that counting them does not load what makes callbacks.
 *
 * @module
 */

const values = new Map<number, unknown>();

let takeReleased = (): void => {};

/**
 * Keeps a value.
 *
 * @param key Its key.
 * @param value The value.
 * @param take Drops the values whose objects native code has released.
 */
export function keepValue(key: number, value: unknown, take: () => void): void {
  takeReleased = take;
  values.set(key, value);
}

/** Returns the value of a key. */
export function valueOf(key: number): unknown {
  return values.get(key);
}

/** Drops a value. */
export function dropValue(key: number): void {
  values.delete(key);
}

/** Counts the values that are held. */
export function countValues(): number {
  takeReleased();
  return values.size;
}
