import {
  demandCallbacks,
  type FrameValues,
  type HostCall,
  setReleased,
} from "../../ffi/host/host.ts";
import { createHostModule, hostStateKey } from "../../ffi/host/module.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import {
  copyArray,
  isArray,
  isFunction,
  isRevoked,
  mustBe,
  toText,
} from "../base/checks.ts";
import { describeValue } from "../base/describe.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf } from "../base/native_object.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { Module } from "../vm/module.ts";
import type { HostArguments, HostResults } from "./function_types.ts";
import { type AnyHostFunction, HostFunctionCaller } from "./host_function.ts";
import { HostType } from "./host_type.ts";

/**
 * The context of a call, which a host function receives as its last argument.
 *
 * @typeParam State State of the module.
 */
export interface HostContext<State = undefined> {
  /** The module's state in the calling context. */
  readonly state: State;
}

/** The values that a module's own types hold, by the names of the types. */
export type HeldValues<Types extends readonly HostType[]> = {
  [Type in Types[number] as Type["name"]]: Type extends
    HostType<infer Held, string> ? Held : never;
};

/**
 * A function of a module in TypeScript.
 *
 * @typeParam Types The types, as text.
 * @typeParam State State of the module.
 * @typeParam HostTypes Types of the module's own.
 * @typeParam Views Whether tensors arrive as `BufferView`.
 */
export interface HostFunction<
  Types extends string,
  State = undefined,
  HostTypes = Record<never, never>,
  Views = false,
> {
  /**
   * The types as in MLIR, such as `(i32, tensor<?x4xf32>) -> i64`. Several
   * results are in parentheses.
   */
  readonly types: Types;
  /**
   * Makes a call. Objects passed in are disposed afterwards, and so are objects
   * that it returns. A promise is accepted in calls of `callAsync`,
   * `computeAsync` and `run`.
   */
  readonly call: (
    ...values: [
      ...HostArguments<Types, HostTypes, Views>,
      context: HostContext<State>,
    ]
  ) => HostResults<Types, HostTypes> | Promise<HostResults<Types, HostTypes>>;
  /**
   * Whether programs import it with fences, by the attribute
   * `iree.abi.model = "coarse-fences"`. It is called when its arguments are
   * written, and programs continue meanwhile. Its results are tensors.
   *
   * @default {false}
   */
  readonly fences?: boolean | undefined;
  /**
   * Shapes of the results of a function with fences, from the shapes of the
   * tensors that it receives; not needed where `types` has all dimensions.
   */
  readonly shapes?:
    | ((...inputs: (readonly number[])[]) => readonly (readonly number[])[])
    | undefined;
}

/**
 * Options of a module in TypeScript.
 *
 * @typeParam State State of the module.
 * @typeParam Types Types of its own.
 * @typeParam Views Whether tensors arrive as `BufferView`.
 */
export interface HostModuleOptions<
  State = undefined,
  Types extends readonly HostType[] = readonly HostType[],
  Views extends boolean = boolean,
> {
  /**
   * Version of the module; dependents may require a minimum.
   *
   * @default {0}
   */
  version?: number | undefined;
  /** Creates the module's state in a context, before its first call. */
  state?: (() => State) | undefined;
  /** Creates the state of a fork; without it, a module with state has none. */
  fork?: ((state: State) => State) | undefined;
  /** Types of the module's own. Functions receive and return their values. */
  hostTypes?: Types | undefined;
  /**
   * Whether tensors arrive as `NdArray`, which is a copy, or as `BufferView`.
   *
   * @default {"arrays"}
   */
  tensors?: (Views extends true ? "views" : "arrays") | undefined;
}

interface AnyOptions {
  version?: number | undefined;
  state?: (() => unknown) | undefined;
  fork?: ((state: never) => unknown) | undefined;
  hostTypes?: readonly HostType[] | undefined;
  tensors?: "arrays" | "views" | undefined;
}

const OPTIONS: OptionNames<AnyOptions> = {
  version: true,
  state: true,
  fork: true,
  hostTypes: true,
  tensors: true,
};

/**
 * A module in TypeScript, to be loaded any number of times.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { type HostModuleDescription, hostModule } from "@iree/runtime";
 *
 * const clock: HostModuleDescription = hostModule("clock", {
 *   now: { types: "() -> i64", call: () => BigInt(Date.now()) },
 * });
 * assertEquals(clock.name, "clock");
 * ```
 */
export class HostModuleDescription {
  /** Name that programs import it by. */
  readonly name: string;
  readonly #functions: readonly HostFunctionCaller[];
  readonly #options: Readonly<AnyOptions>;

