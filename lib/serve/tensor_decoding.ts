import type { ElementTypeInfo, TypedArray } from "../tensor/element_type.ts";
import type { ModelValue } from "./data_type.ts";
import { badRequest } from "./http_errors.ts";
import type { ServedModel } from "./served_model.ts";
import { bytesFromBinary, numbersFromBinary } from "./tensor_binary.ts";
import { bytesFromJson, numbersFromJson } from "./tensor_json.ts";

/** How the elements of one tensor are decoded. */
export interface TensorDecoding {
  /**
   * Decodes numbers.
   *
   * @param what The tensor's name, for messages.
   * @param info The element type.
   * @param shape The shape.
   */
  numbers(
    what: string,
    info: ElementTypeInfo,
    shape: readonly number[],
  ): TypedArray;
  /** Decodes elements of BYTES. */
  bytes(what: string, shape: readonly number[]): Uint8Array[];
}

/** Decodes elements of JSON. */
export function jsonDecoding(data: readonly unknown[]): TensorDecoding {
  return {
    numbers: (what, info, shape) => numbersFromJson(what, info, shape, data),
    bytes: (what, shape) => bytesFromJson(what, shape, data),
  };
}

/** Decodes binary data. */
export function binaryDecoding(
  data: Uint8Array<ArrayBuffer>,
): TensorDecoding {
  return {
    numbers: (what, info, shape) => numbersFromBinary(what, info, shape, data),
    bytes: (what, shape) => bytesFromBinary(what, shape, data),
  };
}

/** An input of a request, without its elements. */
export interface TensorHead {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

/** Collects the inputs of a request for a model. */
export class InputReader {
  readonly #model: ServedModel;
  readonly #given = new Set<string>();
  readonly #inputs: Record<string, ModelValue> = Object.create(null);

  constructor(model: ServedModel) {
    this.#model = model;
  }

  /** Rejects a second input with the same name. */
  claim(name: string): void {
    if (this.#given.has(name)) {
      throw badRequest(`input '${name}' must be given once, got twice`);
    }
    this.#given.add(name);
  }

  /** Reads an input. */
  read({ name, datatype, shape }: TensorHead, decoding: TensorDecoding): void {
    const info = this.#model.checkInput(name, datatype, shape);
    const what = `input '${name}'`;
    if (info === "bytes") {
      const data = decoding.bytes(what, shape);
      this.#inputs[name] = { elementType: "bytes", shape, data };
      return;
    }
    const numbers = decoding.numbers(what, info, shape);
    this.#inputs[name] = {
      shape,
      ...this.#model.asDeclared(name, info, numbers),
    };
  }

  /** Returns the inputs; rejects requests without one of them. */
  finish(): Readonly<Record<string, ModelValue>> {
    this.#model.checkComplete(this.#given);
    return this.#inputs;
  }
}
