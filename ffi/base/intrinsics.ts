/**
 * Functions of the language as they are when this file is loaded. Native memory
 * and its lifetime must not depend on later changes of prototypes and globals.
 *
 * @module
 */

/** Returns a function that calls a method with its first argument as `this`. */
export const uncurry = Function.prototype.bind.bind(
  Function.prototype.call,
) as <This, Arguments extends unknown[], Result>(
  method: (this: This, ...values: Arguments) => Result,
) => (self: This, ...values: Arguments) => Result;

/** `BigInt` */
export const toBigint: typeof BigInt = BigInt;

const { from } = Array;

/**
 * Creates an array. Defines its elements instead of assigning them, which
 * setters of `Array.prototype` would see.
 *
 * @typeParam Element Type of the elements.
 * @param length Number of elements.
 * @param make Creates an element.
 */
export function arrayOf<Element>(
  length: number,
  make: (index: number) => Element,
): Element[] {
  return from(
    { __proto__: null, length } as ArrayLike<unknown>,
    (_, index) => make(index),
  );
}

type AnySet = Set<unknown>;

/** `Set.prototype.add` */
export const addTo = uncurry(Set.prototype.add) as <Item>(
  set: Set<Item>,
  item: Item,
) => void;

/** `Set.prototype.has` */
export const isIn = uncurry(Set.prototype.has) as <Item>(
  set: ReadonlySet<Item>,
  item: Item,
) => boolean;

/** `Set.prototype.clear` */
export const clear = uncurry(Set.prototype.clear) as (set: AnySet) => void;

const visit = uncurry(
  Set.prototype.forEach as (
    this: unknown,
    visit: (it: unknown) => void,
  ) => void,
);

/** `Set.prototype.forEach` */
export function forEachIn<Item>(
  set: ReadonlySet<Item>,
  take: (item: Item) => void,
): void {
  visit(set, take as (it: unknown) => void);
}

const VIEW_METHODS: object = Object.create(
  null,
  Object.getOwnPropertyDescriptors(DataView.prototype),
);

const { setPrototypeOf } = Object;

/** Creates a `DataView` whose methods cannot be changed. */
export function viewOf(
  buffer: ArrayBuffer,
  offset?: number,
  length?: number,
): DataView<ArrayBuffer> {
  return setPrototypeOf(new DataView(buffer, offset, length), VIEW_METHODS);
}

const WEAK_MAP_METHODS: object = Object.create(
  null,
  Object.getOwnPropertyDescriptors(WeakMap.prototype),
);

/** Creates a `WeakMap` whose methods cannot be changed. */
export function weakMap<Key extends object, Value>(): WeakMap<Key, Value> {
  return setPrototypeOf(new WeakMap(), WEAK_MAP_METHODS);
}
