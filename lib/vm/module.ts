import {
  describeFunction,
  describeModule,
  type FunctionDescription,
  type ModuleDependency,
  type ModuleDescription,
} from "../../ffi/module.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import type { Facts } from "../base/description.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";

export type { FunctionDescription, ModuleDependency };

let readExports: (
  module: Module,
  handle: Handle,
) => readonly FunctionDescription[];

/**
 * A module: functions and types, and what they need of other modules. Immutable; its state is in the contexts that it is part of, any number
 * of them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { BuiltinModule, Instance, type Module } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using vmvx = BuiltinModule.create(instance, "vmvx");
 * const module: Module = vmvx;
 * assertEquals(module.dependencies, []);
 * ```
 */
export abstract class Module extends NativeObject {
  #description: ModuleDescription | undefined;
  #exports: readonly FunctionDescription[] | undefined;
  #imports: readonly FunctionDescription[] | undefined;

  get #described(): ModuleDescription {
    return this.#description ??= describeModule(handleOf(this));
  }

  /** Name that other modules import it by. */
  get name(): string {
    return this.#described.name;
  }

  /** Version of the module, which dependents may ask a minimum of. */
  get version(): number {
    return this.#described.version;
  }

  /** Attributes of the module by name. */
  get attributes(): Readonly<Record<string, string>> {
    return this.#described.attributes;
  }

  /** The modules that it needs, in the order it names them. */
  get dependencies(): readonly ModuleDependency[] {
    return this.#described.dependencies;
  }

  /** The functions that it offers, `__init` and its like included. */
  get exports(): readonly FunctionDescription[] {
    return this.#exports ?? exportsOf(this, handleOf(this));
  }

  /** The functions that it needs, by their full names. */
  get imports(): readonly FunctionDescription[] {
    return this.#imports ??= Array.from(
      { length: this.#described.importCount },
      (_, ordinal) => describeFunction(handleOf(this), "import", ordinal),
    );
  }

  static {
    readExports = (module, handle) =>
      module.#exports ??= Array.from(
        { length: module.#described.exportCount },
        (_, ordinal) => describeFunction(handle, "export", ordinal),
      );
  }

  /**
   * What is printed of the object.
   *
   * @internal
   */
  protected override describe(): Facts {
    return {
      name: () => this.name,
      version: () => this.version,
      exports: () => this.exports.map(({ name }) => name),
    };
  }
}

/**
 * Functions that a module offers, for a context that holds its handle: also
 * when the module itself was disposed after it was described.
 *
 * @param module The module.
 * @param handle Its handle.
 */
export function exportsOf(
  module: Module,
  handle: Handle,
): readonly FunctionDescription[] {
  return readExports(module, handle);
}
