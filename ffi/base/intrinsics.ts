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

const { from, isArray, prototype: arrayPrototype } = Array;
const { getPrototypeOf, prototype: objectPrototype } = Object;
const { ownKeys } = Reflect;
const ListOf = Array;

/** Arrays of fewer elements are made sooner than prototypes are examined. */
const FEW = 32;

/** The first key, of which integers would come before. */
const FIRST_OF_ARRAYS = "length";
const FIRST_OF_OBJECTS = ownKeys(objectPrototype)[0];

/** Whether assigning an element of an array defines it, without any setter. */
function isAssigningDefining(): boolean {
  return getPrototypeOf(arrayPrototype) === objectPrototype &&
    ownKeys(arrayPrototype)[0] === FIRST_OF_ARRAYS &&
    ownKeys(objectPrototype)[0] === FIRST_OF_OBJECTS;
}

/**
 * Creates an array. Setters of `Array.prototype` do not see its elements.
 *
 * @typeParam Element Type of the elements.
 * @param length Number of elements.
 * @param make Creates an element; must not call functions of others.
 */
export function arrayOf<Element>(
  length: number,
  make: (index: number) => Element,
): Element[] {
  // The elements of a literal are defined.
  switch (length) {
    case 1:
      return [make(0)];
    case 2:
      return [make(0), make(1)];
    case 3:
      return [make(0), make(1), make(2)];
    case 4:
      return [make(0), make(1), make(2), make(3)];
  }
  if (length <= FEW || !isAssigningDefining()) {
    return from(
      { __proto__: null, length } as ArrayLike<unknown>,
      (_, index) => make(index),
    );
  }
  const array = new ListOf<Element>(length);
  for (let index = 0; index < length; index++) array[index] = make(index);
  return array;
}

const { values } = arrayPrototype;
const arrayIterator: { next: unknown } = getPrototypeOf([].values());
const { next } = arrayIterator;

/**
 * Copies what an iterable has. Setters of `Array.prototype` do not see it.
 *
 * @typeParam Element Type of the elements.
 * @param iterable The iterable.
 * @param check Called with each element as it is read.
 */
export function copyOf<Element>(
  iterable: Iterable<Element>,
  check: (element: Element, index: number) => unknown,
): Element[] {
  if (!isArray(iterable) || !isIteratedInOrder(iterable)) {
    return from(iterable, (element, index) => {
      check(element, index);
      return element;
    });
  }
  const array: Element[] = [];
  for (let index = 0; index < iterable.length; index++) {
    const element = iterable[index];
    check(element, index);
    array[index] = element;
  }
  return array;
}

function isIteratedInOrder(array: unknown[]): boolean {
  return array.length > FEW && array[Symbol.iterator] === values &&
    arrayIterator.next === next && isAssigningDefining();
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
