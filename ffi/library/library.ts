/**
 * The shared library: it is found, checked and opened, and its functions are
 * bound one by one.
 *
 * @module
 */

import { IreeError } from "../base/error.ts";
import { RecordReader } from "../base/record.ts";
import { readBytes } from "../base/text.ts";
import { enterIsolate } from "./isolate.ts";
import { PACKAGE_VERSION } from "./package.ts";
import { findLibrary, installationHint, pathOfLibrary } from "./search.ts";
import { symbols } from "./symbols.ts";

/** `IREE_FFI_ABI_VERSION` of the header that `symbols.ts` was written for. */
const ABI_VERSION = 6;

type Bound = Deno.DynamicLibrary<typeof symbols>["symbols"];

/** What Deno takes for a buffer, which its types do not say of shared memory. */
type AnyMemory<Given> = BufferSource extends Given
  ? Given | ArrayBufferView<ArrayBufferLike> | ArrayBufferLike
  : Given;

type TakesAnyMemory<Function> = Function extends
  (...given: infer Given extends readonly unknown[]) => infer Result
  ? (...given: { [Index in keyof Given]: AnyMemory<Given[Index]> }) => Result
  : never;

/** The functions of the library. */
export type Native = {
  readonly [Name in keyof Bound]: TakesAnyMemory<Bound[Name]>;
};

/**
 * The library's functions; set by {@linkcode openLibrary}. Each is bound when it
 * is used for the first time: Deno compiles a way to call it, which takes a tenth
 * of a millisecond, and a program uses a fifth of them.
 */
export let native: Native;

let openedPath: string | undefined;

/**
 * Opens the library, once an isolate: a second call does nothing, unless it
 * names another library, which is refused.
 *
 * @param path Path of the library; looked for when left out, as `search.ts`
 * says.
 */
export function openLibrary(path?: string | URL): void {
  if (openedPath !== undefined && path === undefined) return;
  const wanted = pathOfLibrary(findLibrary(path));
  if (openedPath !== undefined) {
    if (wanted === openedPath) return;
    throw new IreeError(
      "FAILED_PRECONDITION",
      `the runtime library is open already from '${openedPath}'; it cannot ` +
        `be '${wanted}' in the same isolate`,
    );
  }
  const functions = bindWhenUsed(wanted);
  checkStamp(wanted, functions);
  native = functions;
  openedPath = wanted;
  // What an isolate was given outlives it where its thread goes on, as with
  // `deno test`. It is released when the isolate ends, or by the next one on the
  // thread, as after an uncaught error of `deno run --watch`.
  native.iree_ffi_isolate_enter(enterIsolate(endUse));
}

let isEnded = false;

/** Returns whether the program was unloaded. */
export function hasEnded(): boolean {
  return isEnded;
}

/** Releases what the isolate was given, and makes later uses throw. */
function endUse(): void {
  isEnded = true;
  const ended = native;
  native = functionsAfterEnd(ended);
  ended.iree_ffi_isolate_enter(0n);
}

/** Statistics can still be read, and a release has nothing left to do. */
function functionsAfterEnd(ended: Native): Native {
  const functions: Partial<Native> = {
    iree_ffi_release: () => {},
    iree_ffi_import_take_released: () => 0,
    get iree_ffi_statistics() {
      return ended.iree_ffi_statistics;
    },
  };
  return new Proxy(functions as Native, {
    get: (target, name) => {
      if (Object.hasOwn(target, name)) return Reflect.get(target, name);
      throw new IreeError(
        "FAILED_PRECONDITION",
        "the program was unloaded, which released all of its native objects",
        { hint: "use native objects until listeners of `unload` return" },
      );
    },
  });
}

/**
 * Binds the functions that were not used yet. To Deno's sanitizer of tests each
 * bound function is a resource.
 */
export function bindAll(): void {
  for (const name of Object.keys(symbols) as (keyof Native)[]) native[name];
}

/**
 * Path of the library that is open.
 *
 * @returns The path, or `undefined` before the first use of the runtime.
 */
export function libraryPath(): string | undefined {
  return openedPath;
}

/** Functions of the library at a path that are opened when they are asked for. */
function bindWhenUsed(path: string): Native {
  const functions = {} as Native;
  for (const name of Object.keys(symbols) as (keyof Native)[]) {
    Object.defineProperty(functions, name, {
      configurable: true,
      get: () => {
        const value = bind(path, name);
        Object.defineProperty(functions, name, { value });
        return value;
      },
    });
  }
  return functions;
}

// The system knows an open library by its path and does not look at the file
// again: all functions are of the same one, whatever lies there by then.
function bind(path: string, name: keyof Native): unknown {
  try {
    return Deno.dlopen(path, { [name]: symbols[name] }).symbols[name];
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new IreeError(
      "NOT_FOUND",
      `cannot open the IREE runtime library '${path}': ${reason}`,
      { hint: glibcHint(reason) ?? installationHint(), cause: error },
    );
  }
}

// A library runs only where glibc is at least as new as where it was built.
function glibcHint(reason: string): string | undefined {
  const version = /version [`']GLIBC_([\d.]+)' not found/.exec(reason)?.[1];
  return version === undefined
    ? undefined
    : `this system's glibc is older than the library needs (${version}); use ` +
      "a newer system, or build the library on this one with `./dev setup` in " +
      "a checkout";
}

/** The functions by which a library tells what it is. */
type Stamp = Pick<Native, "iree_ffi_abi_version" | "iree_ffi_version">;

function checkStamp(path: string, stamp: Stamp): void {
  const version = new RecordReader(
    readBytes((buffer, capacity) => stamp.iree_ffi_version(buffer, capacity)),
  ).string();
  const abi = stamp.iree_ffi_abi_version();
  if (version === PACKAGE_VERSION && abi === ABI_VERSION) return;
  throw new IreeError(
    "FAILED_PRECONDITION",
    `the IREE runtime library '${path}' has version ${version} and binary ` +
      `interface ${abi}; this package has version ${PACKAGE_VERSION} and ` +
      `needs binary interface ${ABI_VERSION}`,
    { hint: installationHint() },
  );
}
