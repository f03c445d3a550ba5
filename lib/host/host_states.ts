import { weakMap } from "../../ffi/base/intrinsics.ts";
import { setReleased } from "../../ffi/host/host.ts";
import { hostKeysOf } from "../../ffi/host/keys.ts";
import { hostStateKey } from "../../ffi/host/module.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { IreeError } from "../base/error.ts";
import type { Module } from "../vm/module.ts";
import type { AnyOptions, HostContext, HostParameters } from "./options.ts";

/** The state of a module in a context. */
export interface HostState {
  readonly devices: Handle | undefined;
  readonly context: HostContext<unknown>;
}

/** The states of a module in its contexts. */
export class HostStates {
  readonly #states = new Map<number, HostState>();
  readonly #options: Readonly<AnyOptions>;
  readonly #parameters: HostParameters;
  #nextDevices: Handle | undefined;

  constructor(options: Readonly<AnyOptions>, parameters: HostParameters) {
    this.#options = options;
    this.#parameters = parameters;
  }

  /** Sets the devices of the next new context. */
  expect(devices: Handle | undefined): void {
    this.#nextDevices = devices;
  }

  /** The state of a context, created by the first call. */
  of(key: number): HostState {
    return this.#states.get(key) ??
      this.#add(
        key,
        this.#nextDevices,
        this.#options.state?.(this.#parameters),
      );
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
    const parameters = this.#parameters;
    const context = { state, parameters, signal: undefined };
    const added = { devices: devices?.retain(), context };
    this.#states.set(key, added);
    setReleased(key, () => {
      this.#states.delete(key);
      devices?.release();
    });
    return added;
  }
}

const statesOf = weakMap<Module, HostStates>();

/**
 * Records the states of a module in TypeScript.
 *
 * @param module The module.
 * @param states Its states.
 */
export function setStates(module: Module, states: HostStates): void {
  statesOf.set(module, states);
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
  for (const it of modules) statesOf.get(it)?.expect(devices);
}

/**
 * Returns the keys that calls out of a context have: those of the states of
 * host modules, and those of modules that make other calls.
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
    statesOf.has(it)
      ? [hostStateKey(context, handles[at]!)]
      : hostKeysOf(handles[at]!)
  );
}

/**
 * Throws UNIMPLEMENTED if a host module cannot be forked.
 *
 * @param modules The modules.
 */
export function checkHostFork(modules: readonly Module[]): void {
  for (const it of modules) statesOf.get(it)?.checkFork(it.name);
}

/**
 * Copies the states of host modules to a fork.
 *
 * @param modules The modules.
 * @param handles Their handles.
 * @param parent The context.
 * @param child The fork.
 */
export function forkHostStates(
  modules: readonly Module[],
  handles: readonly Handle[],
  parent: Handle,
  child: Handle,
): void {
  modules.forEach((it, at) => {
    const handle = handles[at]!;
    const states = statesOf.get(it);
    states?.fork(hostStateKey(parent, handle), hostStateKey(child, handle));
  });
}
