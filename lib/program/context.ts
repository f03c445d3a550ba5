import {
  createContext,
  createContextLater,
  forkContext,
} from "../../ffi/context.ts";
import { hostKeysOf } from "../../ffi/host/keys.ts";
import { answerWhile, listenWhile } from "../../ffi/host/listener.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { copyArray, toBoolean, toText } from "../base/checks.ts";
import type { Facts } from "../base/printing.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { runNow, step, type Steps } from "../base/steps.ts";
import { suggestion } from "../base/suggestion.ts";
import { ContextQueue, type FunctionContext } from "../call/context_queue.ts";
import { VmFunction } from "../call/function.ts";
import { callFormsOf } from "../signature/async_form.ts";
import { deviceNamesOf } from "../hal/device_names.ts";
import {
  checkHostFork,
  expectContext,
  forkHostStates,
  hostStatesOf,
} from "../host/host_states.ts";
import { isPublicFunction } from "../signature/function_name.ts";
import { computesAlone, devicesOf } from "../vm/hal_module.ts";
import { exportsOf, type Module } from "../vm/module.ts";
import { explainLinking } from "./link_failure.ts";

/** The modules of a context, which can be disposed before it is created. */
interface LinkedModules {
  readonly modules: readonly Module[];
  readonly handles: readonly Handle[];
  readonly names: readonly string[];
  readonly devices: Handle | undefined;
}

function linkedModules(modules: readonly Module[]): LinkedModules {
  return {
    modules,
    handles: modules.map(handleOf),
    names: modules.map(({ name }) => name),
    devices: devicesOf(modules),
  };
}

const OPTIONS: OptionNames<ContextOptions> = { traceExecution: true };

/** Options for creating a context. */
export interface ContextOptions {
  /**
   * Print every operation of the VM to stderr, initializers included. Slow.
   *
   * @default {false}
   */
  traceExecution?: boolean | undefined;
}

/**
 * Creates a context, see {@linkcode Context.create}.
 *
 * @internal
 */
export let createContextSteps: (
  instance: Instance,
  modules: readonly Module[],
  options: ContextOptions | undefined,
) => Steps<Context>;

/**
 * Modules linked together, with their state, in which a program runs.
 *
 * Thread-compatible: one call at a time. Two contexts of the same modules are
 * independent of each other.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { BuiltinModule, Context, Instance } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using module = BuiltinModule.create(instance, "vmvx");
 * using context = Context.create(instance, [module]);
 * assertEquals(context.modules[0].name, "vmvx");
 * ```
 */
export class Context extends NativeObject {
  /** The context's instance. */
  readonly instance: Instance;
  /** The modules in the order of their registration. */
  readonly modules: readonly Module[];
  readonly #linked: LinkedModules;
  readonly #functions: FunctionContext;

