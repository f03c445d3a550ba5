/**
 * The public functions and methods, found by looking at what the package exports.
 *
 * @module
 */

import { everything } from "./entries.ts";
import { INTERNAL, SAMPLES } from "./samples.ts";
import { RECEIVERS, type Things } from "./things.ts";
import { VARIANTS } from "./variants.ts";

/** A function or method of the package. */
export interface PublicFunction {
  /** What it is called, such as `List.prototype.get`. */
  readonly name: string;
  /** Arguments with which it succeeds; guessed where no sample has them. */
  arguments(things: Things): unknown[];
  /** Calls it. */
  call(things: Things, values: readonly unknown[]): unknown;
}

/** Parameters that a function without a sample is given nonsense for. */
const GUESSED_COUNT = 3;

// deno-lint-ignore ban-types
type AnyFunction = Function;

/** All functions and methods, static ones, constructors, and their variants. */
export function publicFunctions(): PublicFunction[] {
  return [...exportedFunctions(), ...VARIANTS];
}

function exportedFunctions(): PublicFunction[] {
  return allFunctions().filter(({ name }) =>
    !INTERNAL.has(name) && !PRINTING.test(name)
  );
}

// Called by Deno and by notebooks, with functions of theirs.
const PRINTING = /Symbol\((?:Deno\.customInspect|Jupyter\.display)\)$/;

function allFunctions(): PublicFunction[] {
  return Object.entries(everything).flatMap(([name, value]) => {
    const given: unknown = value;
    if (isClass(given)) return functionsOfClass(name, given);
    if (typeof given === "function") return [plain(name, given, undefined)];
    if (typeof given !== "object" || given === null) return [];
    return functionsOf(given).map(([key, it]) =>
      plain(`${name}.${key}`, it, given)
    );
  });
}

/** Whether the arguments of a function are right, rather than guessed. */
export function isSampled({ name }: PublicFunction): boolean {
  return name in SAMPLES || VARIANTS.some((it) => it.name === name);
}

/** Names of functions without a sample, so that none is forgotten. */
export function unsampled(): string[] {
  return exportedFunctions().map(({ name }) => name).filter((name) =>
    !(name in SAMPLES) && !COMMON.test(name)
  );
}

// Constructors, which users do not call, and what all objects inherit.
const COMMON = /^new |\.prototype\.(Symbol\(.*\)|describe|dispose|toJSON)$/;

/** Names of samples that stand for no function any more. */
export function staleSamples(): string[] {
  const names = new Set(exportedFunctions().map(({ name }) => name));
  return Object.keys(SAMPLES).filter((name) => !names.has(name));
}

function functionsOfClass(
  name: string,
  given: AnyFunction & { prototype: object },
): PublicFunction[] {
  const constructor: PublicFunction = {
    name: `new ${name}`,
    arguments: sample(`new ${name}`),
    call: (_, values) => Reflect.construct(given, values),
  };
  const statics = functionsOf(given).map(([key, it]) =>
    plain(`${name}.${key}`, it, given)
  );
  const receiver = RECEIVERS[name] ??
    (() => Object.create(given.prototype));
  const methods = functionsOf(given.prototype).map(([key, it]) => ({
    name: `${name}.prototype.${key}`,
    arguments: sample(`${name}.prototype.${key}`),
    call: (things: Things, values: readonly unknown[]) =>
      Reflect.apply(it, receiver(things), values),
  }));
  return [constructor, ...statics, ...methods];
}

function plain(
  name: string,
  given: AnyFunction,
  self: unknown,
): PublicFunction {
  return {
    name,
    arguments: sample(name),
    call: (_, values) => Reflect.apply(given, self, values),
  };
}

function sample(name: string): (things: Things) => unknown[] {
  return SAMPLES[name] ??
    (({ instance }) => [instance, ...Array(GUESSED_COUNT - 1).fill(undefined)]);
}

function functionsOf(holder: object): [string, AnyFunction][] {
  return Reflect.ownKeys(holder).flatMap((key): [string, AnyFunction][] => {
    const value = Object.getOwnPropertyDescriptor(holder, key)?.value;
    return typeof value === "function" && key !== "constructor"
      ? [[key.toString(), value]]
      : [];
  });
}

function isClass(
  value: unknown,
): value is AnyFunction & { prototype: object } {
  return typeof value === "function" &&
    Function.prototype.toString.call(value).startsWith("class");
}
