/**
 * Cases with call arguments and list elements that only a caller without a type
 * checker would pass.
 *
 * @module
 */

import {
  Instance,
  IreeError,
  List,
  load,
  type LoadedProgram,
  NativeObject,
  type ScalarType,
  type Value,
  VmBuffer,
} from "../../mod.ts";
import type { Fixtures } from "./fixtures.ts";
import { CallerError } from "./inputs.ts";
import type { Random } from "./random.ts";

/** Numbers at the limits of one type or another. */
const NUMBERS: readonly (number | bigint)[] = [
  0,
  -0,
  1,
  -1,
  0.5,
  127,
  128,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  -(2 ** 31) - 1,
  2 ** 53 - 1,
  2 ** 53,
  1e38,
  1e39,
  5e-324,
  NaN,
  Infinity,
  -Infinity,
  0n,
  1n,
  2n ** 63n - 1n,
  2n ** 63n,
  -(2n ** 63n),
  2n ** 100_000n,
];

const ELEMENT_TYPES: readonly unknown[] = [
  undefined,
  "i8",
  "i16",
  "i32",
  "i64",
  "f32",
  "f64",
  "toString",
  "",
  7,
];

/** Functions that accept results of other functions of `types`. */
const FUNCTIONS: readonly string[] = [
  "add_i32",
  "add_i64",
  "add_f32",
  "add_f64",
  "mixed",
  "reversed",
  "nothing",
  "echo_ref",
  "list_size",
  "sum_list",
  "buffer_length",
  "counter_create",
  "counter_add",
  "fail",
  "no such function",
];

/** Calls functions of a native module with a case's values. */
export class ArgumentRunner implements Disposable {
  readonly #stack = new DisposableStack();
  readonly #instance = this.#stack.use(Instance.open());
  readonly #program: LoadedProgram;

  constructor(fixtures: Fixtures) {
    this.#program = this.#stack.use(load({ modules: [fixtures.types] }));
    // A function that was looked up stays for the program's lifetime.
    for (const name of this.#program.functionNames) {
      this.#program.lookupFunction(name);
    }
  }

  /** Runs a case; throws the error that it ends with, if any. */
  run(random: Random): void {
    using made = new DisposableStack();
    if (random.once(3)) this.#runList(random, made);
    const name = random.pick(FUNCTIONS);
    const count = random.once(4)
      ? random.below(12)
      : this.#countOf(name) ?? random.below(4);
    const values = random.times(count, () => this.#value(random, made, 0));
    const result = this.#program.call(name, ...values as Value[]);
    for (const value of [result].flat()) {
      if (value instanceof NativeObject) made.use(value);
      if (value instanceof List) value.format();
    }
  }

  /** Disposes everything. */
  [Symbol.dispose](): void {
    this.#stack.dispose();
  }

  #countOf(name: string): number | undefined {
    return this.#program.functionNames.includes(name)
      ? this.#program.lookupFunction(name).argumentTypes.length
      : undefined;
  }

  /** Applies a few operations to a list. */
  #runList(random: Random, made: DisposableStack): void {
    const list = made.use(List.create(this.#instance, {
      elementType: random.pick(ELEMENT_TYPES) as ScalarType,
      capacity: random.pick([0, 1, 100, -1, 0.5, NaN, 2 ** 32]),
    }));
    for (let turn = random.below(6); turn > 0; turn--) {
      try {
        this.#touch(list, random, made);
      } catch (error) {
        if (!(error instanceof IreeError)) throw error;
      }
    }
  }

  #touch(list: List, random: Random, made: DisposableStack): void {
    const value = random.once(8) ? list : this.#value(random, made, 0) as Value;
    const ordinal = random.pick([0, 1, 2, 100, -1, 0.5, NaN, 2 ** 32 - 1]);
    const type = random.pick(ELEMENT_TYPES) as ScalarType;
    switch (random.below(6)) {
      case 0:
        return list.push(value, type);
      case 1:
        return list.set(ordinal, value, type);
      case 2: {
        const element = list.get(ordinal);
        if (element instanceof NativeObject) made.use(element);
        return;
      }
      case 3:
        return list.resize(random.pick([0, 1, 10, 10_000, -1, NaN]));
      case 4:
        list.format(random.pick(["list", "", "\0", "\ud800"]), ordinal);
        return;
      default:
        for (const element of list) {
          if (element instanceof NativeObject) made.use(element);
        }
    }
  }

  #value(random: Random, made: DisposableStack, depth: number): unknown {
    switch (random.below(depth > 2 ? 8 : 12)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
        return random.pick(NUMBERS);
      case 5:
        return null;
      case 6:
        return foreign(random);
      case 7:
        return made.use(
          VmBuffer.from(this.#instance, new Uint8Array(random.below(100))),
        );
      case 8:
        return this.#object(random, made);
      case 9:
        return this.#nested(random, made);
      default:
        return this.#list(random, made, depth);
    }
  }

  #object(random: Random, made: DisposableStack): unknown {
    const name = random.pick([
      "make_list",
      "make_buffer",
      "make_buffer_view",
      "make_null",
    ]);
    const object = random.once(4)
      ? this.#program.call("counter_create", 1)
      : this.#program.call(name);
    if (!(object instanceof NativeObject)) return object;
    made.use(object);
    if (random.once(6)) object.dispose();
    return random.once(8) ? this.#instance : object;
  }

  #list(random: Random, made: DisposableStack, depth: number): List {
    const count = random.once(30) ? 100_000 : random.below(6);
    const values = count > 6
      ? Array<number>(count).fill(1)
      : random.times(count, () => this.#value(random, made, depth + 1));
    const type = random.once(3) ? random.pick(ELEMENT_TYPES) : undefined;
    const list = made.use(
      List.from(this.#instance, values as Value[], type as ScalarType),
    );
    if (random.once(4)) list.push(random.once(2) ? list : 1);
    return list;
  }

  /** Nested lists, sometimes 10,000 deep. */
  #nested(random: Random, made: DisposableStack): List {
    const depth = random.pick([2, 10, 999, 1001, 10_000]);
    const doubled = random.once(3);
    let list = List.from(this.#instance, [1]);
    for (let level = 1; level < depth; level++) {
      using inner = list;
      list = List.from(this.#instance, doubled ? [inner, inner] : [inner]);
    }
    return made.use(list);
  }
}

/** Values that are not the VM's, or only look like it. */
function foreign(random: Random): unknown {
  return random.pick<() => unknown>([
    () => undefined,
    () => "7",
    () => true,
    () => Symbol("7"),
    () => [1, 2],
    () => ({ valueOf: () => 7 }),
    () => Object.create(null),
    () => Object.create(List.prototype),
    () => Object.create(VmBuffer.prototype),
    () => new Uint8Array(4),
    () => new Date(0),
    () => () => 7,
    () => new Number(7),
    () =>
      new Proxy({}, {
        getPrototypeOf: () => {
          throw new CallerError("from a proxy");
        },
      }),
    () => ({
      get constructor(): never {
        throw new CallerError("from a getter");
      },
    }),
  ])();
}
