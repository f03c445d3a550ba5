import {
  type BoundCall,
  type Device,
  type FlatResult,
  type Instance,
  IreeError,
  type LoadedProgram,
  type VmFunction,
} from "../../../mod.ts";
import { formatSignature } from "../../inspect/mod.ts";
import {
  demandCount,
  type InputTarget,
  parseInputs,
  valueTypes,
} from "../run/inputs.ts";

/** An argument of a call. */
type FlatArgument = Parameters<VmFunction["bind"]>[number];

/** The kind of a function's calls. */
export type WorkloadKind = "synchronous" | "asynchronous" | "dispatch";

/** How a function is measured. */
export interface WorkloadOptions {
  /** Texts of its inputs; `undefined` for a function found by itself. */
  readonly inputs: readonly string[] | undefined;
  /** Iterations in a batch. */
  readonly batchSize: number;
  /** Calls of an asynchronous function that run at once. */
  readonly concurrency: number;
  /** Whether to keep the last results. */
  readonly keepsResults: boolean;
}

/** Functions that benchmarks are generated for say so. */
const BENCHMARK_ATTRIBUTE = "iree.benchmark";

/**
 * Returns the kind of a function's calls.
 *
 * @param found The function.
 */
export function kindOf(
  { description, isSubmittable }: VmFunction,
): WorkloadKind {
  const { attributes } = description;
  if (attributes[BENCHMARK_ATTRIBUTE] === "dispatch") return "dispatch";
  const isAsync = attributes["iree.abi.model"] === "coarse-fences";
  return isAsync && isSubmittable ? "asynchronous" : "synchronous";
}

/**
 * Whether a function is measured if none is named: it is public and needs no
 * inputs, or was generated to be measured.
 *
 * @param found The function.
 */
export function isDiscovered(found: VmFunction): boolean {
  const { description: { name, attributes } } = found;
  if (attributes[BENCHMARK_ATTRIBUTE] === "dispatch") return true;
  if (attributes[BENCHMARK_ATTRIBUTE] === "entry") return true;
  return !name.startsWith("__") && !name.includes("$") &&
    found.argumentTypes.length === 0;
}

/** A function that is measured, with its arguments. */
export class Workload implements Disposable {
  /** Its name. */
  readonly name: string;
  /** The kind of its calls. */
  readonly kind: WorkloadKind;
  /** Iterations in a batch. */
  readonly batchSize: number;
  readonly #found: VmFunction;
  readonly #target: InputTarget;
  readonly #values: readonly FlatArgument[];
  readonly #concurrency: number;
  readonly #keepsResults: boolean;
  readonly #stack: DisposableStack;
  #call: BoundCall | undefined;
  #results: FlatResult | undefined;

  /**
   * @param program The program.
   * @param found Its function.
   * @param lead The device that allocates inputs.
   * @param options How it is measured.
   */
  constructor(
    program: LoadedProgram,
    found: VmFunction,
    lead: Device | undefined,
    options: WorkloadOptions,
  ) {
    const kind = kindOf(found);
    if (kind === "dispatch" && (options.inputs?.length ?? 0) > 0) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        "dispatch wrappers take --batch_size, not --input",
      );
    }
    using stack = new DisposableStack();
    this.name = found.name;
    this.kind = kind;
    this.#concurrency = kind === "asynchronous" ? options.concurrency : 1;
    this.batchSize = this.#concurrency *
      Math.ceil(options.batchSize / this.#concurrency);
    this.#found = found;
    this.#target = targetOf(found, lead ?? program.context.instance);
    this.#values = kind === "dispatch"
      ? [this.batchSize]
      : parseInputs(options.inputs ?? [], this.#target, stack);
    this.#keepsResults = options.keepsResults;
    this.#stack = stack.move();
  }

  /** The function. */
  get found(): VmFunction {
    return this.#found;
  }

  /**
   * Runs batches: each is a call, or the calls of an asynchronous function.
   *
   * @param count How many.
   */
  run(count: number): void | Promise<void> {
    demandCount(this.#target, this.#values.length);
    if (this.kind === "asynchronous") {
      return this.#runAsynchronously(count * this.batchSize);
    }
    const call = this.#call ??= this.#stack.use(
      this.#found.bind(...this.#values),
    );
    if (this.#keepsResults) {
      for (let i = 0; i < count; i++) this.#keep(call.call());
    } else {
      for (let i = 0; i < count; i++) call.run();
    }
  }

  /** The results of the last call; the caller must dispose them. */
  takeResults(): FlatResult | undefined {
    const results = this.#results;
    this.#results = undefined;
    return results;
  }

  // Each track waits for its own calls.
  async #runAsynchronously(count: number): Promise<void> {
    const size = count / this.#concurrency;
    const tracks = Array.from({ length: this.#concurrency }, async () => {
      for (let i = 0; i < size; i++) {
        const { results, finished } = this.#found.submit(...this.#values);
        try {
          await finished;
        } finally {
          this.#keep(results);
        }
      }
    });
    await Promise.all(tracks);
  }

  #keep(results: FlatResult | undefined): void {
    disposeAll(this.#results);
    this.#results = results;
    if (!this.#keepsResults) disposeAll(this.takeResults());
  }

  /** Releases the arguments and results. */
  [Symbol.dispose](): void {
    disposeAll(this.takeResults());
    this.#stack.dispose();
  }
}

function targetOf(found: VmFunction, memory: Device | Instance): InputTarget {
  const { name, signature } = found;
  return {
    types: valueTypes(found.argumentTypes, signature?.inputs),
    memory,
    name,
    declaration: signature && formatSignature(signature, name),
    role: "input",
  };
}

function disposeAll(results: FlatResult | undefined): void {
  const all = Array.isArray(results) ? results : [results];
  for (const value of all) {
    if (typeof value === "object" && value !== null) value.dispose();
  }
}
