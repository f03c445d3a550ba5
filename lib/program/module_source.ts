import { type Bytes, isBytes } from "../../ffi/base/typed_array.ts";
import { isRevoked, isUrl } from "../base/checks.ts";
import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { isPlain } from "../base/options.ts";
import { handleIn } from "../base/native_object.ts";
import { parseFileUrl, toPath } from "../base/permissions.ts";
import { step, type Steps } from "../base/steps.ts";
import { HostModuleDescription } from "../host/host_module.ts";
import {
  createModule,
  type ModuleMode,
  openModule,
} from "../vm/bytecode_module.ts";
import { DynamicModule } from "../vm/dynamic_module.ts";
import type { Module } from "../vm/module.ts";
import { type ModuleUri, resolveModuleUri } from "../vm/module_uri.ts";

/**
 * A module to load: the path or `file:` URL (also as text) of a `.vmfb`, or of
 * a native library as `library.so@export?key=value`; `-` for a `.vmfb` from
 * stdin; the bytes of a `.vmfb`, such as `await response.bytes()`; a loaded
 * module, which the caller still owns; or a module in TypeScript, from
 * `hostModule`.
 */
export type ModuleSource =
  | string
  | URL
  | Bytes
  | Module
  | HostModuleDescription;

/**
 * Whether a value is a module to load, rather than options.
 *
 * @param value The value.
 */
export function isModuleSource(value: unknown): value is ModuleSource {
  // Of options, the other checks are slow to know.
  if (isPlain(value)) return false;
  // `checkSource` rejects a body with a hint.
  return isSource(value) || isUnreadBody(value);
}

/**
 * Throws if a value is not a module to load.
 *
 * @param source The value.
 */
export function checkSource(source: ModuleSource): void {
  if (!isSource(source)) throw wrongSource(source);
}

function isSource(value: unknown): boolean {
  return typeof value === "string" || isUrl(value) ||
    handleIn(value) !== undefined || HostModuleDescription.is(value) ||
    isBytes(value);
}

/**
 * Opens a module.
 *
 * @param instance The instance.
 * @param source Where it comes from; of standard input, its bytes.
 * @param uri The file that it names.
 * @param mode Whether a program file is read or mapped.
 * @returns The module, which the caller must dispose.
 */
export function* loadModule(
  instance: Instance,
  source: Exclude<ModuleSource, Module>,
  uri: ModuleUri | undefined,
  mode?: ModuleMode,
): Steps<Module> {
  if (uri?.kind === "dynamic") {
    return DynamicModule.load(instance, uri.path, {
      exportName: uri.exportName,
      parameters: uri.parameters,
    });
  }
  if (uri !== undefined) {
    return yield* step(openModule(instance, uri.path, { mode }));
  }
  if (HostModuleDescription.is(source)) return source.create(instance);
  return yield* step(createModule(instance, source as Bytes));
}

/** A module to load, and the file that it names. */
export interface FoundModule {
  /** The module. */
  readonly source: ModuleSource;
  /** The file; `undefined` for bytes, objects and stdin. */
  readonly uri: ModuleUri | undefined;
}

/**
 * Finds the file of a module.
 *
 * @param source The module.
 */
export function findModule(source: ModuleSource): FoundModule {
  const isPath = typeof source === "string" || isUrl(source);
  if (!isPath || source === "-") return { source, uri: undefined };
  return { source, uri: resolveSource(source) };
}

/**
 * Finds what a path or URL names.
 *
 * A library's URL has its parameters in the query or fragment; those of a
 * program's, such as `?v=1`, do not name another file.
 *
 * @param source The path or URL.
 */
function resolveSource(source: string | URL): ModuleUri {
  const url = typeof source === "string" ? parseFileUrl(source) : source;
  if (url === undefined) return resolveModuleUri(source as string);
  const path = toPath(url);
  if (resolveModuleUri(path).kind !== "dynamic") {
    return { kind: "bytecode", path };
  }
  try {
    return resolveModuleUri(path + decodeURIComponent(url.search + url.hash));
  } catch (cause) {
    if (cause instanceof IreeError) throw cause;
    throw new IreeError(
      "INVALID_ARGUMENT",
      `'${source}' has an invalid percent-encoding`,
      { cause },
    );
  }
}

function wrongSource(source: unknown): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `a module must be a path, a file: URL, bytes or a module, got ${
      describeValue(source)
    }`,
    isUnreadBody(source) ? { hint: "pass `await it.bytes()`" } : undefined,
  );
}

/** Whether a value's bytes can only be read later. */
function isUnreadBody(value: unknown): value is never {
  return !isRevoked(value) &&
    (value instanceof Response || value instanceof Blob);
}
