/**
 * Wide channels: a flag of this package, not of IREE. With channels last, IREE's
 * vectors run over a convolution's output channels, so that one with fewer
 * channels than a vector has numbers fills a part of it. With the flag, such a
 * convolution of an ONNX model computes neighbouring pixels as channels: its
 * filters are repeated, each copy one pixel further and with zeros around it. A
 * value that is not finite then makes more results NaN.
 *
 * @module
 */

/** The flag. */
export const WIDE_CHANNELS = "--iree-deno-wide-channels";

/** How many channels one becomes. */
const CHANNELS = 8;

/** The least length of a filter; with shorter ones, zeros are most of the work. */
const LEAST_LENGTH = 3;

const TENSOR = String.raw`!torch\.vtensor<\[([\d,]+)\],f32>`;

/** The version of ONNX's operators; IREE has no Slice of earlier ones than 13. */
const OPSET = /torch\.onnx_meta\.opset_version = (\d+) : si64/;
const LEAST_OPSET = 13;

/** A convolution, as the importer writes it. */
const CONVOLUTION = new RegExp(
  String
    .raw`(%\w+) = torch\.operator "onnx\.Conv"\((%\w+), (%\w+)(?:, (%\w+))?\) ` +
    String
      .raw`\{([^}]*)\} : \(${TENSOR}, ${TENSOR}(?:, ${TENSOR})?\) -> ${TENSOR}`,
  "g",
);

type Shape = readonly [number, number, number, number];

/**
 * Computes neighbouring pixels as channels where a convolution has few.
 *
 * @param source MLIR of an ONNX model. Other sources have no such operations.
 * @returns The MLIR, whose lines keep their numbers.
 */
export function widenChannels(
  source: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const mlir = new TextDecoder().decode(source);
  if (!(Number(OPSET.exec(mlir)?.[1]) >= LEAST_OPSET)) return source;
  const wide = mlir.replace(CONVOLUTION, (all, ...found) => {
    const [result, input, filters, bias, attributes] = found as string[];
    const [from, weights, , to] = found.slice(5, 9).map((it) => shapeOf(it));
    if (!from || !weights || !to) return all;
    return widen(
      { result: result!, input: input!, filters: filters!, bias },
      { from, weights, to },
      attributes!,
    ) ?? all;
  });
  return wide === mlir ? source : new TextEncoder().encode(wide);
}

/** Names of a convolution's values. */
interface Values {
  readonly result: string;
  readonly input: string;
  readonly filters: string;
  readonly bias: string | undefined;
}

/** Shapes of a convolution's input, filters and result. */
interface Shapes {
  readonly from: Shape;
  readonly weights: Shape;
  readonly to: Shape;
}

function widen(
  values: Values,
  { from, weights, to }: Shapes,
  attributes: string,
): string | undefined {
  const strides = numbersOf(attributes, "strides") ?? [1, 1];
  const pads = numbersOf(attributes, "pads") ?? [0, 0, 0, 0];
  const isPlain = from[0] === 1 && from[1] === weights[1] &&
    (numbersOf(attributes, "dilations") ?? []).every((it) => it === 1) &&
    !/auto_pad = "SAME/.test(attributes);
  const outputs = to[1];
  const isNarrow = outputs <= CHANNELS && CHANNELS % outputs === 0;
  const axis = [2, 3].filter((it) => strides[it - 2] === 1)
    .sort((a, b) => weights[b]! - weights[a]!)[0];
  if (!isPlain || !isNarrow || axis === undefined) return undefined;
  const length = weights[axis]!;
  const copies = Math.max(CHANNELS / outputs, 2);
  if (length < LEAST_LENGTH || to[axis]! < 4 * copies) return undefined;

  const { result, input, filters, bias } = values;
  const emit = new Emitter(result);
  const groups = Math.ceil(to[axis]! / copies);
  const shifted = withSize(weights, axis, length + copies - 1);
  const parts = Array.from({ length: copies }, (_, at) => {
    const around = [0, 0, 0, 0, 0, 0, 0, 0];
    [around[axis], around[axis + 4]] = [at, copies - 1 - at];
    return emit.line(
      "Pad",
      [[filters, weights], emit.integers(around)],
      shifted,
      'torch.onnx.mode = "constant"',
    );
  });
  const first = "torch.onnx.axis = 0 : si64";
  const channels = outputs * copies;
  const wide = emit.line(
    "Concat",
    parts,
    withSize(shifted, 0, channels),
    first,
  );
  const biases: Value[] = bias === undefined ? [] : [emit.line(
    "Concat",
    Array.from({ length: copies }, (): Value => [bias, [outputs]]),
    [channels],
    first,
  )];
  const padded = pads.with(
    axis,
    groups * copies + length - 1 - from[axis]! - pads[axis - 2]!,
  );
  const each = withSize(to, axis, groups);
  const sums = emit.line(
    "Conv",
    [[input, from], wide, ...biases],
    withSize(each, 1, channels),
    listed("kernel_shape", shifted.slice(2)),
    listed("pads", padded),
    listed("strides", strides.with(axis - 2, copies)),
  );
  const split = [copies, ...each.slice(1)];
  const order = axis === 2 ? [1, 2, 0, 3] : [1, 2, 3, 0];
  const turned = emit.line(
    "Transpose",
    [emit.reshaped(sums, split)],
    order.map((it) => split[it]!),
    listed("perm", order),
  );
  const joined = withSize(to, axis, groups * copies);
  const whole = emit.reshaped(turned, joined);
  const ranges = [0, to[axis]!, axis].map((it) => emit.integers([it]));
  return emit.last("Slice", [whole, ...ranges], to);
}

