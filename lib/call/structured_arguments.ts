import { byteLengthOf, typedArrayName } from "../../ffi/base/typed_array.ts";
import { createBufferView, type Placement } from "../../ffi/buffer_view.ts";
import { createList } from "../../ffi/list.ts";
import { isArray, isRevoked } from "../base/checks.ts";
import { describeValue } from "../base/message_values.ts";
import type { IreeError, StatusCode } from "../base/error.ts";
import { handleOf, isNativeObject } from "../base/native_object.ts";
import { BufferView } from "../hal/buffer_view.ts";
import type {
  AbiArgument,
  AbiTensor,
  AbiType,
} from "../signature/abi_signature.ts";
import {
  CALL_HINT,
  type Place,
  structureError,
} from "../signature/structure_error.ts";
import { SCALARS } from "../tensor/scalar.ts";
import { List } from "../vm/list.ts";
import { wrongArgumentCount } from "./argument_count.ts";
import type { Value } from "../vm/value.ts";
import type { Argument } from "./argument.ts";
import { TensorArgument } from "./tensor_argument.ts";

/** A value in a structure. */
interface Child {
  readonly key: string | number;
  readonly type: AbiType;
  readonly value: unknown;
}

/** Turns structures into the VM's values, for one call. */
export class ArgumentPacker {
  readonly #functionName: string;
  readonly #memory: Placement;
  readonly #scratch: DisposableStack;

  /**
   * @param functionName The called function.
   * @param memory The device or instance for tensors.
   * @param scratch Disposes the created objects after the call.
   */
  constructor(
    functionName: string,
    memory: Placement,
    scratch: DisposableStack,
  ) {
    this.#functionName = functionName;
    this.#memory = memory;
    this.#scratch = scratch;
  }

  /**
   * Creates all arguments of the call. Named ones are in an object that comes last.
   *
   * @param wanted The function's declared arguments.
   * @param given The caller's arguments.
   * @returns The values, in the VM's order.
   */
  packAll(
    wanted: readonly AbiArgument[],
    given: readonly Argument[],
  ): Value[] {
    const names = wanted.flatMap(({ name }) => name ?? []);
    const count = wanted.length - names.length;
    if (given.length !== count + (names.length > 0 ? 1 : 0)) {
      throw this.#wrongCount(count, names, given.length);
    }
    const last: Place = { key: `argument ${count}` };
    const named = names.length === 0
      ? {}
      : this.#recordOf(new Set(names), given[count], last);
    let position = 0;
    return wanted.map(({ name, type }) => {
      if (name !== undefined) {
        return this.#pack(type, named[name], { parent: last, key: name });
      }
      const place = { key: `argument ${position}` };
      return this.#pack(type, given[position++], place);
    });
  }

