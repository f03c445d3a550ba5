import type { ValueType } from "../signature/calling_convention.ts";
import type { ValueDescription } from "../signature/value_description.ts";

/** Milliseconds that calls on the event loop may take, on average. */
const SHORT = 0.1;

/** Milliseconds within which a short call ends that another thread runs. */
const SHORT_ELSEWHERE = 1;

/** The part of the last call in an average. */
const WEIGHT = 1 / 8;

/** Calls on another thread when the average is too long, for each `SHORT`. */
const PAUSE = 100;

/** How many sizes are remembered. */
const MOST_SIZES = 256;

/** What the time of a function's calls depends on. */
interface CallTraits {
  /** Whether calls compute on their own thread, and wait for no other. */
  readonly computesAlone: boolean;
  /** Whether functions in TypeScript may be called. */
  readonly hasHost: boolean;
  readonly argumentTypes: readonly ValueType[];
  readonly inputs: readonly ValueDescription[];
}

/**
 * Whether calls of the same size are likely to take as long. Those that wait for
 * other threads take as long as the work of these. Integers and scalars may say
 * how often something is repeated, and a host function may return a promise.
 */
export function areSteady(traits: CallTraits): boolean {
  const { computesAlone, hasHost, argumentTypes, inputs } = traits;
  return computesAlone && !hasHost &&
    argumentTypes.every((type) => type === "ref") &&
    inputs.every(({ elementType }) => /^b?f\d/.test(elementType ?? ""));
}

/** Calls of one size. */
interface Calls {
  /** How many still run on another thread. */
  left: number;
  /** Average of those on the event loop, in milliseconds. */
  average: number;
}

/**
 * Finds calls that are shorter than handing them to another thread, by how long
 * calls of the same size took.
 */
export class ShortCalls {
  readonly #calls = new Map<number, Calls>();

  /** Whether a call of a size should run on the event loop. */
  isShort(size: number): boolean {
    return this.#calls.get(size)?.left === 0;
  }

  /** Records a call that ran on the event loop. */
  tookHere(size: number, milliseconds: number): void {
    const calls = this.#calls.get(size);
    if (calls === undefined) return;
    calls.average += (milliseconds - calls.average) * WEIGHT;
    if (calls.average <= SHORT) return;
    calls.left = Math.ceil(calls.average / SHORT) * PAUSE;
    calls.average = 0;
  }

  /** Records a call that ran on another thread. */
  tookElsewhere(size: number, milliseconds: number): void {
    const calls = this.#calls.get(size) ?? this.#add(size);
    if (milliseconds <= SHORT_ELSEWHERE && calls.left > 0) calls.left--;
  }

  #add(size: number): Calls {
    if (this.#calls.size >= MOST_SIZES) this.#calls.clear();
    const calls = { left: 1, average: 0 };
    this.#calls.set(size, calls);
    return calls;
  }
}
