import type { ElementTypeInfo } from "../tensor/element_type.ts";
import type { ModelInput } from "./data_type.ts";
import { badRequest } from "./http_errors.ts";
import type { ModelInputs } from "./model_runner.ts";
import type { ServedModel } from "./served_model.ts";
import { bytesFromBinary, checkBinary } from "./tensor_binary.ts";
import { bytesFromJson, bytesOf, numbersFromJson } from "./tensor_json.ts";

/** How the elements of one tensor are decoded. */
export interface TensorDecoding {
  /**
   * Decodes numbers to their bytes.
   *
   * @param what The tensor's name, for messages.
   * @param info The element type.
   * @param shape The shape.
   */
  numbers(
    what: string,
    info: ElementTypeInfo,
    shape: readonly number[],
  ): Uint8Array<ArrayBuffer>;
  /** Decodes elements of BYTES. */
  bytes(what: string, shape: readonly number[]): Uint8Array[];
}

/** Decodes elements of JSON. */
export function jsonDecoding(data: readonly unknown[]): TensorDecoding {
  return {
    numbers: (what, info, shape) =>
      bytesOf(numbersFromJson(what, info, shape, data)),
    bytes: (what, shape) => bytesFromJson(what, shape, data),
  };
}

/** Decodes binary data. */
export function binaryDecoding(
  data: Uint8Array<ArrayBuffer>,
): TensorDecoding {
  return {
    numbers: (what, info, shape) => {
      checkBinary(what, info, shape, data);
      return data;
    },
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
  readonly #inputs: Record<string, ModelInput> = Object.create(null);

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
    const bytes = decoding.numbers(what, info, shape);
    const elementType = this.#model.declaredType(name, info);
    this.#inputs[name] = { elementType, shape, bytes };
  }

  /** Returns the inputs; rejects requests without one of them. */
  finish(): ModelInputs {
    this.#model.checkComplete(this.#given);
    return this.#inputs;
  }
}
