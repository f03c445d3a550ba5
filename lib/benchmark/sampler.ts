import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import type { Clock } from "./clock.ts";
import type { Subject } from "./subject.ts";

/** The time of a sample. */
export interface Sample {
  /** Milliseconds per call. */
  readonly milliseconds: number;
  /** Milliseconds of CPU time per call, of all threads. */
  readonly cpu: number;
}

/**
 * Reads a clock.
 *
 * @param clock The clock.
 * @param name Which of its times.
 * @returns The time; throws INVALID_ARGUMENT if it is not a finite number.
 */
export function readClock(clock: Clock, name: "cpu" | "now"): number {
  const time = clock[name]();
  if (typeof time === "number" && Number.isFinite(time)) return time;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `clock.${name} must return a number, got ${describeValue(time)}`,
  );
}

/** Measures the time of a subject's calls. */
export class Sampler {
  /** Reads the time. */
  readonly clock: Clock;
  /** How many calls make a sample. */
  callsPerSample = 1;
  readonly #subject: Subject;

  /**
   * @param subject The subject to measure.
   * @param clock Reads the time.
   */
  constructor(subject: Subject, clock: Clock) {
    this.#subject = subject;
    this.clock = clock;
  }

  /** Calls, and measures the time. */
  async sample(): Promise<Sample> {
    const { clock, callsPerSample } = this;
    const cpu = readClock(clock, "cpu");
    const start = readClock(clock, "now");
    const work = this.#subject.run(callsPerSample);
    // Waiting takes time, even for what is finished.
    if (work !== undefined) await work;
    const time = readClock(clock, "now") - start;
    return {
      milliseconds: time / callsPerSample,
      cpu: (readClock(clock, "cpu") - cpu) / callsPerSample,
    };
  }
}
