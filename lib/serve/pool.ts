import { type Aborting, checkSignal } from "../base/abort_signal.ts";
import { copyArray, mustBe, toInteger, toText } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { handleIn } from "../base/native_object.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import type { Argument } from "../call/argument.ts";
import { VmFunction } from "../call/function.ts";
import { LoadedProgram } from "../program/program.ts";
import type { ValueType } from "../signature/calling_convention.ts";
import type { Signature } from "../signature/signature.ts";
import type { ValueDescription } from "../signature/value_description.ts";
import type { NdArray } from "../tensor/tensor_data.ts";
import { Lender, type LenderStatistics } from "./lender.ts";

/** How many requests a pool accepts. */
export interface PoolOptions {
  /**
   * How many requests may wait; those that run do not count.
   *
   * @default {64}
   */
  maxQueue?: number | undefined;
}

/** Which function of a program a pool runs, and how often at the same time. */
export interface ProgramPoolOptions extends PoolOptions {
  /** Name of the function; by default the program's only one. */
  function?: string | undefined;
  /**
   * How many calls run at the same time: the program and its forks.
   *
   * @default {1}
   */
  instances?: number | undefined;
}

/** How a request waits. */
export interface RequestOptions {
  /** Rejects the request when it is aborted; see {@linkcode Pool.use}. */
  signal?: AbortSignal | undefined;
}

/** Counts of a pool's requests. */
export interface PoolStatistics extends LenderStatistics {
  /** How many calls can run at the same time. */
  readonly instances: number;
}

const POOL_OPTIONS: OptionNames<PoolOptions> = { maxQueue: true };

const PROGRAM_OPTIONS: OptionNames<ProgramPoolOptions> = {
  ...POOL_OPTIONS,
  function: true,
  instances: true,
};

const REQUEST_OPTIONS: OptionNames<RequestOptions> = { signal: true };

/** The default of `maxQueue`. */
export const DEFAULT_MAX_QUEUE = 64;

/** The largest accepted `maxQueue`. */
export const LARGEST_QUEUE = 1_000_000;

/** The largest accepted number of instances. */
const MOST_INSTANCES = 1024;

/**
 * Runs a function for concurrent requests. One request runs per instance, a
 * limited number waits, and further ones are rejected. Requests begin in the
 * order in which they arrived.
 *
 * @example
 * ```ts ignore needs a file
 * import { load } from "@iree/runtime";
 * import { Pool } from "@iree/runtime/serve";
 *
 * using program = load("score.vmfb");
 * using pool = Pool.of(program, { instances: 2, maxQueue: 64 });
 * const signal = AbortSignal.timeout(1000);
 * const { output0 } = await pool.run({ input0: [[1, 2, 3, 4]] }, { signal });
 * console.log(output0, pool.statistics);
 * ```
 */
export class Pool implements Disposable, AsyncDisposable {
  readonly #functions: readonly VmFunction[];
  readonly #lender: Lender<VmFunction>;
  readonly #resources: DisposableStack;

