import {
  describeFunction,
  describeModule,
  type FunctionDescription,
  type ModuleDependency,
  type ModuleDescription,
} from "../../ffi/module.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import type { Facts } from "../base/printing.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";

export type { FunctionDescription, ModuleDependency };

let readExports: (
  module: Module,
  handle: Handle,
) => readonly FunctionDescription[];

/**
 * A module: functions, types, and the imports they need from other modules.
 * Immutable and part of any number of contexts, which hold its state.
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

  /** Module version; dependents may require a minimum. */
  get version(): number {
    return this.#described.version;
  }

  /** Attributes of the module by name. */
  get attributes(): Readonly<Record<string, string>> {
    return this.#described.attributes;
  }

  /** The modules that it requires, in its order. */
  get dependencies(): readonly ModuleDependency[] {
    return this.#described.dependencies;
  }

  /** The functions that it exports, including `__init` and the like. */
  get exports(): readonly FunctionDescription[] {
    return this.#exports ?? exportsOf(this, handleOf(this));
  }

  /** The functions that it imports, by their full names. */
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
   * Describes the object for printing.
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
 * Returns a module's exports for a context that holds its handle, even if the
 * module was disposed after it was described.
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
