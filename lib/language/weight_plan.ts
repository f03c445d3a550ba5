import { IreeError } from "../base/error.ts";
import { kindOf, MATRICES, type WeightType } from "./configuration.ts";
import { encodedLength, ENCODING_NAMES } from "./dequantize.ts";
import { scaleKey } from "./emit_program.ts";
import { ELEMENT_BYTES } from "./quantize.ts";
import type { ModelSource, SourceTensor } from "./model_source.ts";

/** Programs read their parameters at addresses that this divides. */
const ALIGNMENT = 64;

/** Raised when converted weights differ from those of the last version. */
const VERSION = 1;

/** Encodings whose elements programs can use as they are. */
const SAME: Readonly<Record<WeightType, string | undefined>> = {
  f32: "F32",
  f16: "F16",
  bf16: "BF16",
  int8: undefined,
};

/** A parameter that is used in place. */
export interface MappedWeight {
  /** Key of the parameter. */
  readonly key: string;
  /** The tensor with its contents. */
  readonly tensor: SourceTensor;
}

/** A parameter that is converted. */
export interface ConvertedWeight extends MappedWeight {
  /** Its element type. */
  readonly type: WeightType;
  /** Its length in bytes. */
  readonly byteLength: number;
  /** Key of the scales of its rows, for integers. */
  readonly scales: string | undefined;
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
    const isMatrix = MATRICES.has(kindOf(key));
    const type = isMatrix ? matrixType : "f32";
    if (isUsable(tensor, type)) {
      mapped.push({ key, tensor });
      continue;
    }
    checkEncoding(tensor);
    const byteLength = sizeOf(tensor) * ELEMENT_BYTES[type];
    const scales = type === "int8" ? scaleKey(key) : undefined;
    converted.push({ key, tensor, type, byteLength, scales });
  }
  return { mapped, converted, id: () => idOf(converted) };
}

/** Number of elements of a tensor. */
export function sizeOf({ shape }: SourceTensor): number {
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
  const files = [...new Set(converted.map(({ tensor }) => tensor.path))];
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
