import { createParametersModule } from "../../ffi/parameter.ts";
import { copyArray, toBoolean } from "../base/checks.ts";
import type { Facts } from "../base/printing.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf } from "../base/native_object.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { Module } from "../vm/module.ts";
import { unreadable, type UnreadableParameter } from "./entry.ts";
import { describeKeys } from "./options.ts";
import { isParameterIndex, type ParameterIndex } from "./parameter_index.ts";
import {
  checkReader,
  isParameterReader,
  type ParameterReader,
  readerTarget,
} from "./parameter_reader.ts";

/** Parameters under the scope name that programs use. */
export interface ParameterProvider {
  /** Scope name; empty for parameters that programs use without a scope. */
  readonly scope: string;
  /** The parameters. */
  readonly index: ParameterIndex;
  /**
   * Whether programs can load the beginning of a longer parameter. Such a
   * program was usually compiled for other weights. Loading other parts of a
   * parameter is always allowed.
   *
   * @default {false}
   */
  readonly partial?: boolean | undefined;
}

const PROVIDER: OptionNames<ParameterProvider> = {
  scope: true,
  index: true,
  partial: true,
};

let fileOf: (module: ParametersModule) => string | undefined;

/**
 * The module `io_parameters`, which provides parameters to programs.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Instance, ParameterIndex, ParametersModule } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using index = ParameterIndex.create(instance);
 * index.addData("bias", new Float32Array([1, 2, 3, 4]));
 * using module = ParametersModule.create(instance, [{ scope: "model", index }]);
 * assertEquals(module.scopes.get("model"), ["bias"]);
 * ```
 */
export class ParametersModule extends Module {
  /** The provided keys, by scope; none where a function reads them. */
  readonly scopes: ReadonlyMap<string, readonly string[]>;
  /** The first file that it reads from, for messages. */
  readonly #file: string | undefined;
  readonly #unreadable: readonly UnreadableParameter[];

  private constructor(
    instance: Instance,
    providers: readonly ParameterProvider[],
    readers: readonly ParameterReader[],
  ) {
    const scopes = new Map(
      copyArray("providers", providers, checkProvider).map((
        { scope, index, partial = false },
      ) => [scope, { index: handleOf(index), partial }]),
    );
    const targets = new Map(
      readers.map((it) => [it.scope, readerTarget(it)]),
    );
    super(createParametersModule(handleOf(instance), scopes, targets));
    const entries = providers.flatMap(({ index }) => index.entries);
    this.#unreadable = entries.filter((it) => it.storage === "unreadable");
    this.scopes = new Map([
      ...providers.map(({ scope, index }): [string, string[]] => [
        scope,
        index.entries.filter(({ storage }) => storage !== "unreadable")
          .map(({ key }) => key),
      ]),
      ...readers.map(({ scope }): [string, string[]] => [scope, []]),
    ]);
    this.#file = providers.flatMap(({ index }) => index.entries)
      .map((entry) => entry.storage === "file" ? entry.path : undefined)
      .find((path) => path !== undefined);
  }

  static {
    fileOf = (module) => module.#file;
  }

  /**
   * Finds an unreadable parameter named in an error.
   *
   * @param detail IREE's description of the failure.
   * @returns Why it cannot be read.
   * @internal
   */
  findUnreadable(detail: string): string | undefined {
    const entry = this.#unreadable.find(({ key }) =>
      detail.includes(`\`${key}\``) || detail.includes(`'${key}'`)
    );
    return entry === undefined ? undefined : unreadable(entry).detail;
  }

  /**
   * Creates the module.
   *
   * @param instance The instance.
   * @param providers Indices or functions with their scopes, each scope once.
   * The module provides the indices' current entries; you can dispose them
   * afterwards.
   */
  static create(
    instance: Instance,
    providers: readonly (ParameterProvider | ParameterReader)[],
  ): ParametersModule {
    const scopes = new Set<string>();
    const given = copyArray("providers", providers, checkEither).map(
      checkEither,
    );
    for (const provider of given) {
      if (scopes.has(provider.scope)) {
        throw new IreeError(
          "INVALID_ARGUMENT",
          `two providers of scope '${provider.scope}'`,
          { hint: "put the parameters of a scope into one index" },
        );
      }
      scopes.add(provider.scope);
    }
    return new ParametersModule(
      instance,
      given.filter((it): it is ParameterProvider => !isParameterReader(it)),
      given.filter(isParameterReader),
    );
  }

  /**
   * Describes the object for printing.
   *
   * @internal
   */
  protected override describe(): Facts {
    return {
      ...super.describe(),
      scopes: () => this.scopes.keys().toArray(),
    };
  }
}

function checkEither(
  given: ParameterProvider | ParameterReader,
): ParameterProvider | ParameterReader {
  return isParameterReader(given) ? checkReader(given) : checkProvider(given);
}

/**
 * Checks and copies a provider.
 *
 * @param provider The expected provider.
 * @returns The copy; throws INVALID_ARGUMENT if it is not a provider.
 */
export function checkProvider(provider: ParameterProvider): ParameterProvider {
  const read = readOptions(provider, PROVIDER, "a provider");
  const { scope, index, partial = false } = read;
  if (typeof scope === "string" && isParameterIndex(index)) {
    toBoolean("partial", partial);
    return { scope, index, partial };
  }
  throw new IreeError(
    "INVALID_ARGUMENT",
    "a provider must be { scope, index }, a string and a ParameterIndex",
  );
}

/**
 * Lists available parameters if one was not found.
 *
 * @param detail IREE's description of the failure.
 * @param modules The linked modules.
 * @returns The hint; `undefined` for other failures.
 */
export function parameterHint(
  detail: string,
  modules: readonly Module[],
): string | undefined {
  if (detail.includes("of the program's parameter")) {
    return "the program was compiled for another shape or type, or other " +
      "weights; a provider with partial: true lets it take the beginning";
  }
  const module = modules.find((it) => it instanceof ParametersModule);
  const isScope = detail.includes("no provider registered that handles scopes");
  if (!isScope && !detail.includes("no parameter found in index")) {
    return undefined;
  }
  const reason = module?.findUnreadable(detail);
  if (reason !== undefined) return reason;
  const [, wanted = ""] = /scopes like '([^']*)'/.exec(detail) ?? [];
  if (module === undefined || module.scopes.size === 0) {
    return `no parameters were given; ${scopeAdvice(wanted, "FILE")}`;
  }
  const { scopes } = module;
  if (isScope) {
    const names = scopes.keys().map((name) => `'${name}'`).toArray();
    return `available scopes: ${names.join(", ")}; ` +
      scopeAdvice(wanted, fileOf(module) ?? "FILE");
  }
  return scopes.entries()
    .map(([name, keys]) => `scope '${name}': ${describeKeys(keys)}`)
    .toArray().join("\n");
}

/** How to pass a file as the parameters of a scope. */
function scopeAdvice(scope: string, file: string): string {
  const text = scope === "" ? file : `${scope}=${file}`;
  return `write --parameters=${text}, or "${text}" in the option parameters`;
}