/** A value's name and shape. */
type Value = readonly [name: string, shape: readonly number[], type?: string];

/** Writes operations of ONNX, all on one line. */
class Emitter {
  readonly #result: string;
  readonly #written: string[] = [];

  constructor(result: string) {
    this.#result = result;
  }

  line(
    operator: string,
    inputs: readonly Value[],
    shape: readonly number[],
    ...attributes: readonly string[]
  ): Value {
    const name = this.#name();
    this.#write(name, operator, inputs, [name, shape], attributes);
    return [name, shape];
  }

  integers(values: readonly number[]): Value {
    const name = this.#name();
    const made: Value = [name, [values.length], "si64"];
    const value = `dense<[${values}]> : tensor<${values.length}xsi64>`;
    this.#write(name, "Constant", [], made, [`torch.onnx.value = ${value}`]);
    return made;
  }

  reshaped(value: Value, shape: readonly number[]): Value {
    return this.line("Reshape", [value, this.integers(shape)], shape);
  }

  /** Writes the operation that has the convolution's name. */
  last(
    operator: string,
    inputs: readonly Value[],
    shape: readonly number[],
  ): string {
    this.#write(this.#result, operator, inputs, [this.#result, shape], []);
    return this.#written.join(" ");
  }

  /** A name of its own; one that begins with a digit may have no letters. */
  #name(): string {
    return `%wide_${this.#result.slice(1)}_${this.#written.length}`;
  }

  #write(
    name: string,
    operator: string,
    inputs: readonly Value[],
    made: Value,
    attributes: readonly string[],
  ): void {
    const operands = inputs.map(([name]) => name).join(", ");
    const types = inputs.map(typeOf).join(", ");
    const given = attributes.length > 0 ? ` {${attributes.join(", ")}}` : "";
    this.#written.push(
      `${name} = torch.operator "onnx.${operator}"(${operands})${given} : ` +
        `(${types}) -> ${typeOf(made)}`,
    );
  }
}

function typeOf([, shape, type = "f32"]: Value): string {
  return `!torch.vtensor<[${shape}],${type}>`;
}

function listed(name: string, values: readonly number[]): string {
  return `torch.onnx.${name} = [${
    values.map((it) => `${it} : si64`).join(", ")
  }]`;
}

function numbersOf(attributes: string, name: string): number[] | undefined {
  const found = new RegExp(String.raw`\.${name} = \[([^\]]*)\]`)
    .exec(attributes);
  return found?.[1]?.split(",").map((it) => parseInt(it));
}

function shapeOf(sizes: string | undefined): Shape | undefined {
  const shape = (sizes ?? "").split(",").map(Number);
  return shape.length === 4
    ? [shape[0]!, shape[1]!, shape[2]!, shape[3]!]
    : undefined;
}

function withSize(
  shape: readonly number[],
  axis: number,
  size: number,
): number[] {
  return shape.map((it, at) => at === axis ? size : it);
}
