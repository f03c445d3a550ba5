import type { Clock } from "./clock.ts";
import type { Subject } from "./subject.ts";

/** The time of a sample. */
export interface Sample {
  /** Milliseconds per call. */
  readonly milliseconds: number;
  /** Milliseconds of CPU time per call, of all threads. */
  readonly cpu: number;
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
    const cpu = clock.cpu();
    const start = clock.now();
    const work = this.#subject.run(callsPerSample);
    // Waiting takes time, even for what is finished.
    if (work !== undefined) await work;
    const time = clock.now() - start;
    return {
      milliseconds: time / callsPerSample,
      cpu: (clock.cpu() - cpu) / callsPerSample,
    };
  }
}
