/**
 * Cases with mutated programs: each is loaded, described, linked and called.
 *
 * @module
 */

import {
  BytecodeModule,
  type CallResult,
  type Context,
  Device,
  DynamicModule,
  Instance,
  IreeError,
  List,
  load,
  type Module,
  NativeObject,
  type Value,
  VmBuffer,
  type VmFunction,
} from "../../mod.ts";
import type { Fixtures } from "./fixtures.ts";

/** The most functions to call of one program; a mutated table may have more. */
const MAX_CALLED = 40;

/** Announces the next step, so that a crash can be attributed to it. */
export type Announce = (step: string) => void;

/** Modules that mutated programs are linked with; made once for many cases. */
export class ProgramRunner implements Disposable {
  readonly #stack = new DisposableStack();
  readonly #instance = this.#stack.use(Instance.open());
  readonly #device = this.#stack.use(
    Device.create(this.#instance, "local-sync"),
  );
  readonly #modules: readonly Module[];
  readonly #announce: Announce;
  /** Whether the VM prints each operation. */
  traceExecution = false;

  constructor(fixtures: Fixtures, announce: Announce) {
    this.#announce = announce;
    this.#modules = fixtures.modules.map((path) =>
      this.#stack.use(DynamicModule.load(this.#instance, path))
    );
    // Fills caches that IREE keeps for the device's lifetime.
    for (const path of fixtures.programs) this.run(Deno.readFileSync(path));
  }

  /** Disposes everything. */
  [Symbol.dispose](): void {
    this.#stack.dispose();
  }

  /** Runs a case; throws the error that it ends with, if any. */
  run(bytes: Uint8Array<ArrayBuffer>): void {
    this.#announce("load");
    using module = BytecodeModule.fromBytes(this.#instance, bytes);
    this.#announce("describe");
    describe(module);
    this.#announce("link");
    using program = load({
      modules: [...this.#modules, module],
      device: this.#device,
      traceExecution: this.traceExecution,
    });
    for (const { name } of module.exports.slice(0, MAX_CALLED)) {
      tolerate(() => this.#callTwice(program.context, name, module));
    }
  }

  #callTwice(context: Context, name: string, module: Module): void {
    this.#announce(`prepare ${name}`);
    using found = context.lookupFunction(name, module);
    for (const turn of [0, 1]) {
      this.#announce(`call ${name}`);
      tolerate(() => this.#call(found, turn));
    }
  }

  #call(found: VmFunction, turn: number): void {
    using list = List.from(this.#instance, [turn, 2n, null]);
    using buffer = VmBuffer.from(this.#instance, new Uint8Array(32));
    const objects = [list, buffer, null];
    const values = found.argumentTypes.map((type, ordinal): Value => {
      if (type === "ref") return objects[(ordinal + turn) % 3];
      return type === "i64" ? BigInt(3 * turn + ordinal) : 3 * turn + ordinal;
    });
    look(found.call(...values));
  }
}

/** Reads every property of a module. */
function describe(module: Module): void {
  tolerate(() => [module.name, module.version, module.attributes]);
  tolerate(() => module.dependencies);
  tolerate(() => module.imports);
  tolerate(() => module.exports);
}

/** Reads the contents of results and disposes them. */
function look(result: CallResult): void {
  const values = Array.isArray(result) ? result : [result];
  using stack = new DisposableStack();
  for (const value of values) {
    if (value instanceof NativeObject) stack.use(value);
  }
  for (const value of values) {
    if (value instanceof List) {
      for (const inner of value) {
        if (inner instanceof NativeObject) stack.use(inner);
      }
      tolerate(() => value.format());
    } else if (value instanceof VmBuffer) {
      value.toBytes();
    } else if (value instanceof NativeObject && "format" in value) {
      tolerate(() => (value as unknown as { format(): string }).format());
    }
  }
}

/** Continues after expected errors. */
function tolerate(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof IreeError)) throw error;
  }
}