  /** Whether a value is a description, regardless of its prototype. */
  static is(value: unknown): value is HostModuleDescription {
    return typeof value === "object" && value !== null && #functions in value;
  }

  /**
   * Use {@linkcode hostModule}.
   *
   * @param name Name of the module.
   * @param functions Its functions by name.
   * @param options Its options.
   * @internal
   */
  constructor(
    name: string,
    functions: Readonly<Record<string, AnyHostFunction>>,
    options: AnyOptions | undefined,
  ) {
    this.#options = readOptions<AnyOptions>(options, OPTIONS);
    const { version = 0, hostTypes = [], tensors = "arrays" } = this.#options;
    if (!/^[A-Za-z_][\w$]*$/.test(toText("the name of a module", name))) {
      throw invalid("the name of a module must be an identifier", name);
    }
    if (!Number.isInteger(version) || version < 0 || version > 0xffffffff) {
      throw invalid("version must be an integer from 0 to 2^32-1", version);
    }
    if (tensors !== "arrays" && tensors !== "views") {
      throw invalid("tensors must be 'arrays' or 'views'", tensors);
    }
    const types = copyArray("hostTypes", hostTypes, checkHostType);
    this.name = name;
    const conversion = {
      module: name,
      hostTypes: new Map(types.map((it) => [it.name, it])),
      views: tensors === "views",
    };
    this.#functions = entriesOf(functions).map(([key, it]) =>
      new HostFunctionCaller(key, checkFunction(key, it), conversion)
    );
  }

  /**
   * Creates the module, for `Context.create`. `load` accepts the description
   * itself.
   *
   * @param instance The instance.
   * @returns The module, which the caller must dispose. Throws
   * PERMISSION_DENIED without unrestricted `--allow-ffi`.
   */
  create(instance: Instance): HostModule {
    demandCallbacks();
    const states = new HostStates(this.#options);
    const owner = handleOf(instance);
    for (const it of this.#options.hostTypes ?? []) it.register(owner);
    const functions = this.#functions;
    const made: { module?: Handle } = {};
    const target = (call: HostCall, values: FrameValues) => {
      const { devices, context } = states.of(call.state);
      const module = made.module!;
      const scope = { module, devices, owned: [] };
      const caller = functions[call.ordinal]!;
      if (!call.mayWait) return caller.make(scope, context, call, values);
      module.lists.beginHostFunction();
      const end = () => module.lists.endHostFunction();
      let pending;
      try {
        pending = caller.make(scope, context, call, values);
      } finally {
        if (pending === undefined) end();
      }
      return pending?.finally(end);
    };
    made.module = createHostModule(
      owner,
      this.name,
      this.#options.version ?? 0,
      functions.map(({ record }) => record),
      target,
    );
    return new HostModule(made.module, states);
  }
}

function checkHostType(type: HostType): void {
  if (HostType.is(type)) return;
  throw mustBe("a host type", "made by hostType", type);
}

function entriesOf(
  functions: Readonly<Record<string, AnyHostFunction>>,
): [string, AnyHostFunction][] {
  if (typeof functions === "object" && functions !== null) {
    if (!isArray(functions) && !isRevoked(functions)) {
      return Object.entries(functions);
    }
  }
  throw mustBe("functions", "an object of functions by name", functions);
}

function checkFunction(name: string, value: AnyHostFunction): AnyHostFunction {
  if (
    typeof value === "object" && value !== null && !isRevoked(value) &&
    typeof value.types === "string" && isFunction(value.call)
  ) return value;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `function '${name}' must be { types, call }, got ${describeValue(value)}`,
  );
}

function invalid(expected: string, actual: unknown): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `${expected}, got ${
      typeof actual === "string" ? `'${actual}'` : describeValue(actual)
    }`,
  );
}

interface HostState {
  readonly devices: Handle | undefined;
  readonly context: { state: unknown };
}

/** The states of a module in its contexts. */
class HostStates {
  readonly #states = new Map<number, HostState>();
  readonly #options: Readonly<AnyOptions>;
  #nextDevices: Handle | undefined;

  constructor(options: Readonly<AnyOptions>) {
    this.#options = options;
  }

  /** Sets the devices of the next new context. */
  expect(devices: Handle | undefined): void {
    this.#nextDevices = devices;
  }

  /** The state of a context, created by the first call. */
  of(key: number): HostState {
    return this.#states.get(key) ??
      this.#add(key, this.#nextDevices, this.#options.state?.());
  }

