import type { Clock, Subject } from "../../lib/benchmark/mod.ts";

/** A clock that only moves when work is done. */
export class FakeClock implements Clock {
  #time = 0;
  #cpu = 0;

  now(): number {
    return this.#time;
  }

  cpu(): number {
    return this.#cpu;
  }

  /** Lets time pass, on two threads. */
  advance(milliseconds: number): void {
    this.#time += milliseconds;
    this.#cpu += 2 * milliseconds;
  }

  /**
   * Makes a subject.
   *
   * @param name Its name.
   * @param cost Milliseconds of the call with that number.
   */
  subject(name: string, cost: (call: number) => number): Subject & FakeCalls {
    let calls = 0;
    return {
      name,
      get calls() {
        return calls;
      },
      run: (count) => {
        for (let i = 0; i < count; i++) this.advance(cost(calls++));
      },
    };
  }
}

/** What happened to a subject. */
export interface FakeCalls {
  /** How often it was called. */
  readonly calls: number;
}
