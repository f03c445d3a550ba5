import { copyArray, isArray, isFunction, isRevoked } from "../base/checks.ts";
import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import { readOptions } from "../base/options.ts";
import type { FlatArgument } from "../call/argument.ts";
import { VmFunction } from "../call/function.ts";
import { measure } from "./measure.ts";
import {
  compareMeasurements,
  type Measurement,
  type Ratio,
} from "./measurement.ts";
import {
  type BenchmarkOptions,
  type ReadBenchmarkOptions,
  readBenchmarkOptions,
} from "./options.ts";
import type { Subject } from "./subject.ts";

/** Work that is measured; a promise that it returns is awaited. */
export type Work = () => unknown;

/** One of several subjects that were measured together. */
export interface ComparedMeasurement extends Measurement {
  /** Its time, divided by that of the first one in the same round. */
  readonly ratio: Ratio;
}

/**
 * Measures how long calls of a function take.
 *
 * Warms up first, until calls no longer get faster. Short calls are measured
 * several at a time.
 *
 * @example
 * ```ts ignore
 * import { load } from "@iree/runtime";
 * import { benchmark } from "@iree/runtime/benchmark";
 *
 * using program = load("model.vmfb");
 * const mul = program.lookupFunction("mul");
 * const { median, percentiles } = await benchmark(mul, [[1, 2], [3, 4]]);
 * console.log(`${median} ms, at most ${percentiles.p99} ms`);
 * ```
 *
 * @param fn A function of a program, whose results are discarded; or any
 * function, such as `() => mul.compute(x, y)` to include copies of its tensors.
 * @param args Its arguments. Those of a program's function are passed once, as
 * `VmFunction.bind` takes them, and data among them is copied once.
 * @param options How much to measure.
 * @returns The measurement; rejects with the failure of a call, and with the
 * signal's reason if it is aborted.
 */
export function benchmark(
  fn: VmFunction,
  args?: readonly FlatArgument[],
  options?: BenchmarkOptions,
): Promise<Measurement>;
/**
 * Measures how long calls of any function take.
 *
 * @typeParam Args Types of the arguments.
 * @param fn The function; a promise that it returns is awaited.
 * @param args Its arguments.
 * @param options How much to measure.
 */
export function benchmark<Args extends readonly unknown[]>(
  fn: (...args: Args) => unknown,
  args: Args,
  options?: BenchmarkOptions,
): Promise<Measurement>;
export async function benchmark(
  fn: VmFunction | ((...args: unknown[]) => unknown),
  args: readonly unknown[] = [],
  options?: BenchmarkOptions,
): Promise<Measurement> {
  const read = readBenchmarkOptions(options);
  if (!isVmFunction(fn)) {
    const subject = subjectOf(nameOf(fn), fn, checkArguments(args));
    const [measured] = await measure([subject], read);
    return measured!;
  }
  using call = fn.bind(...checkArguments(args) as readonly FlatArgument[]);
  const run = (count: number) => {
    for (let i = 0; i < count; i++) call.run();
  };
  const [measured] = await measure([{ name: fn.name, run }], read);
  return measured!;
}

/**
 * Measures several ways to do something, in turns, and compares each one with
 * the first.
 *
 * @example
 * ```ts
 * import { compare } from "@iree/runtime/benchmark";
 *
 * const numbers = Float32Array.from({ length: 1000 }, (_, i) => i);
 * const [sorted, reversed] = await compare({
 *   "toSorted": () => numbers.toSorted(),
 *   "toReversed": () => numbers.toReversed(),
 * }, { seconds: 0.01, warmUpSeconds: 0.01 });
 * console.log(reversed.ratio.median, sorted.interval);
 * ```
 *
 * @typeParam Names The names.
 * @param subjects The ways, by name.
 * @param options How much to measure.
 * @returns The measurements, in the same order.
 */
export async function compare(
  subjects: Readonly<Record<string, Work>>,
  options?: BenchmarkOptions,
): Promise<ComparedMeasurement[]> {
  const read = readBenchmarkOptions(options);
  const names = Object.fromEntries(
    isRevoked(subjects)
      ? []
      : Object.keys(Object(subjects)).map((name) => [name, true] as const),
  );
  const works = readOptions(subjects, names, "subjects");
  const all = Object.keys(names)
    .map((name) => subjectOf(name, works[name]!, []));
  return await compareAll(all, read);
}

/**
 * Measures subjects that do their work a given number of times, in turns, and
 * compares each one with the first, as {@linkcode compare} does.
 *
 * @param subjects The subjects.
 * @param options How much to measure.
 * @returns The measurements, in the same order.
 */
export function compareSubjects(
  subjects: readonly Subject[],
  options?: BenchmarkOptions,
): Promise<ComparedMeasurement[]> {
  return compareAll(subjects, readBenchmarkOptions(options));
}

async function compareAll(
  subjects: readonly Subject[],
  options: ReadBenchmarkOptions,
): Promise<ComparedMeasurement[]> {
  const checked = copyArray("subjects", subjects, checkSubject);
  if (checked.length === 0) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      "subjects must be at least one, got none",
    );
  }
  const measurements = await measure(checked, options);
  const [first] = measurements;
  return measurements.map((it) => ({
    ...it,
    ratio: compareMeasurements(first!, it),
  }));
}

function isVmFunction(value: unknown): value is VmFunction {
  return !isRevoked(value) && value instanceof VmFunction;
}

/** Most arguments of a function. */
const MAX_ARGUMENTS = 1000;

function checkArguments(args: readonly unknown[]): readonly unknown[] {
  if (isArray(args) && args.length > MAX_ARGUMENTS) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `args must be an array of at most ${MAX_ARGUMENTS} arguments, got ` +
        `${args.length}`,
    );
  }
  return copyArray("args", args, () => {});
}

function checkSubject(subject: Subject): void {
  const isSubject = typeof subject === "object" && subject !== null &&
    !isRevoked(subject) && typeof subject.name === "string" &&
    isFunction(subject.run);
  if (isSubject) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `a subject must be { name, run }, got ${describeValue(subject)}`,
  );
}

function nameOf(fn: unknown): string {
  const name = isFunction(fn) ? (fn as () => unknown).name : "";
  return typeof name === "string" && name !== "" ? name : "fn";
}

function subjectOf(
  name: string,
  work: (...args: unknown[]) => unknown,
  args: readonly unknown[],
): Subject {
  if (!isFunction(work)) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `subject '${name}' must be a function, got ${describeValue(work)}`,
    );
  }
  return { name, run: (count) => repeat(() => work(...args), count) };
}

// Asynchronous only if the work is.
function repeat(work: Work, count: number): void | Promise<void> {
  for (let i = 0; i < count; i++) {
    const result = work();
    if (result instanceof Promise) return finish(result, work, count - i - 1);
  }
}

async function finish(
  first: Promise<unknown>,
  work: Work,
  count: number,
): Promise<void> {
  await first;
  for (let i = 0; i < count; i++) await work();
}
