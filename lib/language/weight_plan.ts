import { IreeError } from "../base/error.ts";
import { blockedShape } from "./blocks.ts";
import { joinedRoles, typeOfRole, type WeightType } from "./configuration.ts";
import { encodedLength, ENCODING_NAMES } from "./dequantize.ts";
import { scaleKey } from "./emit_program.ts";
import { ELEMENT_BYTES } from "./quantize.ts";
import type { ModelSource, SourceTensor } from "./model_source.ts";
import { TILE_ROWS, tiledShape } from "./tiles.ts";

/** Programs read their parameters at addresses that this divides. */
const ALIGNMENT = 64;

/** Raised when converted weights differ from those of the last version. */
const VERSION = 2;

/** Encodings whose elements programs can use as they are. */
const SAME: Readonly<Record<WeightType, string | undefined>> = {
  f32: "F32",
  f16: "F16",
  bf16: "BF16",
  int8: undefined,
  int4: undefined,
};

/** A parameter that is used in place. */
export interface MappedWeight {
  /** Key of the parameter. */
  readonly key: string;
  /** The tensor with its contents. */
  readonly tensor: SourceTensor;
}

/** A parameter that is converted. */
export interface ConvertedWeight {
  /** Key of the parameter. */
  readonly key: string;
  /** The tensors with its contents, one after another. */
  readonly tensors: readonly SourceTensor[];
  /** Its element type. */
  readonly type: WeightType;
  /** Its length in bytes. */
  readonly byteLength: number;
  /** The scales of its rows, for integers. */
  readonly scales: {
    /** Key of their parameter. */
    readonly key: string;
    /** Its length in bytes. */
    readonly byteLength: number;
  } | undefined;
}

/** Where the parameters of a model come from. */
export interface WeightPlan {
  /** Those that are used in place. */
  readonly mapped: readonly MappedWeight[];
  /** Those that are converted. */
  readonly converted: readonly ConvertedWeight[];
  /** Returns a name for the converted weights that depends on all of them. */
  id(): Promise<string>;
}

/**
 * Plans where the parameters of a model come from.
 *
 * @param source The model.
 * @param matrixType The element type of matrices.
 * @returns The plan; throws UNIMPLEMENTED for encodings that cannot be read.
 */
export function planWeights(
  source: ModelSource,
  matrixType: WeightType,
): WeightPlan {
  const mapped: MappedWeight[] = [];
  const converted: ConvertedWeight[] = [];
  for (const [key, tensor] of source.tensors) {
    const type = typeOfRole(key, matrixType);
    if (isUsable(tensor, type)) {
      mapped.push({ key, tensor });
      continue;
    }
    checkEncoding(tensor);
    if (type === "int8" || type === "int4") {
      const tensors = joinedRoles(key).map((role) => source.tensors.get(role)!);
      const weight = type === "int8" ? integerWeight : blockWeight;
      if (tensors.length > 0) converted.push(weight(key, tensors));
      continue;
    }
    const byteLength = sizeOf(tensor) * ELEMENT_BYTES[type];
    const tensors = [tensor];
    converted.push({ key, tensors, type, byteLength, scales: undefined });
  }
  return { mapped, converted, id: () => idOf(converted) };
}

function integerWeight(
  key: string,
  tensors: readonly SourceTensor[],
): ConvertedWeight {
  let tiles = 0;
  let byteLength = 0;
  for (const { shape } of tensors) {
    const [rows, pairs, ...tile] = tiledShape(shape);
    tiles += rows;
    byteLength += productOf([rows, pairs, ...tile]);
  }
  const scales = { key: scaleKey(key), byteLength: tiles * TILE_ROWS * 4 };
  return { key, tensors, type: "int8", byteLength, scales };
}

function blockWeight(
  key: string,
  tensors: readonly SourceTensor[],
): ConvertedWeight {
  const sizes = tensors.map(({ shape }) => productOf(blockedShape(shape)));
  const byteLength = sizes.reduce((left, right) => left + right, 0);
  return { key, tensors, type: "int4", byteLength, scales: undefined };
}

/** Number of elements of a tensor. */
export function sizeOf({ shape }: SourceTensor): number {
  return productOf(shape);
}

function productOf(shape: readonly number[]): number {
  return shape.reduce((left, right) => left * right, 1);
}

function isUsable(tensor: SourceTensor, type: WeightType): boolean {
  return tensor.encoding === SAME[type] && tensor.offset % ALIGNMENT === 0 &&
    tensor.interleavedHeads === undefined;
}

function checkEncoding(tensor: SourceTensor): void {
  const { name, path, encoding, byteLength, shape } = tensor;
  const columns = shape.at(-1) ?? 1;
  const row = encodedLength(encoding, columns);
  if (row !== undefined && row * (sizeOf(tensor) / columns) === byteLength) {
    return;
  }
  throw new IreeError(
    "UNIMPLEMENTED",
    `'${path}': tensor '${name}' has elements of type ${encoding}, which ` +
      "cannot be converted",
    { hint: `supported types: ${ENCODING_NAMES.join(", ")}` },
  );
}

async function idOf(converted: readonly ConvertedWeight[]): Promise<string> {
  const files = [
    ...new Set(
      converted.flatMap(({ tensors }) => tensors.map(({ path }) => path)),
    ),
  ];
  const states = files.map((path) => {
    const { size, mtime } = Deno.statSync(path);
    return [Deno.realPathSync(path), size, mtime?.getTime()];
  });
  const text = JSON.stringify([VERSION, states, converted]);
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  return new Uint8Array(digest).toHex().slice(0, 32);
}