  #pack(type: AbiType, value: unknown, place: Place): Value {
    switch (type.kind) {
      case "any":
        return value as Value;
      case "scalar":
        return this.#packScalar(type.type, value, place);
      case "tensor":
        return this.#packTensor(type, value, place);
      case "dictionary": {
        const record = this.#recordOf(type.entries, value, place);
        const children = Array.from(type.entries, ([key, type]) => {
          return { key, type, value: record[key] };
        });
        return this.#packList(children, place);
      }
      case "tuple": {
        const { items } = type;
        const values = this.#arrayOf(items.length, value, place);
        const children = items.map((type, key) => {
          return { key, type, value: values[key] };
        });
        return this.#packList(children, place);
      }
      case "list": {
        const values = this.#arrayOf(undefined, value, place);
        return this.#packList(childrenOf(type.item, values), place);
      }
    }
  }

  #packScalar(type: string, value: unknown, place: Place): Value {
    if (type === "f16" || type === "bf16") {
      throw this.#error(
        place,
        `is a scalar of type ${type}, which cannot be passed here`,
        "UNIMPLEMENTED",
      );
    }
    const { range, fits } = SCALARS[type as keyof typeof SCALARS];
    if (fits(value)) return value as number | bigint;
    throw this.#wrongType(place, `${type} (${range})`, value);
  }

  #packTensor(type: AbiTensor, value: unknown, place: Place): Value {
    const parameter = new TensorArgument(
      { ...type, name: "", attributes: {} },
      (problem) => this.#error(place, `input ${problem}`),
    );
    if (isNativeObject(value) && value instanceof BufferView) {
      parameter.check(handleOf(value));
      return value;
    }
    if (!parameter.takesData(value)) {
      throw this.#wrongType(place, parameter.description, value);
    }
    const tensor = parameter.encode(value);
    return this.#scratch.use(
      new BufferView(
        createBufferView(this.#memory, tensor),
        tensor.code,
        byteLengthOf(tensor.bytes),
      ),
    );
  }

  #packList(children: Iterable<Child>, place: Place): List {
    const { instance } = this.#memory;
    const list = this.#scratch.use(
      new List(createList(instance, undefined, 0)),
    );
    for (const { key, type, value } of children) {
      const packed = this.#pack(type, value, { parent: place, key });
      const scalar = type.kind === "scalar" ? type.type : undefined;
      list.push(packed ?? null, scalar as keyof typeof SCALARS);
    }
    return list;
  }

  #recordOf(
    keys: { has(key: string): boolean; keys(): Iterable<string> },
    value: unknown,
    place: Place,
  ): Readonly<Record<string, unknown>> {
    const wanted = `an object with ${listKeys(keys.keys())}`;
    if (
      typeof value !== "object" || value === null || isRevoked(value) ||
      isArray(value) || isNativeObject(value) ||
      typedArrayName(value) !== undefined
    ) throw this.#wrongType(place, wanted, value);
    for (const key of keys.keys()) {
      if (Object.hasOwn(value, key)) continue;
      throw this.#error(place, `must be ${wanted}, got one without '${key}'`);
    }
    for (const key of Object.keys(value)) {
      if (keys.has(key)) continue;
      throw this.#error(place, `must be ${wanted}, got an extra '${key}'`);
    }
    return value as Readonly<Record<string, unknown>>;
  }

  #arrayOf(
    length: number | undefined,
    value: unknown,
    place: Place,
  ): readonly unknown[] {
    const wanted = length === undefined
      ? "an array"
      : `an array of ${length} value${length === 1 ? "" : "s"}`;
    if (!isArray(value)) throw this.#wrongType(place, wanted, value);
    if (length === undefined || value.length === length) return value;
    throw this.#error(place, `must be ${wanted}, got ${value.length}`);
  }

  #wrongType(place: Place, wanted: string, value: unknown): IreeError {
    return this.#error(
      place,
      `must be ${wanted}, got ${describeValue(value)}`,
    );
  }

  #error(place: Place, problem: string, code?: StatusCode): IreeError {
    return structureError(
      code ?? "INVALID_ARGUMENT",
      this.#functionName,
      place,
      problem,
    );
  }

  #wrongCount(
    count: number,
    names: readonly string[],
    given: number,
  ): IreeError {
    const object = names.length === 0
      ? ""
      : ` and an object with ${listKeys(names)}`;
    return wrongArgumentCount(
      this.#functionName,
      `${count} arguments${object}`,
      given,
      CALL_HINT,
    );
  }
}

/** Listing more names would hide the problem. */
const MAX_KEYS = 20;

function listKeys(keys: Iterable<string>): string {
  const all = Array.from(keys, (key) => `'${key}'`);
  if (all.length === 0) return "no keys";
  const more = all.length - MAX_KEYS;
  const listed = all.slice(0, MAX_KEYS).join(", ");
  return more > 0 ? `${listed} and ${more} more` : listed;
}

/** Children of an array of any length, each read when its turn comes. */
function* childrenOf(
  type: AbiType,
  values: readonly unknown[],
): Generator<Child> {
  for (let key = 0; key < values.length; key++) {
    yield { key, type, value: values[key] };
  }
}
