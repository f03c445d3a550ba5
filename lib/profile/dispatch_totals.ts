import type { Bytes } from "../../ffi/base/typed_array.ts";
import { copyArray } from "../base/checks.ts";
import { readExecutables } from "../inspect/mod.ts";

/** All times of a function that devices executed. */
export interface DispatchTotal {
  /** Its name. */
  readonly name: string;
  /** How often it was dispatched. */
  readonly count: number;
  /** Nanoseconds of all dispatches. */
  readonly total: number;
  /** Nanoseconds of the longest dispatch. */
  readonly longest: number;
  /**
   * Where it comes from, such as `model.mlir:12`, if the option `programs` has
   * its program and that says so.
   */
  readonly source?: string;
}

/** Where functions come from, by their names. */
export type Sources = ReadonlyMap<string, string>;

/**
 * Reads where the functions of programs come from.
 *
 * @param programs The programs.
 */
export function readSources(
  programs: readonly (string | URL | Bytes)[],
): Sources {
  const sources = new Map<string, string>();
  copyArray("programs", programs, (program) => {
    for (const { locations } of readExecutables(program)) {
      for (const { name, path, line } of locations) {
        sources.set(name, `${path}:${line}`);
      }
    }
  });
  return sources;
}

/** A span of time. */
interface Span {
  readonly name: string;
  readonly category: string;
  readonly duration: number;
}

/**
 * Adds up the times of each function.
 *
 * @param spans All spans.
 * @param sources Where functions come from.
 * @returns The totals, those with most time first.
 */
export function sumDispatches(
  spans: readonly Span[],
  sources: Sources,
): DispatchTotal[] {
  const totals = new Map<string, DispatchTotal>();
  for (const { name, category, duration } of spans) {
    if (category !== "dispatch") continue;
    const { count, total, longest } = totals.get(name) ??
      { count: 0, total: 0, longest: 0 };
    const source = sources.get(name);
    totals.set(name, {
      name,
      ...(source === undefined ? {} : { source }),
      count: count + 1,
      total: total + duration,
      longest: Math.max(longest, duration),
    });
  }
  return [...totals.values()].sort((a, b) => b.total - a.total);
}
