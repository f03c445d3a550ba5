/**
 * Loads, links and calls compiled programs (`.vmfb`) and native modules from
 * TypeScript, over IREE's runtime.
 *
 * The package does not contain the native library. Its command line installs the
 * one for your platform into your cache:
 *
 * ```sh
 * deno add jsr:@iree/runtime
 * deno run -A jsr:@iree/runtime/cli setup
 * deno run -A jsr:@iree/runtime/cli doctor
 * ```
 *
 * `doctor` checks the installation and prints the flags that Deno needs:
 * `--allow-ffi=<library>`, permissions to find the library, and `--allow-read`
 * for program files. With `load({ library })` the first is enough. Compile
 * programs with `iree-compile` from `pip install iree-base-compiler==3.13.0`.
 *
 * The guides are in `docs/`; start with `docs/getting-started.md`.
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
 * @example Values are checked, never narrowed
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
export * from "./lib/host/mod.ts";
export * from "./lib/parameters/mod.ts";
export * from "./lib/program/mod.ts";
export * from "./lib/signature/mod.ts";
export * from "./lib/tensor/mod.ts";
export * from "./lib/vm/mod.ts";
