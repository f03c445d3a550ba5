/**
 * A latch at which native calls wait until a test opens it. A call thus takes
 * exactly as long as the test wants.
 *
 * @module
 */

import {
  load,
  type LoadedProgram,
  type Program,
  type VmFunction,
} from "../mod.ts";
import { nativeModule } from "./support.ts";
import { waitUntil } from "./waiting.ts";

const LATCH_MODULE = await nativeModule("fixtures/latch_module.cc");

interface LatchFunctions {
  open(): void;
  close(): void;
  waiting(): number;
}

/**
 * Blocks calls, on any thread, until the test opens it. The process has one: a
 * new `Latch` closes it, disposing opens it.
 */
export class Latch implements Disposable {
  /** Path of the module, to load before a program. */
  static readonly module: string = LATCH_MODULE;

  readonly #program: Program<LatchFunctions> = load<LatchFunctions>({
    modules: [Latch.module],
  });

  constructor() {
    this.#program.close();
  }

  /** Functions such as `wait`, in a program that has the module. */
  static function(
    program: LoadedProgram,
    name: "wait" | "wait_with" = "wait",
  ): VmFunction {
    return program.context.lookupFunction(`latch.${name}`);
  }

  /** Waits until this many calls wait at the latch. */
  async isReached(calls = 1): Promise<void> {
    await waitUntil(
      () => this.#program.waiting() >= calls,
      `${calls} calls wait at the latch`,
    );
  }

  /** Lets the calls return. */
  open(): void {
    this.#program.open();
  }

  /** Opens it. */
  [Symbol.dispose](): void {
    this.open();
    this.#program.dispose();
  }
}