  /**
   * Creates a pool of functions, which the caller still owns.
   *
   * @param functions The same function of a program and its forks.
   * @param options How many requests may wait.
   */
  constructor(functions: readonly VmFunction[], options?: PoolOptions) {
    const { maxQueue } = readOptions(options, POOL_OPTIONS);
    this.#functions = copyArray("functions", functions, checkFunction);
    if (this.#functions.length === 0) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        "functions must be at least one function, got none",
      );
    }
    this.#lender = new Lender(this.#functions, readMaxQueue(maxQueue));
    this.#resources = new DisposableStack();
  }

  /**
   * Creates a pool of a program and forks of it. The pool owns the forks, and
   * the caller still owns the program.
   *
   * @param program The program.
   * @param options Which function, how many instances, and how many requests
   * may wait.
   */
  static of(program: LoadedProgram, options?: ProgramPoolOptions): Pool {
    const { function: name, instances = 1, ...rest } = readOptions(
      options,
      PROGRAM_OPTIONS,
    );
    if (!LoadedProgram.is(program)) {
      throw mustBe("program", "a loaded program", program);
    }
    toInteger("instances", instances, 1, MOST_INSTANCES);
    const found = name === undefined
      ? onlyFunction(program)
      : toText("function", name);
    using resources = new DisposableStack();
    const functions = [program.lookupFunction(found)];
    while (functions.length < instances) {
      const fork = resources.use(program.fork());
      functions.push(fork.lookupFunction(found));
    }
    const pool = new Pool(functions, rest);
    pool.#resources.use(resources.move());
    return pool;
  }

  /**
   * Whether a value is a pool, which a Proxy of one is not.
   *
   * @internal
   */
  static is(value: unknown): value is Pool {
    return typeof value === "object" && value !== null && #lender in value;
  }

  /** How many calls can run at the same time. */
  get size(): number {
    return this.#functions.length;
  }

  /** Name of the function. */
  get functionName(): string {
    return this.#functions[0]!.name;
  }

  /** The function's inputs in order. */
  get inputs(): readonly ValueDescription[] {
    return this.#functions[0]!.inputs;
  }

  /** The function's outputs in order. */
  get outputs(): readonly ValueDescription[] {
    return this.#functions[0]!.outputs;
  }

  /**
   * Inputs and outputs as the program declares them.
   *
   * @internal
   */
  get signature(): Signature | undefined {
    return this.#functions[0]!.signature;
  }

  /** Types of the arguments in the VM. */
  get argumentTypes(): readonly ValueType[] {
    return this.#functions[0]!.argumentTypes;
  }

  /** Whether a request would begin at once. */
  get hasIdle(): boolean {
    return this.#lender.hasIdle;
  }

  /** Counts of requests. */
  get statistics(): PoolStatistics {
    return { instances: this.size, ...this.#lender.statistics };
  }

  /**
   * Calls the function with inputs by name, as `VmFunction.run` does.
   *
   * @param inputs The inputs.
   * @param options The signal that aborts the request.
   * @returns The outputs by name. Rejects as {@linkcode use} does.
   */
  async run(
    inputs: Readonly<Record<string, Argument>>,
    options?: RequestOptions,
  ): Promise<Record<string, NdArray>> {
    return await this.use((fn) => fn.runAlone(inputs), options);
  }

  /**
   * Runs work with a function as soon as one is idle.
   *
   * @typeParam Result What the work returns.
   * @param work Uses the function. The second argument is the number of
   * milliseconds that the request waited.
   * @param options The signal that aborts the request. If the work has begun by
   * then, the promise rejects at once, and the function is used again only when
   * the work has ended.
   * @returns What the work returns. Rejects with a `QueueFullError` if too many
   * requests wait, with UNAVAILABLE once the pool was disposed, and with the
   * signal's reason.
   */
  async use<Result>(
    work: (fn: VmFunction, waited: number) => Result | Promise<Result>,
    options?: RequestOptions,
  ): Promise<Result> {
    const { signal } = readOptions(options, REQUEST_OPTIONS);
    if (typeof work !== "function") throw mustBe("work", "a function", work);
    return await this.#lender.use(work, checkSignal(signal));
  }

  /**
   * Does the same until the request has ended.
   *
   * @internal
   */
  useUntil<Result>(
    ending: Aborting,
    work: (fn: VmFunction, waited: number) => Promise<Result>,
  ): Promise<Result> {
    return this.#lender.use(work, ending);
  }

  /**
   * Rejects further requests and waits for the earlier ones, then disposes the
   * pool.
   */
  async drain(): Promise<void> {
    await this.#lender.drain(disposed());
    this.dispose();
  }

  /**
   * Rejects further requests and those that wait, and releases the forks. Calls
   * that run end undisturbed.
   */
  dispose(): void {
    this.#lender.close(disposed());
    this.#resources.dispose();
  }

  /** Same as {@linkcode dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Same as {@linkcode drain}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.drain();
  }
}

/** Checks the option `maxQueue`. */
export function readMaxQueue(value: number = DEFAULT_MAX_QUEUE): number {
  return toInteger("maxQueue", value, 0, LARGEST_QUEUE);
}

function checkFunction(value: unknown): void {
  if (handleIn(value) !== undefined && value instanceof VmFunction) return;
  throw mustBe("functions", "an array of functions", value);
}

function onlyFunction({ functionNames }: LoadedProgram): string {
  const [only, ...others] = functionNames;
  if (only !== undefined && others.length === 0) return only;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `function must be given: the program has ${functionNames.length} functions`,
    { hint: `pass { function: name }: ${functionNames.join(", ") || "none"}` },
  );
}

function disposed(): IreeError {
  return new IreeError("UNAVAILABLE", "the pool was disposed");
}