  private constructor(
    instance: Instance,
    linked: LinkedModules,
    context: Handle,
  ) {
    super(context);
    const { modules, handles, devices } = linked;
    this.#linked = linked;
    this.#functions = {
      context,
      devices,
      computesAlone: computesAlone(modules),
      queue: new ContextQueue(context, hostStatesOf(modules, handles, context)),
    };
    this.instance = instance;
    this.modules = modules;
  }

  /**
   * Links modules, each of which can import from those before it, and runs
   * their initializers in order.
   *
   * @param instance The instance.
   * @param modules The modules; the context keeps them alive.
   * @param options Tracing.
   * @returns The context; throws NOT_FOUND when an import is missing and INTERNAL
   * when its signature differs.
   */
  static create(
    instance: Instance,
    modules: readonly Module[],
    options?: ContextOptions,
  ): Context {
    return runNow(createContextSteps(instance, modules, options));
  }

  /**
   * Finds an exported function.
   *
   * @param name Its name: `function` when the module is given, else
   * `module.function`.
   * @param module The module that exports it.
   * @returns The function; throws NOT_FOUND with a list of the exported ones.
   */
  lookupFunction(name: string, module?: Module): VmFunction {
    handleOf(this);
    toText("the name of a function", name);
    const [ordinal, functionName] = module === undefined
      ? this.#splitName(name)
      : [this.#ordinalOf(module), name];
    const exports = exportsOf(
      this.modules[ordinal]!,
      this.#linked.handles[ordinal]!,
    );
    const description = exports.find((it) => it.name === functionName);
    if (description !== undefined) {
      const hasDevices = this.#functions.devices !== undefined;
      const forms = callFormsOf(description, exports, hasDevices);
      return new VmFunction(this.#functions, ordinal, description, forms);
    }
    const names = exports.map((it) => it.name).filter(isPublicFunction);
    throw new IreeError(
      "NOT_FOUND",
      `no function '${functionName}' exported by module ` +
        `'${this.#linked.names[ordinal]}'${suggestion(functionName, names)}`,
      { hint: `exported functions: ${names.join(", ") || "none"}` },
    );
  }

  /**
   * Creates a context of the same modules with a copy of the state: numbers in
   * globals are copied. `callAsync` can run calls of both at the same time.
   * Objects in globals, such as tensors, are shared: a program that changes one
   * in place must not run in both at the same time.
   *
   * Lists are not thread-safe, and a list that one of them receives or returns
   * may reach the other. So from the first such list on, asynchronous calls of a
   * context and of its forks run one after the other, in order.
   *
   * @returns The new context, which the caller must dispose. Throws
   * UNIMPLEMENTED when a module does not support it, and FAILED_PRECONDITION
   * while an asynchronous call runs in this one or waits for its turn.
   * Submitted work continues.
   */
  fork(): Context {
    const handle = handleOf(this);
    this.#functions.queue.demandIdle("a context cannot be forked");
    const { modules, handles } = this.#linked;
    checkHostFork(modules);
    const fork = new Context(
      this.instance,
      this.#linked,
      forkContext(handle, handles),
    );
    try {
      forkHostStates(modules, handles, handle, handleOf(fork));
      return fork;
    } catch (error) {
      fork.dispose();
      throw error;
    }
  }

  #ordinalOf(module: Module): number {
    const ordinal = this.modules.indexOf(module);
    if (ordinal >= 0) return ordinal;
    handleOf(module);
    throw new IreeError(
      "INVALID_ARGUMENT",
      `module must be one of this context's modules, got '${module.name}'`,
    );
  }

  // Later modules hide earlier ones of the same name, as when IREE links them.
  #splitName(name: string): [number, string] {
    const ordinal = this.#linked.names.findLastIndex((moduleName) =>
      name.startsWith(`${moduleName}.`)
    );
    if (ordinal >= 0) {
      return [ordinal, name.slice(this.#linked.names[ordinal]!.length + 1)];
    }
    throw new IreeError(
      "NOT_FOUND",
      `no module for function '${name}'; it must be 'module.function'`,
      { hint: `modules of this context: ${this.#linked.names.join(", ")}` },
    );
  }

  static {
    createContextSteps = function* (instance, modules, options) {
      const linked = linkedModules(copyArray("modules", modules, handleOf));
      const { handles } = linked;
      const { traceExecution = false } = readOptions(options, OPTIONS);
      toBoolean("traceExecution", traceExecution);
      const owner = handleOf(instance);
      expectContext(linked.modules, linked.devices);
      const hostKeys = handles.flatMap(hostKeysOf);
      try {
        const context = yield* step({
          now: () => createContext(owner, handles, traceExecution),
          later: (signal) => {
            const create = () =>
              createContextLater(owner, handles, traceExecution);
            return hostKeys.length === 0
              ? create()
              : listenWhile(hostKeys, () => answerWhile(create), signal);
          },
        });
        return new Context(instance, linked, context);
      } catch (error) {
        throw explainLinking(error, instance, linked.modules);
      }
    };
  }

  /**
   * The facts to print about the object.
   *
   * @internal
   */
  protected override describe(): Facts {
    return {
      modules: () => [...this.#linked.names],
      devices: () => deviceNamesOf(handleOf(this)),
    };
  }
}