  /** Throws UNIMPLEMENTED if the state cannot be copied. */
  checkFork(name: string): void {
    if (this.#options.state === undefined) return;
    if (this.#options.fork !== undefined) return;
    throw new IreeError(
      "UNIMPLEMENTED",
      `module '${name}' has state and cannot be forked`,
      { hint: "define its option `fork`" },
    );
  }

  /** Copies the state of a context to its fork. */
  fork(parent: number, child: number): void {
    const { devices, context } = this.of(parent);
    const state = this.#options.fork?.(context.state as never);
    this.#add(child, devices, state);
  }

  #add(key: number, devices: Handle | undefined, state: unknown): HostState {
    const added = { devices: devices?.retain(), context: { state } };
    this.#states.set(key, added);
    setReleased(key, () => {
      this.#states.delete(key);
      devices?.release();
    });
    return added;
  }
}

let statesOf: (module: HostModule) => HostStates;

/**
 * A module in TypeScript in an instance; see {@linkcode hostModule}. Its
 * functions run on this thread, whichever thread calls them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Context, hostModule, Instance } from "@iree/runtime";
 *
 * const math = hostModule("math", {
 *   add: { types: "(i32, i32) -> i32", call: (a, b) => a + b },
 * });
 * using instance = Instance.open();
 * using module = math.create(instance);
 * using context = Context.create(instance, [module]);
 * using add = context.lookupFunction("math.add");
 * assertEquals(add.call(1, 2), 3);
 * ```
 */
export class HostModule extends Module {
  readonly #states: HostStates;

  /**
   * Use `HostModuleDescription.create`.
   *
   * @param handle The module.
   * @param states Its states.
   * @internal
   */
  constructor(handle: Handle, states: object) {
    super(handle);
    this.#states = states as HostStates;
  }

  static {
    statesOf = (module) => module.#states;
  }
}

/**
 * Defines a module in TypeScript. Programs call its functions as they call those
 * of native modules.
 *
 * @example
 * ```ts ignore
 * import { hostModule, load } from "@iree/runtime";
 *
 * const host = hostModule("host", {
 *   now: { types: "() -> i64", call: () => BigInt(Date.now()) },
 *   scale: {
 *     types: "(tensor<?xf32>, f32) -> tensor<?xf32>",
 *     call: (x, factor) => x.data.map((it) => it * factor),
 *   },
 * });
 * using program = load({ modules: [host, "program.vmfb"] });
 * ```
 *
 * @param name Name of the module.
 * @param functions Its functions. TypeScript infers their parameters and results
 * from `types`.
 * @param options State, types and version.
 * @returns What `load` accepts as a module. Throws INVALID_ARGUMENT for types
 * that cannot be parsed.
 */
export function hostModule<
  const Types extends Readonly<Record<string, string>>,
  State = undefined,
  const HostTypes extends readonly HostType[] = readonly [],
  Views extends boolean = false,
>(
  name: string,
  functions: {
    readonly [Name in keyof Types]: HostFunction<
      Types[Name],
      State,
      HeldValues<HostTypes>,
      Views
    >;
  },
  options?: HostModuleOptions<State, HostTypes, Views>,
): HostModuleDescription {
  return new HostModuleDescription(name, functions, options as AnyOptions);
}

//==============================================================================
// Contexts
//==============================================================================

/**
 * Prepares the host modules of a new context.
 *
 * @param modules The modules of the context.
 * @param devices Its devices.
 */
export function expectContext(
  modules: readonly Module[],
  devices: Handle | undefined,
): void {
  for (const it of modules) {
    if (it instanceof HostModule) statesOf(it).expect(devices);
  }
}

/**
 * Returns the keys of the states of host modules in a context.
 *
 * @param modules The modules.
 * @param handles Their handles.
 * @param context The context.
 */
export function hostStatesOf(
  modules: readonly Module[],
  handles: readonly Handle[],
  context: Handle,
): number[] {
  return modules.flatMap((it, at) =>
    it instanceof HostModule ? [hostStateKey(context, handles[at]!)] : []
  );
}

/**
 * Throws UNIMPLEMENTED if a host module cannot be forked.
 *
 * @param modules The modules.
 */
export function checkHostFork(modules: readonly Module[]): void {
  for (const it of modules) {
    if (it instanceof HostModule) statesOf(it).checkFork(it.name);
  }
}

/**
 * Copies the states of host modules to a fork.
 *
 * @param modules The modules.
 * @param parents Keys of the states in the parent.
 * @param children Keys of the states in the fork.
 */
export function forkHostStates(
  modules: readonly Module[],
  parents: readonly number[],
  children: readonly number[],
): void {
  modules.filter((it) => it instanceof HostModule).forEach((it, at) =>
    statesOf(it).fork(parents[at]!, children[at]!)
  );
}
