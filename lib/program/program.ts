import { inspectFacts, printBy } from "../base/printing.ts";
import { isFunction, mustBe } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { demandHandle } from "../base/native_object.ts";
import { NOT_CLONEABLE } from "../base/not_cloneable.ts";
import { readOptions } from "../base/options.ts";
import type { Argument, CallResult, Computed } from "../call/argument.ts";
import type { VmFunction } from "../call/function.ts";
import type { Device } from "../hal/device.ts";
import { ProfileCapture } from "../profile/capture.ts";
import type { CaptureOptions } from "../profile/capture_options.ts";
import { isPublicFunction } from "../signature/function_name.ts";
import { summarizeFunction } from "../signature/function_summary.ts";
import type { ValueDescription } from "../signature/value_description.ts";
import { HalModule } from "../vm/hal_module.ts";
import type { Module } from "../vm/module.ts";
import type { Context } from "./context.ts";
import {
  defineFunctions,
  lookUpUnknownNames,
  removeFunctions,
} from "./function_names.ts";
import { RUN_OPTIONS, type RunOptions } from "./run_options.ts";
import { SharedResources } from "./shared_resources.ts";
import type {
  ArgumentsOf,
  ArraysOf,
  FunctionName,
  FunctionOf,
  InputsOf,
  OutputsOf,
  ResultsOf,
} from "./typed_function.ts";

/**
 * A function of a program as a plain TypeScript function, which calls it as
 * `VmFunction.call` does.
 */
export type ProgramFunction = (...values: Argument[]) => CallResult;

/** Functions of a program whose types are not known. */
export type ProgramFunctions = Readonly<Record<string, ProgramFunction>>;

/**
 * A loaded program: its context, and its main module's functions by name.
 *
 * A function whose name is that of a member of {@linkcode LoadedProgram}, or
 * `then` or `toJSON`, is reached through `call` or `lookupFunction`. A name
 * that the program does not export throws NOT_FOUND; `in` checks whether it
 * does.
 *
 * @typeParam Functions Types of the functions. Cast the program to
 * `LoadedProgram` to reach others, by any name.
 */
export type Program<Functions extends object = ProgramFunctions> =
  & LoadedProgram<Functions>
  & Functions;

let isProgram: (value: unknown) => value is LoadedProgram;

/**
 * Replaces what a program runs by what another one runs. Calls that have begun
 * finish, and then what they used is released.
 *
 * @param program The program; both are disposed if it was.
 * @param next The other program, which must not be used any more.
 * @internal
 */
export let replaceProgram: (
  program: LoadedProgram,
  next: LoadedProgram,
) => void;

/**
 * Disposes a resource with a program, or when the program is garbage-collected.
 *
 * @param program The program.
 * @param resource The resource, which must not refer to the program.
 * @internal
 */
export let disposeWith: (program: LoadedProgram, resource: Disposable) => void;

const collected = new FinalizationRegistry<Disposable>((resource) =>
  resource[Symbol.dispose]()
);

/**
 * The members that every loaded program has beside its functions.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { BuiltinModule, Instance, load } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using vmvx = BuiltinModule.create(instance, "vmvx");
 * using program = load({ modules: [vmvx] });
 * assertEquals(program.context.modules.length, 1);
 * assertEquals(program.devices, []);
 * ```
 *
 * @typeParam Functions Types of the main module's functions.
 */
