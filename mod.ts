/**
 * IREE's runtime for Deno: compiled programs (`.vmfb`) and native modules
 * loaded, linked and called from TypeScript.
 *
 * The package has no native library in it. Its command line installs the one
 * for the platform into the cache of the user:
 *
 * ```sh
 * deno add jsr:@iree/runtime
 * deno run -A jsr:@iree/runtime/cli setup
 * deno run -A jsr:@iree/runtime/cli doctor
 * ```
 *
 * The last line tells whether programs can run, and under which flags of Deno:
 * `--allow-ffi=<the library>`, what it takes to find the library, and
 * `--allow-read` for files of programs. `load({ library })` needs the first of
 * them alone. Programs are compiled by `iree-compile`, of
 * `pip install iree-base-compiler==3.13.0`.
 *
 * `docs/` in the package has guides: `docs/getting-started.md` is the first.
 *
 * @example From arrays to arrays
 * ```ts ignore
 * import { load } from "@iree/runtime";
 *
 * using program = load({ modules: ["model.vmfb"] });
 * const forward = program.lookupFunction("forward");
 * const x = new Float32Array([1, 2, 3, 4]);
 * console.log(await forward.computeAsync(x)); // or compute(x), which blocks
 * ```
 *
 * @example Values, and what is not taken
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { Instance, IreeError, List } from "@iree/runtime";
 *
 * using instance = Instance.open();
 * using list = List.from(instance, [1, 2, 3], "i32");
 * assertEquals(list.elementType, "i32");
 * assertThrows(() => list.push(2 ** 40), IreeError);
 * ```
 *
 * @module
 */

export * from "./lib/base/mod.ts";
export * from "./lib/call/mod.ts";
export * from "./lib/hal/mod.ts";
export * from "./lib/parameters/mod.ts";
export * from "./lib/program/mod.ts";
export * from "./lib/signature/mod.ts";
export * from "./lib/tensor/mod.ts";
export * from "./lib/vm/mod.ts";
