import { bytesOfAny } from "../../ffi/base/typed_array.ts";
import { isRevoked, mustBe } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import type { ValueDescription } from "../signature/value_description.ts";
import {
  declaredElementType,
  type ElementTypeInfo,
  type TypedArray,
} from "../tensor/element_type.ts";
import { encodeTensor } from "../tensor/encode_tensor.ts";
import type { Shape } from "../tensor/shape.ts";
import type { NdArray, TensorData } from "../tensor/tensor_data.ts";
import { TensorParts } from "../tensor/tensor_parts.ts";
import type { RawTensor } from "./data_type.ts";

/** Tensors by name. */
export type Tensors = Readonly<Record<string, NdArray>>;

/** An input whose first dimension can be joined. */
interface JoinableInput {
  readonly name: string;
  readonly info: ElementTypeInfo;
  /** The declared dimensions, without the first one. */
  readonly rest: Shape;
  /** The same, if all are declared: every request has them. */
  readonly fixed: readonly number[] | undefined;
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
    return this.#rowsOf(({ name, info, rest }) => {
      const refuse = (problem: string) => invalid(`input '${name}' ${problem}`);
      if (!Object.hasOwn(inputs, name)) throw refuse("is missing");
      const { bytes, dims } = encodeTensor(inputs[name]!, {
        info,
        shape: [null, ...rest],
        refuse,
      });
      return { bytes: bytesOfAny(bytes, name), shape: [...dims] };
    });
  }

  /** The same for inputs whose types and shapes were checked. */
  readRaw(inputs: Readonly<Record<string, RawTensor>>): Rows {
    return this.#rowsOf(({ name }) => inputs[name]!);
  }

  #rowsOf(
    contentsOf: (input: JoinableInput) => Pick<RawTensor, "bytes" | "shape">,
  ): Rows {
    const parts: Part[] = [];
    let count: number | undefined;
    let key = "";
    for (const input of this.#inputs) {
      const { bytes, shape } = contentsOf(input);
      const [rows = 0] = shape;
      const rest = input.fixed ?? shape.slice(1);
      count ??= rows;
      if (rows !== count) {
        throw invalid(
          `input '${input.name}' must have ${count} rows, as ` +
            `'${this.#inputs[0]!.name}' has, got ${rows}`,
        );
      }
      parts.push({ bytes, rest });
      if (input.fixed === undefined) key += `${rest};`;
    }
    if (count !== undefined && count >= 1) return { count, key, parts };
    throw invalid(
      `input '${this.#inputs[0]!.name}' must have at least 1 row, got 0`,
    );
  }

  /**
   * Joins requests with the same key. Nothing is copied yet.
   *
   * @param requests The requests.
   * @param rows Their rows.
   * @param size Rows of the result; the last row is repeated up to it.
   */
  join(
    requests: readonly Rows[],
    rows: number,
    size: number,
  ): Readonly<Record<string, TensorParts>> {
    const joined: Record<string, TensorParts> = Object.create(null);
    for (const [at, { name, info }] of this.#inputs.entries()) {
      const { rest } = requests[0]!.parts[at]!;
      const contents = requests.map(({ parts }) => parts[at]!.bytes);
      if (size > rows) {
        const last = contents.at(-1)!;
        const row = last.subarray(last.length - lengthOf(info, rest));
        for (let more = rows; more < size; more++) contents.push(row);
      }
      joined[name] = new TensorParts(info, [size, ...rest], contents);
    }
    return joined;
  }

  /**
   * Splits the results of a joined call, without copying them.
   *
   * @param outputs The results.
   * @param counts Rows of each request.
   * @param size Rows of the call.
   */
  split(
    outputs: Tensors,
    counts: readonly number[],
    size: number,
  ): Tensors[] {
    const results = counts.map((): Record<string, NdArray> =>
      Object.create(null)
    );
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
        results[at]![name] = {
          elementType,
          shape: [count, ...rest],
          data: data.subarray(start, end) as TypedArray,
        };
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
    const isFixed = rest.every((dim) => dim !== null);
    return { name, info, rest, fixed: isFixed ? rest : undefined };
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
