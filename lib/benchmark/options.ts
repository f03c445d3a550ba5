import { isFunction, isRevoked } from "../base/checks.ts";
import { checkSignal } from "../base/abort_signal.ts";
import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";

/** How much is measured. */
export interface BenchmarkOptions {
  /**
   * Seconds to measure each subject for, after the warm-up.
   *
   * @default {0.5}
   */
  seconds?: number | undefined;
  /**
   * Seconds after which a warm-up ends even if calls still get faster; 0 for
   * none.
   *
   * @default {1}
   */
  warmUpSeconds?: number | undefined;
  /**
   * Milliseconds that a sample takes at least. Short calls are measured several
   * at a time; a longer sample is more exact, and hides how calls differ.
   *
   * @default {0.1}
   */
  sampleMilliseconds?: number | undefined;
  /** Ends the benchmark when it is aborted. */
  signal?: AbortSignal | undefined;
  /** Reads the time; the system's clock by default. */
  clock?: Clock | undefined;
}

/** Options with defaults. */
export interface ReadBenchmarkOptions {
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly sampleMilliseconds: number;
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock;
}

const NAMES: OptionNames<BenchmarkOptions> = {
  seconds: true,
  warmUpSeconds: true,
  sampleMilliseconds: true,
  signal: true,
  clock: true,
};

/** Longest time that can be asked for, in seconds. */
const MAX_SECONDS = 86_400;

/**
 * Reads options.
 *
 * @param options The caller's options.
 */
export function readBenchmarkOptions(
  options: BenchmarkOptions | undefined,
): ReadBenchmarkOptions {
  const read = readOptions(options, NAMES);
  return {
    seconds: toTime("seconds", read.seconds ?? 0.5, MAX_SECONDS),
    warmUpSeconds: toTime(
      "warmUpSeconds",
      read.warmUpSeconds ?? 1,
      MAX_SECONDS,
    ),
    sampleMilliseconds: toTime(
      "sampleMilliseconds",
      read.sampleMilliseconds ?? 0.1,
      1000 * MAX_SECONDS,
    ),
    signal: checkSignal(read.signal),
    clock: toClock(read.clock),
  };
}

function toTime(what: string, value: number, max: number): number {
  if (typeof value === "number" && value >= 0 && value <= max) return value;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `${what} must be a number from 0 to ${max}, got ${describeValue(value)}`,
  );
}

function toClock(clock: Clock = SYSTEM_CLOCK): Clock {
  const isClock = typeof clock === "object" && clock !== null &&
    !isRevoked(clock) && isFunction(clock.now) && isFunction(clock.cpu);
  if (isClock) return clock;
  throw new IreeError(
    "INVALID_ARGUMENT",
    "clock must be an object with the functions now and cpu, got " +
      describeValue(clock),
  );
}
