import { describeValue } from "../base/message_values.ts";
import type { IreeError } from "../base/error.ts";
import { NativeObject } from "../base/native_object.ts";
import { BufferView } from "../hal/buffer_view.ts";
import {
  type AbiDictionary,
  type AbiList,
  type AbiScalarType,
  type AbiTuple,
  type AbiType,
  resultStructure,
  sizeOfStructure,
} from "../signature/abi_signature.ts";
import { type Place, structureError } from "../signature/structure_error.ts";
import { List } from "../vm/list.ts";
import type { Value } from "../vm/value.ts";
import type { CallResult, Structure } from "./argument.ts";

/**
 * Turns the VM's results into structures. Disposes their lists, and everything
 * if a value does not match its declaration.
 *
 * @param functionName The function that returned them.
 * @param types The declared types.
 * @param values The results.
 * @returns Undefined, the only result, or all results.
 */
export function unpackResults(
  functionName: string,
  types: readonly AbiType[],
  values: readonly Value[],
): CallResult {
  using unpacker = new ResultUnpacker(functionName);
  unpacker.own(values);
  const structure = resultStructure(types);
  const inlined = structure === types[0];
  const results = inlined
    ? unpacker.unpackItems(structure, values, { key: "result 0" })
    : types.map((type, ordinal) =>
      unpacker.unpack(type, values[ordinal] ?? null, {
        key: `result ${ordinal}`,
      })
    );
  unpacker.keep();
  return inlined || types.length > 1
    ? results
    : (results as Structure<Value>[])[0];
}

/** Owns all objects until every type is checked. */
class ResultUnpacker {
  readonly #functionName: string;
  readonly #owned = new DisposableStack();

  constructor(functionName: string) {
    this.#functionName = functionName;
  }

  own(values: readonly Value[]): void {
    for (const value of values) {
      if (value instanceof NativeObject) this.#owned.use(value);
    }
  }

  /** Hands the objects over to the caller. */
  keep(): void {
    this.#owned.move();
  }

  [Symbol.dispose](): void {
    this.#owned.dispose();
  }

  unpack(type: AbiType, value: Value, place: Place): Structure<Value> {
    switch (type.kind) {
      case "any":
        return value;
      case "scalar":
        return toScalar(type.type, value) ??
          this.#refuse(place, type.type, value);
      case "tensor":
        return value instanceof BufferView
          ? value
          : this.#refuse(place, "a tensor", value);
      default: {
        if (!(value instanceof List)) this.#refuse(place, "a list", value);
        const values = value.toArray();
        this.own(values);
        const result = this.unpackItems(type, values, place);
        value.dispose();
        return result;
      }
    }
  }

  unpackItems(
    type: AbiTuple | AbiDictionary | AbiList,
    values: readonly Value[],
    parent: Place,
  ): Structure<Value> {
    if (type.kind === "list") {
      return values.map((value, key) =>
        this.unpack(type.item, value, { parent, key })
      );
    }
    const size = sizeOfStructure(type);
    if (values.length !== size) {
      throw this.#error(
        parent,
        `must be a list of ${size}, got ${values.length}`,
      );
    }
    if (type.kind === "tuple") {
      return type.items.map((item, key) =>
        this.unpack(item, values[key] ?? null, { parent, key })
      );
    }
    return Object.fromEntries(
      Array.from(type.entries, ([key, item], index) => [
        key,
        this.unpack(item, values[index] ?? null, { parent, key }),
      ]),
    );
  }

  #refuse(place: Place, wanted: string, value: Value): never {
    throw this.#error(place, `must be ${wanted}, got ${describeValue(value)}`);
  }

  #error(place: Place, problem: string): IreeError {
    return structureError(
      "FAILED_PRECONDITION",
      this.#functionName,
      place,
      `${problem}, as the program declares`,
    );
  }
}

// A program may store a number as another type than it declares, as long as the
// number is the same.
function toScalar(
  type: AbiScalarType,
  value: Value,
): number | bigint | undefined {
  if (typeof value !== "number" && typeof value !== "bigint") return undefined;
  if (type.includes("f")) return typeof value === "number" ? value : undefined;
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    return undefined;
  }
  if (type === "i64") return BigInt(value);
  return Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
}
