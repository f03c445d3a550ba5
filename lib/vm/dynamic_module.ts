import type { NativePath } from "../../ffi/base/native_path.ts";
import { typedArrayName } from "../../ffi/base/typed_array.ts";
import { createDynamicModule } from "../../ffi/module.ts";
import {
  copyIterable,
  isArray,
  isIterable,
  isRevoked,
  isUrl,
  mustBe,
} from "../base/checks.ts";
import type { Facts } from "../base/printing.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf } from "../base/native_object.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import {
  loadablePath,
  mayRead,
  parseFileUrl,
  toPath,
} from "../base/permissions.ts";
import {
  likelyCreationFunctions,
  readLibraryFile,
} from "../files/library_file.ts";
import { Module } from "./module.ts";

/**
 * Parameters of a module's creation function: a record, a map, or pairs. Use
 * pairs to repeat a key, or for an order that a record cannot keep.
 */
export type ModuleParameters =
  | Readonly<Record<string, string>>
  | Iterable<readonly [string, string]>;

/** Options for creating a dynamic module. */
export interface DynamicModuleOptions {
  /**
   * Name of the creation function in the library.
   *
   * @default {"iree_vm_dynamic_module_create"}
   */
  exportName?: string | undefined;
  /** Parameters of the creation function. */
  parameters?: ModuleParameters | undefined;
}

/** Default name of the creation function. */
export const DEFAULT_EXPORT_NAME = "iree_vm_dynamic_module_create";

/**
 * A native module from a shared library.
 *
 * The library's code runs with all permissions of the process. It stays loaded
 * until the process ends, because objects of its types may need its code. Load
 * a new build from another file name.
 *
 * @example
 * ```ts ignore
 * import { DynamicModule, Instance } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using custom = DynamicModule.load(instance, "./module.so", {
 *   exportName: "create_custom_module",
 *   parameters: { prefix: "> " },
 * });
 * console.log(custom.name, custom.exports.map(({ name }) => name));
 * ```
 */
export class DynamicModule extends Module {
  /** Absolute path of the library. */
  readonly path: string;
  /** Name of the function that created it. */
  readonly exportName: string;

  private constructor(
    instance: Instance,
    path: NativePath,
    exportName: string,
    parameters: readonly (readonly [string, string])[],
  ) {
    super(
      createDynamicModule(handleOf(instance), path, exportName, parameters),
    );
    this.path = path;
    this.exportName = exportName;
  }

  /**
   * Loads a library and creates a module with one of its functions. Needs
   * `--allow-ffi` for it; with `--allow-read` errors are more detailed.
   *
   * @param instance The instance; the module registers its types with it.
   * @param path Path or `file:` URL of the library.
   * @param options Creation function and its parameters.
   * @returns The module; throws NOT_FOUND if the library cannot be loaded or
   * has no such function, or the function's own failure.
   */
  static load(
    instance: Instance,
    path: string | URL,
    options?: DynamicModuleOptions,
  ): DynamicModule {
    checkQuery(path);
    const file = loadablePath(toPath(path));
    const read = readOptions(options, OPTIONS);
    const exportName = read.exportName || DEFAULT_EXPORT_NAME;
    const parameters = toPairs(read.parameters ?? []);
    try {
      return new DynamicModule(instance, file, exportName, parameters);
    } catch (error) {
      const hint = error instanceof IreeError && explain(error, file);
      throw hint ? error.withHint(hint) : error;
    }
  }

  /**
   * Describes the object for printing.
   *
   * @internal
   */
  protected override describe(): Facts {
    return {
      ...super.describe(),
      path: () => this.path,
    };
  }
}

const OPTIONS: OptionNames<DynamicModuleOptions> = {
  exportName: true,
  parameters: true,
};

function toPairs(parameters: ModuleParameters): (readonly [string, string])[] {
  const isNumbers = typedArrayName(parameters) !== undefined;
  if (!isNumbers && isIterable(parameters)) {
    return copyIterable("parameters", parameters, checkPair);
  }
  const isRecord = typeof parameters === "object" && parameters !== null &&
    !isNumbers && !isRevoked(parameters);
  if (isRecord) return Object.entries(parameters);
  throw mustBe("parameters", "a record, a map or a list of pairs", parameters);
}

// A string would be split into its characters.
function checkPair(pair: readonly [string, string], index: number): void {
  if (isArray(pair) && pair.length === 2) return;
  throw mustBe(`parameter ${index}`, "a pair of key and value", pair);
}

/** Format of this system's libraries. */
const FORMAT = { windows: "pe", darwin: "mach-o" }[Deno.build.os as string] ??
  "elf";

function explain(error: IreeError, path: string): string | undefined {
  if (error.code !== "NOT_FOUND" || !mayRead(path)) return undefined;
  let bytes;
  try {
    if (!Deno.statSync(path).isFile) return undefined;
    bytes = Deno.readFileSync(path);
  } catch (cause) {
    return cause instanceof Deno.errors.NotFound
      ? `file '${path}' does not exist`
      : undefined;
  }
  const library = readLibraryFile(bytes);
  if (library.format === "unknown") {
    return `'${path}' is not a native library`;
  }
  if (library.format !== FORMAT) {
    return `'${path}' is a library in the ${library.format} format; this ` +
      `system's are ${FORMAT}`;
  }
  if (library.arch !== undefined && library.arch !== Deno.build.arch) {
    return `'${path}' is a library for ${library.arch}; this process runs on ` +
      Deno.build.arch;
  }
  if (!/^symbol '.*' not found/.test(error.detail)) return undefined;
  if (library.exports === undefined) return undefined;
  const names = likelyCreationFunctions(library.exports);
  return names.length > 0
    ? `functions that the library exports: ${names.join(", ")}`
    : "the library exports no functions";
}

// `load` parses them as the creation function and its parameters.
function checkQuery(path: string | URL): void {
  const url = typeof path === "string" ? parseFileUrl(path) : path;
  if (!isUrl(url) || url.search + url.hash === "") return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `the URL of a library must have no query and no fragment, got '${url}'`,
    { hint: "pass exportName and parameters as options, or the URL to load" },
  );
}
