import { bytesOfAny } from "../../ffi/base/typed_array.ts";
import { isRevoked, mustBe } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import type { ValueDescription } from "../signature/value_description.ts";
import {
  declaredElementType,
  type ElementTypeInfo,
} from "../tensor/element_type.ts";
import { arrayFor, encodeTensor } from "../tensor/encode_tensor.ts";
import { ndArray } from "../tensor/nd_array.ts";
import type { Shape } from "../tensor/shape.ts";
import type { NdArray, TensorData } from "../tensor/tensor_data.ts";

/** Tensors by name. */
export type Tensors = Readonly<Record<string, NdArray>>;

/** An input whose first dimension can be joined. */
interface JoinableInput {
  readonly name: string;
  readonly info: ElementTypeInfo;
  /** The declared dimensions, without the first one. */
  readonly rest: Shape;
}

/** A request's inputs, ready to be joined. */
export interface Rows {
  /** How many rows it has. */
  readonly count: number;
  /** Requests with the same key can be joined. */
  readonly key: string;
  /** The contents in the order of the inputs. */
  readonly parts: readonly Part[];
}

interface Part {
  readonly bytes: Uint8Array<ArrayBufferLike>;
  /** Dimensions without the first one. */
  readonly rest: readonly number[];
}

/** Joins requests along the first dimension of every tensor, and splits results. */
export class RowJoiner {
  readonly #functionName: string;
  readonly #inputs: readonly JoinableInput[];
  /** The declared number of rows; `null` if any is accepted. */
  readonly rows: number | null;

  /**
   * Rejects functions whose tensors have no first dimension in common.
   *
   * @param functionName The function's name, for messages.
   * @param inputs Its inputs.
   * @param outputs Its outputs.
   */
  constructor(
    functionName: string,
    inputs: readonly ValueDescription[],
    outputs: readonly ValueDescription[],
  ) {
    this.#functionName = functionName;
    if (inputs.length === 0) throw this.#unsuitable("it has no inputs");
    this.#inputs = inputs.map((it) => this.#joinable("input", it));
    const rows = new Set(
      [...inputs, ...outputs].map(({ shape }) => shape?.[0] ?? null),
    );
    for (const it of outputs) this.#joinable("output", it);
    if (rows.size !== 1) {
      throw this.#unsuitable(
        "the first dimensions of its inputs and outputs differ: " +
          [...rows].map((it) => it ?? "?").join(", "),
      );
    }
    [this.rows] = rows as Set<number | null> & [number | null];
  }

  /** Checks and encodes a request's inputs. */
  read(inputs: Readonly<Record<string, TensorData>>): Rows {
    const known = this.#inputs.map(({ name }) => name);
    if (typeof inputs !== "object" || inputs === null || isRevoked(inputs)) {
      throw mustBe("inputs", "an object", inputs);
    }
    for (const name of Object.keys(inputs)) {
      if (known.includes(name)) continue;
      throw invalid(
        `'${this.#functionName}' has no input '${name}'; it has ` +
          known.map((it) => `'${it}'`).join(", "),
      );
    }
    const parts: Part[] = [];
    let count: number | undefined;
    let key = "";
    for (const { name, info, rest } of this.#inputs) {
      const refuse = (problem: string) => invalid(`input '${name}' ${problem}`);
      if (!Object.hasOwn(inputs, name)) throw refuse("is missing");
      const { bytes, dims, info: given } = encodeTensor(inputs[name]!, {
        info,
        shape: [null, ...rest],
        refuse,
      });
      const [rows = 0, ...own] = dims;
      count ??= rows;
      if (rows !== count) {
        throw refuse(
          `must have ${count} rows, as '${known[0]}' has, got ${rows}`,
        );
      }
      parts.push({ bytes: bytesOfAny(bytes, name), rest: own });
      key += `${given.name}:${own};`;
    }
    if (count === undefined || count < 1) {
      throw invalid(`input '${known[0]}' must have at least 1 row, got 0`);
    }
    return { count, key, parts };
  }

  /**
   * Joins requests with the same key.
   *
   * @param requests The requests.
   * @param size Rows of the result; the last row is repeated up to it.
   */
  join(requests: readonly Rows[], size: number): Tensors {
    const joined: Record<string, NdArray> = Object.create(null);
    for (const [at, { name, info }] of this.#inputs.entries()) {
      const { rest } = requests[0]!.parts[at]!;
      const shape = [size, ...rest];
      const rowLength = lengthOf(info, rest);
      const data = arrayFor(info, size * rowLength);
      const target = new Uint8Array(data.buffer);
      let end = 0;
      for (const { parts } of requests) {
        const { bytes } = parts[at]!;
        target.set(bytes, end);
        end += bytes.length;
      }
      for (; end < target.length; end += rowLength) {
        target.copyWithin(end, end - rowLength, end);
      }
      joined[name] = ndArray(info.name, shape, data);
    }
    return joined;
  }

  /**
   * Splits the results of a joined call; each has memory of its own.
   *
   * @param outputs The results.
   * @param counts Rows of each request.
   * @param size Rows of the call.
   */
  split(
    outputs: Tensors,
    counts: readonly number[],
    size: number,
  ): Record<string, NdArray>[] {
    const results = counts.map(() => ({} as Record<string, NdArray>));
    for (
      const [name, { elementType, shape, data }] of Object.entries(outputs)
    ) {
      const [rows, ...rest] = shape;
      if (rows !== size) {
        throw new IreeError(
          "FAILED_PRECONDITION",
          `output '${name}' of '${this.#functionName}' must have ${size} rows, ` +
            `as its inputs have, got ${rows ?? "a scalar"}`,
          { hint: "the function's rows cannot be joined; run it in a Pool" },
        );
      }
      let start = 0;
      for (const [at, count] of counts.entries()) {
        const end = start + count * data.length / size;
        const part = data.slice(start, end);
        results[at]![name] = ndArray(elementType, [count, ...rest], part);
        start = end;
      }
    }
    return results;
  }

  #joinable(
    what: "input" | "output",
    { name, elementType, shape }: ValueDescription,
  ): JoinableInput {
    const info = elementType === undefined
      ? undefined
      : declaredElementType(elementType);
    const [, ...rest] = shape ?? [];
    if (info === undefined || shape === undefined || shape.length === 0) {
      throw this.#unsuitable(`${what} '${name}' has no first dimension`);
    }
    if (info.bitCount < 8) {
      throw this.#unsuitable(
        `rows of ${what} '${name}' are not whole bytes: ${info.name}`,
      );
    }
    return { name, info, rest };
  }

  #unsuitable(reason: string): IreeError {
    return new IreeError(
      "INVALID_ARGUMENT",
      `requests of '${this.#functionName}' cannot be joined: ${reason}`,
      {
        hint:
          "batching needs tensors that all have the same first dimension, " +
          "such as tensor<?x4xf32>",
      },
    );
  }
}

function lengthOf(info: ElementTypeInfo, rest: readonly number[]): number {
  return rest.reduce((length, dim) => length * dim, info.bitCount / 8);
}

function invalid(problem: string): IreeError {
  return new IreeError("INVALID_ARGUMENT", problem);
}
