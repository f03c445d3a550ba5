import {
  demandCallbacks,
  type FrameValues,
  type HostCall,
  type PendingCall,
} from "../../ffi/host/host.ts";
import { createHostModule } from "../../ffi/host/module.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { copyArray } from "../base/checks.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf } from "../base/native_object.ts";
import { readOptions } from "../base/options.ts";
import { Module } from "../vm/module.ts";
import {
  checkFunction,
  checkHostType,
  checkModule,
  checkParameters,
  entriesOf,
} from "./definition_checks.ts";
import { HostFunctionCaller } from "./host_function.ts";
import { HostStates, setStates } from "./host_states.ts";
import type { HostType } from "./host_type.ts";
import type { HostScope } from "./host_value.ts";
import {
  type AnyHostFunction,
  type AnyOptions,
  type HeldValues,
  type HostFunction,
  type HostModuleOptions,
  type HostParameters,
  OPTIONS,
} from "./options.ts";

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
  readonly #given: Readonly<Record<string, AnyHostFunction>>;
  readonly #parameters: HostParameters;

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
   * @param parameters Its creation parameters.
   * @internal
   */
  constructor(
    name: string,
    functions: Readonly<Record<string, AnyHostFunction>>,
    options: AnyOptions | undefined,
    parameters: HostParameters = {},
  ) {
    this.#parameters = parameters;
    this.#given = functions;
    this.#options = readOptions<AnyOptions>(options, OPTIONS);
    const { hostTypes = [], tensors = "arrays" } = this.#options;
    checkModule(name, this.#options);
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
   * Describes the same module with creation parameters, as native modules have
   * them: `library.so?key=value`.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { Context, hostModule, Instance } from "@iree/runtime";
   *
   * const dice = hostModule("dice", {
   *   sides: {
   *     types: "() -> i32",
   *     call: ({ parameters }) => Number(parameters.sides ?? 6),
   *   },
   * });
   * using instance = Instance.open();
   * using module = dice.with({ sides: "20" }).create(instance);
   * using context = Context.create(instance, [module]);
   * using sides = context.lookupFunction("dice.sides");
   * assertEquals(sides.call(), 20);
   * ```
   *
   * @param parameters Texts by name, which functions and `state` receive.
   */
  with(parameters: HostParameters): HostModuleDescription {
    const copy = Object.entries(checkParameters(parameters));
    return new HostModuleDescription(
      this.name,
      this.#given,
      this.#options,
      Object.fromEntries(copy),
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
    const states = new HostStates(this.#options, this.#parameters);
    const owner = handleOf(instance);
    for (const it of this.#options.hostTypes ?? []) it.register(owner);
    const functions = this.#functions;
    const made: { scope?: HostScope } = {};
    const target = (call: HostCall, values: FrameValues) => {
      const { devices, context } = states.of(call.state);
      const noObjects = made.scope!;
      const { module } = noObjects;
      const caller = functions[call.ordinal]!;
      const scope = caller.takesObjects
        ? { module, devices, owned: [] }
        : noObjects;
      if (!call.mayWait) return caller.make(scope, context, call, values);
      module.lists.beginHostFunction();
      const end = () => module.lists.endHostFunction();
      let pending: PendingCall | undefined;
      try {
        pending = caller.make(scope, context, call, values);
      } finally {
        if (pending === undefined) end();
      }
      if (pending === undefined) return undefined;
      const { written, end: release } = pending;
      return {
        written,
        end: () => {
          end();
          release();
        },
      };
    };
    const module = createHostModule(
      owner,
      this.name,
      this.#options.version ?? 0,
      functions.map(({ record }) => record),
      target,
    );
    made.scope = { module, devices: undefined, owned: [] };
    return new HostModule(module, states);
  }
}

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
  /**
   * Use `HostModuleDescription.create`.
   *
   * @param handle The module.
   * @param states Its states.
   * @internal
   */
  constructor(handle: Handle, states: object) {
    super(handle);
    setStates(this, states as HostStates);
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
  Tensors extends "arrays" | "views" = "arrays",
>(
  name: string,
  functions: {
    readonly [Name in keyof Types]: HostFunction<
      Types[Name],
      State,
      HeldValues<HostTypes>,
      Tensors extends "views" ? true : false
    >;
  },
  options?: HostModuleOptions<State, HostTypes, Tensors>,
): HostModuleDescription {
  return new HostModuleDescription(name, functions, options as AnyOptions);
}