export class LoadedProgram<Functions extends object = ProgramFunctions>
  implements Disposable {
  /**
   * Rejects cloning, before the functions, which Deno rejects in its own words.
   *
   * @internal
   */
  protected readonly cannotBeCloned: object = NOT_CLONEABLE;
  #context: Context;
  #resources: DisposableStack;
  #shared: SharedResources;
  readonly #functions = new Map<string, VmFunction>();
  /** What ends with the program, whatever it runs by then. */
  readonly #attached = new DisposableStack();

  /**
   * Takes over a context once nothing can fail; use `load`.
   *
   * @internal
   */
  constructor(
    context: Context,
    resources: DisposableStack,
    shared: SharedResources,
  ) {
    if (!SharedResources.is(shared)) demandHandle(shared, "LoadedProgram");
    this.#context = context;
    this.#shared = shared;
    this.#resources = resources.move();
    this.#defineFunctions();
  }

  static {
    isProgram = (value): value is LoadedProgram =>
      typeof value === "object" && value !== null && #functions in value;
    lookUpUnknownNames(
      this.prototype,
      isProgram,
      (program, name) => program.lookupFunction(name),
    );
    replaceProgram = (program, next) => {
      const old = program.#resources;
      if (old.disposed) return next.dispose();
      removeFunctions(program, namesOf(program.mainModule));
      program.#functions.clear();
      program.#context = next.#context;
      program.#shared = next.#shared;
      program.#resources = next.#resources.move();
      program.#defineFunctions();
      old.dispose();
    };
    disposeWith = (program, resource) => {
      program.#attached.use(resource);
      collected.register(program, resource, program);
    };
  }

  /** The context that the modules are linked in. */
  get context(): Context {
    return this.#context;
  }

  /** The module whose functions are called by name: the last one given. */
  get mainModule(): Module {
    return this.#context.modules.at(-1)!;
  }

  /**
   * Whether a value is a program, which a Proxy of one is not.
   *
   * @internal
   */
  static is(value: unknown): value is LoadedProgram {
    return isProgram(value);
  }

  /**
   * The devices that the program uses, in its order; empty if it uses none.
   * They belong to the program and its forks, or to the caller that passed
   * them.
   */
  get devices(): readonly Device[] {
    const hal = this.context.modules.find((it) => it instanceof HalModule);
    return hal?.devices ?? [];
  }

  /** Names of the main module's public functions. */
  get functionNames(): string[] {
    return this.mainModule.exports.map(({ name }) => name).filter(
      isPublicFunction,
    );
  }

  /**
   * Finds a function of the main module. It belongs to the program.
   *
   * @param name Name of the function.
   * @returns The function; throws NOT_FOUND with a list of the exported ones.
   */
  lookupFunction<Name extends FunctionName<Functions>>(
    name: Name,
  ): FunctionOf<Functions[Name]>;
  lookupFunction(name: string): VmFunction {
    return this.#find(name);
  }

  /**
   * Calls a function of the main module.
   *
   * @param name Name of the function.
   * @param values The arguments; see `VmFunction.call`.
   * @returns The results; objects in them are the caller's to dispose.
   */
  call<Name extends FunctionName<Functions>>(
    name: Name,
    ...values: ArgumentsOf<Functions[Name]>
  ): ResultsOf<Functions[Name]>;
  call(name: string, ...values: Argument[]): CallResult {
    return this.#find(name).call(...values);
  }

  /**
   * Calls a function of the main module without blocking the event loop.
   *
   * @param name Name of the function.
   * @param values The arguments; see `VmFunction.callAsync`.
   * @returns The results; objects in them are the caller's to dispose.
   */
  callAsync<Name extends FunctionName<Functions>>(
    name: Name,
    ...values: ArgumentsOf<Functions[Name]>
  ): Promise<ResultsOf<Functions[Name]>>;
  callAsync(name: string, ...values: Argument[]): Promise<CallResult> {
    return this.#find(name).callAsync(...values);
  }

  /**
   * Calls a function of the main module with tensors as arrays.
   *
   * @param name Name of the function.
   * @param values The arguments; see `VmFunction.compute`.
   * @returns The results; a tensor is an array of the class for its elements.
   */
  compute<Name extends FunctionName<Functions>>(
    name: Name,
    ...values: ArgumentsOf<Functions[Name]>
  ): ArraysOf<Functions[Name]>;
  compute(name: string, ...values: Argument[]): Computed {
    return this.#find(name).compute(...values);
  }

  /**
   * Calls a function of the main module with tensors as arrays, without
   * blocking the event loop.
   *
   * @param name Name of the function.
   * @param values The arguments; see `VmFunction.computeAsync`.
   * @returns The results; a tensor is an array of the class for its elements.
   */
  computeAsync<Name extends FunctionName<Functions>>(
    name: Name,
    ...values: ArgumentsOf<Functions[Name]>
  ): Promise<ArraysOf<Functions[Name]>>;
  computeAsync(name: string, ...values: Argument[]): Promise<Computed> {
    return this.#find(name).computeAsync(...values);
  }

  /**
   * Calls a function of the main module with inputs by name, without blocking
   * the event loop.
   *
   * @example
   * ```ts ignore
   * import { load } from "@iree/runtime";
   *
   * using program = load("mul.vmfb");
   * const { y } = await program.run({ x: [1, 2, 3, 4], factor: 2 });
   * console.log(y.shape, y.elementType, y.data);
   * ```
   *
   * @typeParam Outputs The outputs; see `VmFunction.run`.
   * @param inputs The inputs by name.
   * @param options The function, if the program has several, and options for
   * the call.
   * @returns The outputs by name.
   */
  async run<Outputs = OutputsOf<Functions[keyof Functions]>>(
    inputs: InputsOf<Functions[keyof Functions]>,
    options: RunOptions = {},
  ): Promise<Outputs> {
    const { function: name, ...rest } = readOptions(options, RUN_OPTIONS);
    const found = this.#find(name ?? this.#onlyFunction());
    return await found.with(rest).run<Outputs>(
      inputs as Readonly<Record<string, Argument>>,
    );
  }

  /**
   * The inputs of the only function, by the names that {@linkcode run} accepts.
   * Throws INVALID_ARGUMENT if the program has several; use
   * `lookupFunction(name).inputs`.
   */
  get inputs(): readonly ValueDescription[] {
    return this.#find(this.#onlyFunction()).inputs;
  }

  /**
   * The outputs of the only function, by the names that {@linkcode run} returns.
   * Throws as {@linkcode inputs} does.
   */
  get outputs(): readonly ValueDescription[] {
    return this.#find(this.#onlyFunction()).outputs;
  }

  #onlyFunction(): string {
    const names = this.functionNames;
    const [only, ...others] = names;
    if (only !== undefined && others.length === 0) return only;
    throw new IreeError(
      "INVALID_ARGUMENT",
      `function must be given: the program has ${names.length} functions`,
      { hint: `pass { function: name }: ${names.join(", ") || "none"}` },
    );
  }

  /**
   * Captures what the program's devices execute while some work runs, and what
   * the host does meanwhile.
   *
   * @example
   * ```ts ignore
   * import { load } from "@iree/runtime";
   * import { reportProfile } from "@iree/runtime/profile";
   *
   * using program = load("mul.vmfb");
   * const bundle = await program.profile(() => program.run({ x: [1, 2, 3, 4] }));
   * console.log(reportProfile(bundle, "dispatch"));
   * ```
   *
   * @param work The work, which may name spans of time with `capture.span`.
   * @param options What is captured.
   * @returns The profile bundle; see `@iree/runtime/profile`. Rejects with
   * FAILED_PRECONDITION if the program uses no device, and with the error of the
   * work.
   */
  async profile(
    work: (capture: ProfileCapture) => unknown,
    options?: CaptureOptions,
  ): Promise<Uint8Array<ArrayBuffer>> {
    if (!isFunction(work)) throw mustBe("work", "a function", work);
    if (this.devices.length === 0) {
      throw new IreeError(
        "FAILED_PRECONDITION",
        "nothing to profile: the program uses no device",
      );
    }
    using capture = ProfileCapture.begin(this.devices, options);
    await work(capture);
    return capture.end();
  }

  /**
   * Loads the program again, with a copy of the state: see `Context.fork`.
   * Modules, parameters and devices are shared, and released when the program and
   * all of its forks are disposed, in any order.
   *
   * @returns The fork, which the caller must dispose. Throws UNIMPLEMENTED when
   * a module does not support it, and FAILED_PRECONDITION while an asynchronous
   * call runs in the program or waits for its turn.
   */
  fork(): this {
    using resources = this.#shared.enter();
    const context = resources.use(this.context.fork());
    const fork = new LoadedProgram<Functions>(context, resources, this.#shared);
    return fork as this;
  }

  /** Releases everything that the program owns and no fork uses. */
  dispose(): void {
    collected.unregister(this);
    this.#attached.dispose();
    this.#resources.dispose();
  }

  /** A program has no JSON form: throws UNIMPLEMENTED. */
  toJSON(): never {
    throw new IreeError("UNIMPLEMENTED", "programs have no JSON form");
  }

  static {
    printBy(LoadedProgram.prototype, function (inspect, options) {
      // The prototype can be printed too, but is not a program.
      if (!isProgram(this)) return "LoadedProgram {}";
      return inspectFacts(
        "LoadedProgram",
        {
          functions: () =>
            this.mainModule.exports.filter(({ name }) => isPublicFunction(name))
              .map(summarizeFunction),
          devices: () => this.devices.map(({ uri }) => uri),
        },
        this.context.disposed,
        inspect,
        options,
      );
    });
  }

  /** Same as {@linkcode LoadedProgram.dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #find(name: string): VmFunction {
    let found = this.#functions.get(name);
    if (found === undefined || found.disposed) {
      found = this.#resources.use(
        this.context.lookupFunction(name, this.mainModule),
      );
      this.#functions.set(name, found);
    }
    return found;
  }

  #defineFunctions(): void {
    const names = namesOf(this.mainModule);
    defineFunctions(this, names, (name) => this.#find(name));
  }
}

/** Names of a module's functions, public or not. */
function namesOf(module: Module): string[] {
  return module.exports.map(({ name }) => name);
}
