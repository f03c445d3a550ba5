import { IreeError } from "../base/error.ts";
import { runtime } from "../base/runtime.ts";
import { canIsolate } from "../compiler/worker_command.ts";
import type { KeptResult } from "./compare_results.ts";
import { encodeExperiment } from "./experiment_bytes.ts";
import {
  type Experiment,
  Laboratory,
  type MeasuredProgram,
} from "./laboratory.ts";
import { Crash, MeasuringChild } from "./measuring_child.ts";

/** Why a program cannot be used. */
export class Failure {
  /** The reason, as the end of a sentence on the program. */
  readonly reason: string;
  /** The error for a program that is needed. */
  readonly error: unknown;

  /** Describes an error. */
  constructor(error: unknown) {
    if (error instanceof Crash) {
      this.reason = `crashes when it is called (${error.message})`;
      this.error = new IreeError("INTERNAL", `the program ${this.reason}`);
    } else {
      const message = error instanceof Error ? error.message : String(error);
      this.reason = `does not run: ${message.split("\n")[0]}`;
      this.error = error;
    }
  }
}

/** Loads and measures programs. */
export interface Measurer extends AsyncDisposable {
  /**
   * Loads a program and calls it on each device.
   *
   * @param id The program's number.
   * @param program The program.
   * @param signal Ends it when it is aborted, as far as it can be ended.
   * @returns The results of each device; rejects with the signal's reason.
   */
  load(
    id: number,
    program: MeasuredProgram,
    signal: AbortSignal,
  ): Promise<KeptResult[][] | Failure>;
  /**
   * Measures the time of a call in milliseconds.
   *
   * @param id The number of a program that was loaded.
   * @param variant The device's number.
   * @param signal Ends it when it is aborted, as far as it can be ended.
   * @returns The time; rejects with the signal's reason.
   */
  sample(
    id: number,
    variant: number,
    signal: AbortSignal,
  ): Promise<number | Failure>;
}

/**
 * Creates a measurer: a child process, or this process where the experiment has
 * parameters that are objects of it, or where no child process can be started.
 *
 * @param experiment The function, inputs and devices.
 */
export function createMeasurer(experiment: Experiment): Measurer {
  const bytes = canIsolate()
    ? encodeExperiment({
      ...experiment,
      load: { ...experiment.load, library: runtime.libraryPath },
    })
    : undefined;
  return bytes === undefined
    ? new OwnMeasurer(experiment)
    : new IsolatedMeasurer(bytes);
}

/** Measures in this process. */
class OwnMeasurer implements Measurer {
  readonly #laboratory: Laboratory;

  constructor(experiment: Experiment) {
    this.#laboratory = new Laboratory(experiment);
  }

  load(
    id: number,
    program: MeasuredProgram,
  ): Promise<KeptResult[][] | Failure> {
    return attempt(() => this.#laboratory.load(id, program));
  }

  sample(id: number, variant: number): Promise<number | Failure> {
    return attempt(() => this.#laboratory.sample(id, variant));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve(this.#laboratory[Symbol.dispose]());
  }
}

async function attempt<T>(work: () => T): Promise<Awaited<T> | Failure> {
  try {
    return await work();
  } catch (error) {
    return new Failure(error);
  }
}

/** Measures in a child process, and in another one after a crash. */
class IsolatedMeasurer implements Measurer {
  readonly #experiment: Uint8Array<ArrayBuffer>;
  readonly #programs = new Map<number, MeasuredProgram>();
  readonly #loaded = new Set<number>();
  #child: MeasuringChild | undefined;

  constructor(experiment: Uint8Array<ArrayBuffer>) {
    this.#experiment = experiment;
  }

  async load(
    id: number,
    program: MeasuredProgram,
    signal: AbortSignal,
  ): Promise<KeptResult[][] | Failure> {
    this.#programs.set(id, program);
    return await this.#during(signal, (child) => this.#load(child, id));
  }

  async sample(
    id: number,
    variant: number,
    signal: AbortSignal,
  ): Promise<number | Failure> {
    return await this.#during(signal, async (child) => {
      // Another process has crashed since.
      if (!this.#loaded.has(id)) await this.#load(child, id);
      return await child.sample(id, variant);
    });
  }

  async #load(child: MeasuringChild, id: number): Promise<KeptResult[][]> {
    const results = await child.load(id, this.#programs.get(id)!);
    this.#loaded.add(id);
    return results;
  }

  async #during<T>(
    signal: AbortSignal,
    work: (child: MeasuringChild) => Promise<T>,
  ): Promise<T | Failure> {
    signal.throwIfAborted();
    const child = this.#child ??= new MeasuringChild(this.#experiment);
    const kill = () => child.kill();
    signal.addEventListener("abort", kill);
    try {
      return await work(child);
    } catch (error) {
      if (error instanceof Crash) await this[Symbol.asyncDispose]();
      signal.throwIfAborted();
      return new Failure(error);
    } finally {
      signal.removeEventListener("abort", kill);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#loaded.clear();
    const child = this.#child;
    this.#child = undefined;
    await child?.[Symbol.asyncDispose]();
  }
}
