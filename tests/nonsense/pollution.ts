/**
 * Changes to the prototypes of the language.
 *
 * @module
 */

/** A change that can be undone. */
export interface Pollution {
  /** The property, and its new behaviour. */
  readonly name: string;
  /** Makes the change, and returns a function that undoes it. */
  install(): () => void;
}

const TypedArray: object = Object.getPrototypeOf(Uint8Array.prototype);

const PROTOTYPES: readonly (readonly [string, object])[] = [
  ["Array", Array.prototype],
  ["Array iterator", Object.getPrototypeOf([].values())],
  ["Iterator", Iterator.prototype],
  ["TypedArray", TypedArray],
  ["Uint8Array", Uint8Array.prototype],
  ["DataView", DataView.prototype],
  ["Float32Array", Float32Array.prototype],
  ["Float64Array", Float64Array.prototype],
  ["Int32Array", Int32Array.prototype],
  ["BigInt64Array", BigInt64Array.prototype],
  ["ArrayBuffer", ArrayBuffer.prototype],
  ["String", String.prototype],
  ["RegExp", RegExp.prototype],
  ["Number", Number.prototype],
  ["BigInt", BigInt.prototype],
  ["Boolean", Boolean.prototype],
  ["Symbol", Symbol.prototype],
  ["Function", Function.prototype],
  ["Map", Map.prototype],
  ["Set", Set.prototype],
  ["WeakMap", WeakMap.prototype],
  ["WeakRef", WeakRef.prototype],
  ["Promise", Promise.prototype],
  ["Error", Error.prototype],
  ["FinalizationRegistry", FinalizationRegistry.prototype],
  ["DisposableStack", DisposableStack.prototype],
  ["TextEncoder", TextEncoder.prototype],
  ["TextDecoder", TextDecoder.prototype],
  ["URL", URL.prototype],
];

/** Property names that the package, or Deno, reads from objects. */
const NAMES = [
  "0",
  "1",
  "length",
  "then",
  "get",
  "set",
  "value",
  "kind",
  "elementType",
  "capacity",
  "offset",
  "timeout",
  "modules",
  "nonblocking",
  "optional",
  "type",
];

/** Return values of replaced methods and getters. */
const ANSWERS: readonly unknown[] = [undefined, 2 ** 20, new Uint8Array(1)];

const { defineProperty, getOwnPropertyDescriptor } = Object;
const { deleteProperty } = Reflect;

/** Returns all changes. */
export function pollutions(): Pollution[] {
  return [...setters(), ...replacements()];
}

function* setters(): Generator<Pollution> {
  const holders = [["Array", Array.prototype], [
    "Object",
    Object.prototype,
  ]] as const;
  for (const [holder, prototype] of holders) {
    for (const name of NAMES) {
      if (Object.hasOwn(prototype, name)) continue;
      yield pollution(`${holder}.${name} has a setter`, prototype, name, {
        get: () => undefined,
        set: () => {},
      });
      yield pollution(`${holder}.${name} is a number`, prototype, name, {
        value: 2 ** 20,
        writable: true,
      });
    }
  }
}

function* replacements(): Generator<Pollution> {
  for (const [holder, prototype] of PROTOTYPES) {
    for (const name of Reflect.ownKeys(prototype)) {
      const own = getOwnPropertyDescriptor(prototype, name);
      if (own?.configurable !== true || name === "constructor") continue;
      for (const [index, answer] of ANSWERS.entries()) {
        if (isEndless(name, answer)) continue;
        const changed = own.get === undefined
          ? { value: () => answer }
          : { get: () => answer };
        const label = `${holder}.${name.toString()} returns value ${index}`;
        yield pollution(label, prototype, name, changed);
      }
    }
  }
}

// The engine's own loops would not end: over an iterator, and over the matches
// of a pattern.
function isEndless(name: string | symbol, answer: unknown): boolean {
  return (name === "next" || name === "exec") && typeof answer === "object" ||
    name === "global" && Boolean(answer);
}

function pollution(
  name: string,
  prototype: object,
  key: string | symbol,
  changed: PropertyDescriptor,
): Pollution {
  const before = getOwnPropertyDescriptor(prototype, key);
  const after = { configurable: true, ...changed };
  return {
    name,
    install: () => {
      defineProperty(prototype, key, after);
      return () => {
        if (before === undefined) deleteProperty(prototype, key);
        else defineProperty(prototype, key, before);
      };
    },
  };
}
