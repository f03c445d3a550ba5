import { Instance } from "../base/instance.ts";
import type { BoundCall } from "../call/bound_call.ts";
import type { Device } from "../hal/device.ts";
import { load } from "../program/load.ts";
import type { LoadOptions } from "../program/load_options.ts";
import type { TensorData } from "../tensor/tensor_data.ts";
import { keepResults, type KeptResult } from "./compare_results.ts";
import { createDevice, type Variant } from "./variants.ts";

/** Minimum duration of a sample in milliseconds. */
const SAMPLE = 5;

/** Maximum number of calls in a sample. */
const MAX_CALLS = 1000;

/** A program's file or bytes. */
export type MeasuredProgram = string | Uint8Array<ArrayBuffer>;

/** The measured function with its inputs, and the devices. */
export interface Experiment {
  /** The devices. */
  readonly variants: readonly Variant[];
  /** The function's name. */
  readonly name: string;
  /** Its inputs. */
  readonly inputs: readonly TensorData[];
  /** Options for loading the programs. */
  readonly load: Omit<LoadOptions, "modules" | "device">;
}

/** A call of a program on a device, and how many of them make a sample. */
interface Prepared {
  readonly call: BoundCall;
  readonly calls: number;
}

/** Loads programs on several devices, and measures their calls. */
export class Laboratory implements Disposable {
  readonly #experiment: Experiment;
  readonly #devices: readonly Device[];
  readonly #prepared = new Map<number, readonly Prepared[]>();
  readonly #stack: DisposableStack;

  /**
   * Creates the devices.
   *
   * @param experiment The function, inputs and devices.
   */
  constructor(experiment: Experiment) {
    using stack = new DisposableStack();
    const { library } = experiment.load;
    const instance = stack.use(Instance.open({ library }));
    this.#experiment = experiment;
    this.#devices = experiment.variants.map((it) =>
      stack.use(createDevice(instance, it))
    );
    this.#stack = stack.move();
  }

  /**
   * Loads a program and calls it on each device, a few times.
   *
   * @param id The program's number.
   * @param program The program.
   * @returns The results of each device.
   */
  load(id: number, program: MeasuredProgram): KeptResult[][] {
    const { load: options, name, inputs } = this.#experiment;
    using stack = new DisposableStack();
    const results: KeptResult[][] = [];
    const prepared = this.#devices.map((device) => {
      const loaded = stack.use(load({
        ...options,
        modules: [program],
        // Several devices share the memory of one file.
        moduleMode: typeof program === "string" ? "mmap" : undefined,
        device,
      }));
      const call = stack.use(loaded.lookupFunction(name).bind(...inputs));
      results.push(keepResults(call.call()));
      const calls = Math.round(SAMPLE / measure({ call, calls: 1 }));
      return { call, calls: Math.min(MAX_CALLS, Math.max(1, calls)) };
    });
    this.#prepared.set(id, prepared);
    this.#stack.use(stack.move());
    return results;
  }

  /**
   * Measures the time of a call in milliseconds.
   *
   * @param id The program's number.
   * @param variant The device's number.
   */
  sample(id: number, variant: number): number {
    return measure(this.#prepared.get(id)![variant]!);
  }

  /** Disposes programs and devices. */
  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}

function measure({ call, calls }: Prepared): number {
  const start = performance.now();
  for (let i = 0; i < calls; i++) call.run();
  return (performance.now() - start) / calls;
}
