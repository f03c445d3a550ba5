import { types } from "node:util";

/** The counterpart of each object, assuming that all pairs turn out equal. */
type Pairs = Map<object, Set<object>>;

/**
 * Compares two values deeply.
 *
 * `NaN` equals `NaN` and `0` equals `-0`, at any depth. Objects must share a
 * prototype, except that one without a prototype equals a plain object. A key
 * whose value is `undefined` is not the same as no key. Sets and maps ignore
 * order.
 *
 * @param a One value.
 * @param b The other.
 * @returns Whether they are equal.
 * @throws {TypeError} If a `WeakMap` or a `WeakSet` must be compared.
 */
export function equal(a: unknown, b: unknown): boolean {
  return same(a, b, new Map());
}

function same(a: unknown, b: unknown, pairs: Pairs): boolean {
  if (sameScalar(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  if (a instanceof Date && b instanceof Date) {
    return Object.is(a.getTime(), b.getTime());
  }
  if (prototypeOf(a) !== prototypeOf(b)) return false;
  if (isWritten(a)) return String(a) === String(b);
  if (ArrayBuffer.isView(a) && !(a instanceof DataView)) {
    return sameElements(elements(a), elements(b));
  }
  if (types.isAnyArrayBuffer(a) && types.isAnyArrayBuffer(b)) {
    return sameElements(new Uint8Array(a), new Uint8Array(b));
  }
  if (a instanceof WeakMap || a instanceof WeakSet) {
    throw new TypeError(`Cannot compare ${a[Symbol.toStringTag]} instances`);
  }
  if (a instanceof WeakRef && b instanceof WeakRef) {
    return same(a.deref(), b.deref(), pairs);
  }

  const twins = pairs.get(a) ?? new Set();
  if (twins.has(b)) return true;
  pairs.set(a, twins.add(b));
  const result = sameContent(a, b, pairs);
  if (!result) twins.delete(b);
  return result;
}

function sameContent(a: object, b: object, pairs: Pairs): boolean {
  if (Object.keys(a).length !== Object.keys(b).length) return false;
  if (a instanceof Set && b instanceof Set) return sameSet(a, b, pairs);
  if (a instanceof Map && b instanceof Map) return sameMap(a, b, pairs);
  return sameProperties(a, b, pairs);
}

/** `===`, and `NaN` with itself. */
function sameScalar(a: unknown, b: unknown): boolean {
  return a === b || Object.is(a, b);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** The prototype; objects without one count as plain objects. */
function prototypeOf(value: object): object {
  return Object.getPrototypeOf(value) ?? Object.prototype;
}

/** Whether an object's text is its whole value. */
function isWritten(value: object): boolean {
  return value instanceof RegExp || value instanceof URL ||
    value instanceof URLSearchParams || value instanceof Intl.Locale;
}

/** Views a typed array as the list of its numbers or bigints. */
function elements(view: object): ArrayLike<unknown> {
  return view as ArrayLike<unknown>;
}

function sameElements(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (!sameScalar(a[i], b[i])) return false;
  }
  return true;
}

function sameSet(a: Set<unknown>, b: Set<unknown>, pairs: Pairs): boolean {
  if (a.size !== b.size) return false;
  const left = new Set(b);
  for (const item of a) {
    if (left.delete(item)) continue;
    if (!isObject(item)) return false;
    const twin = [...left].find((other) => same(item, other, pairs));
    if (twin === undefined) return false;
    left.delete(twin);
  }
  return true;
}

function sameMap(
  a: Map<unknown, unknown>,
  b: Map<unknown, unknown>,
  pairs: Pairs,
): boolean {
  if (a.size !== b.size) return false;
  const left = new Map(b);
  for (const [key, value] of a) {
    if (left.has(key) && same(value, left.get(key), pairs)) {
      left.delete(key);
      continue;
    }
    if (!isObject(key)) return false;
    const twin = [...left].find(([otherKey, otherValue]) =>
      same(key, otherKey, pairs) && same(value, otherValue, pairs)
    );
    if (twin === undefined) return false;
    left.delete(twin[0]);
  }
  return true;
}

function sameProperties(a: object, b: object, pairs: Pairs): boolean {
  for (const key of new Set([...keysOf(a), ...keysOf(b)])) {
    if ((key in a) !== (key in b)) return false;
    if (!same(Reflect.get(a, key), Reflect.get(b, key), pairs)) return false;
  }
  return true;
}

/**
 * The keys to compare. For arrays and plain objects: own enumerable keys. For
 * class instances: all keys including those of their classes, so that a getter
 * over a private field counts too.
 */
function keysOf(value: object): (string | symbol)[] {
  const own = Reflect.ownKeys(value);
  const prototype = prototypeOf(value);
  if (prototype === Object.prototype || prototype === Array.prototype) {
    return own.filter((key) =>
      Object.prototype.propertyIsEnumerable.call(value, key)
    );
  }
  const keys = own;
  let layer: object | null = prototype;
  while (
    layer !== null && layer !== Object.prototype && layer !== Array.prototype
  ) {
    keys.push(...Reflect.ownKeys(layer));
    layer = Object.getPrototypeOf(layer);
  }
  return keys;
}
