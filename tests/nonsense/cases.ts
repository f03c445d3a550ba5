/**
 * Calls of a function in which one thing makes no sense.
 *
 * @module
 */

import type { PublicFunction } from "./api.ts";
import { isHarmful } from "./samples.ts";
import { OPTIONS } from "./samples/options.ts";
import type { Things } from "./things.ts";
import { nonsense } from "./values.ts";

/** A call in which one thing makes no sense. */
export interface Case {
  /** What makes no sense where. */
  readonly name: string;
  /** Whether the call must fail. */
  readonly mustFail: boolean;
  /** The arguments. */
  readonly values: unknown[];
}

type Path = readonly (string | number)[];

/**
 * All such calls of a function.
 *
 * @param given The function.
 * @param things Objects for its arguments.
 * @param isIncluded Whether to make the call with a kind of nonsense at a place.
 */
export function* casesOf(
  given: PublicFunction,
  things: Things,
  isIncluded: (place: string, kind: string) => boolean,
): Generator<Case> {
  const paths = [...pathsIn(given.arguments(things), [])];
  // One argument more than it takes.
  paths.push([given.arguments(things).length]);
  for (const path of paths) {
    for (const [name, value] of nonsenseAt(given, things, path)) {
      const place = path.join(".");
      if (isHarmful(given.name, place, value)) continue;
      if (!isIncluded(`${given.name} ${place}`, name)) continue;
      const values = put(given.arguments(things), path, value);
      yield { name: `${place} is ${name}`, mustFail: false, values };
    }
  }
  for (const path of paths) {
    const options = at(given.arguments(things), path);
    if (typeof options !== "object" || options === null) continue;
    if (!OPTIONS.has(options)) continue;
    const values = put(given.arguments(things), [...path, "nonsense"], 1);
    yield { name: `${path.join(".")} has nonsense`, mustFail: true, values };
  }
}

function* nonsenseAt(
  given: PublicFunction,
  things: Things,
  path: Path,
): Generator<[string, unknown]> {
  yield* nonsense();
  const right = at(given.arguments(things), path);
  if (typeof right === "object" && right !== null) {
    yield ["a proxy of what is right", new Proxy(right, {})];
    yield ["made from what is right", Object.create(right)];
    yield ["a copy of what is right", { ...right }];
  }
  const { instance, list, view, vmvx, program, device, disposed } = things;
  const objects = { instance, list, view, vmvx, program, device, disposed };
  yield* Object.entries(objects);
}

/** Places of arguments, of options in them, and of entries of arrays. */
function* pathsIn(value: unknown, path: Path): Generator<Path> {
  if (path.length > 0) yield path;
  const isOpen = Array.isArray(value) ||
    (typeof value === "object" && value !== null &&
      Object.getPrototypeOf(value) === Object.prototype);
  if (!isOpen || path.length > 3) return;
  for (const key of Object.keys(value)) {
    yield* pathsIn((value as Record<string, unknown>)[key], [...path, key]);
  }
}

function at(value: unknown, path: Path): unknown {
  return path.reduce(
    (it, key) => (it as Record<string, unknown> | undefined)?.[key],
    value,
  );
}

/** Copies arguments with another value at a place; samples can be shared. */
function put<Holder>(holder: Holder, path: Path, value: unknown): Holder {
  const [key, ...rest] = path;
  if (key === undefined) return value as Holder;
  const copy = (Array.isArray(holder) ? [...holder] : { ...holder }) as Record<
    string,
    unknown
  >;
  copy[key] = put(copy[key], rest, value);
  return copy as Holder;
}
