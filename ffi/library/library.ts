/**
 * Finds, checks and opens the shared library, and binds its functions on first
 * use.
 *
 * @module
 */

import { IreeError } from "../base/error.ts";
import { RecordReader } from "../base/record.ts";
import { readBytes } from "../base/text.ts";
import { bindFunction, plain, type SymbolName } from "./binding.ts";
import { enterIsolate } from "./isolate.ts";
import { cannotOpen, wrongVersion } from "./load_error.ts";
import { PACKAGE_VERSION } from "./package.ts";
import { findLibrary, pathOfLibrary } from "./find_library.ts";
import { symbols } from "./symbols.ts";

/** `IREE_FFI_ABI_VERSION` of the header that `symbols.ts` matches. */
const ABI_VERSION = 16;

type Bound = Deno.DynamicLibrary<typeof symbols>["symbols"];

/** Deno accepts buffers over shared memory, but its types do not. */
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
 * The library's functions; set by {@linkcode openLibrary}. Each is bound on
 * first use, since binding takes time and a program uses a fifth of them.
 */
export let native: Native;

let openedPath: string | undefined;

/**
 * Opens the library once per isolate. A second call does nothing, but throws if
 * it names another library.
 *
 * @param path Path of the library; searched for as in `find_library.ts` if omitted.
 */
export function openLibrary(path?: string | URL): void {
  if (openedPath !== undefined && path === undefined) return;
  const wanted = pathOfLibrary(findLibrary(path));
  if (openedPath !== undefined) {
    if (wanted === openedPath) return;
    throw new IreeError(
      "FAILED_PRECONDITION",
      `the runtime library is already open from '${openedPath}'; cannot ` +
        `open '${wanted}' in the same isolate`,
    );
  }
  const functions = bindWhenUsed(wanted);
  checkStamp(wanted, functions);
  native = functions;
  openedPath = wanted;
  // An isolate's objects outlive it if its thread continues, as with `deno
  // test`. They are released when the isolate ends, or by the next isolate on
  // the thread, as after an uncaught error in `deno run --watch`.
  native.iree_ffi_isolate_enter(enterIsolate(endUse));
}

let isEnded = false;

/** Whether the program was unloaded. */
export function hasEnded(): boolean {
  return isEnded;
}

/** Releases the isolate's objects, and makes later uses throw. */
function endUse(): void {
  isEnded = true;
  const ended = native;
  native = functionsAfterEnd(ended);
  ended.iree_ffi_isolate_enter(0n);
}

/** Statistics stay readable, and releasing does nothing. */
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
 * Binds all remaining functions. Deno's test sanitizer counts each bound
 * function as a resource.
 */
export function bindAll(): void {
  for (const name of Object.keys(symbols) as (keyof Native)[]) native[name];
}

/**
 * Returns the path of the open library.
 *
 * @returns The path, or `undefined` before the first use of the runtime.
 */
export function libraryPath(): string | undefined {
  return openedPath;
}

/**
 * Functions of the library at a path. The prototype binds those that are not
 * bound yet: an object of accessors takes V8 longer to change than a function
 * takes to bind.
 */
function bindWhenUsed(path: string): Native {
  const unbound = new Proxy(
    plain({}),
    plain({
      get: (_: object, name: string | symbol) => {
        if (!isSymbolName(name)) return undefined;
        const value = bind(path, name);
        defineProperty(functions, name, plain({ value }));
        return value;
      },
    }),
  );
  const functions = { __proto__: unbound } as unknown as Native;
  return functions;
}

const { defineProperty, hasOwn } = Object;

function isSymbolName(name: string | symbol): name is SymbolName {
  return hasOwn(symbols, name);
}

function bind(path: string, name: SymbolName): unknown {
  try {
    return bindFunction(path, name);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw cannotOpen(path, error);
  }
}

/** The functions that return a library's version. */
type Stamp = Pick<Native, "iree_ffi_abi_version" | "iree_ffi_version">;

function checkStamp(path: string, stamp: Stamp): void {
  const version = new RecordReader(
    readBytes((buffer, capacity) => stamp.iree_ffi_version(buffer, capacity)),
  ).string();
  const abi = stamp.iree_ffi_abi_version();
  if (version === PACKAGE_VERSION && abi === ABI_VERSION) return;
  throw wrongVersion(path, { version, abi }, {
    version: PACKAGE_VERSION,
    abi: ABI_VERSION,
  });
}
