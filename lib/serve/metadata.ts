import { PACKAGE_VERSION } from "../../ffi/library/package.ts";
import { dataTypeOf, type ModelTensor } from "./data_type.ts";
import type { ServedModel } from "./served_model.ts";

/** The server's description. */
export interface ServerMetadata {
  readonly name: string;
  readonly version: string;
  readonly extensions: readonly string[];
}

/** An input's or output's description. */
export interface TensorMetadata {
  readonly name: string;
  readonly datatype: string;
  /** Dimensions, -1 where any size is accepted. */
  readonly shape: readonly number[];
}

/** A model's description. */
export interface ModelMetadata {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
}

/** An input or output in a model's configuration. */
export interface TensorConfig {
  readonly name: string;
  readonly data_type: string;
  readonly dims: readonly number[];
}

/** A model's configuration. */
export interface ModelConfigJson {
  readonly name: string;
  readonly platform: string;
  readonly backend: string;
  readonly max_batch_size: number;
  readonly input: readonly TensorConfig[];
  readonly output: readonly TensorConfig[];
}

/** Extensions of the protocol that the server has. */
const EXTENSIONS: readonly string[] = [
  "binary_tensor_data",
  "model_configuration",
  "statistics",
];

/**
 * Describes the server.
 *
 * @param name Its name.
 * @param hasRepository Whether models can be loaded and unloaded.
 */
export function serverMetadata(
  name: string,
  hasRepository: boolean,
): ServerMetadata {
  const extensions = hasRepository
    ? [...EXTENSIONS, "model_repository"]
    : EXTENSIONS;
  return { name, version: PACKAGE_VERSION, extensions };
}

/**
 * Describes a model.
 *
 * @param model The model.
 * @param versions All of its versions.
 */
export function modelMetadata(
  { name, runner }: ServedModel,
  versions: readonly ServedModel[],
): ModelMetadata {
  return {
    name,
    versions: versions.map(({ version }) => version),
    platform: "iree",
    inputs: runner.inputs.map(tensorMetadata),
    outputs: runner.outputs.map(tensorMetadata),
  };
}

function tensorMetadata(
  { name, elementType, shape }: ModelTensor,
): TensorMetadata {
  return {
    name,
    datatype: dataTypeOf(elementType)!,
    shape: shape.map((dim) => dim ?? -1),
  };
}

/** Describes a model as Triton's model configuration does. */
export function modelConfig({ name, runner }: ServedModel): ModelConfigJson {
  const { maxBatchSize, inputs, outputs } = runner;
  const describe = ({ name, elementType, shape }: ModelTensor) => {
    const dims = shape.map((dim) => dim ?? -1);
    const dataType = dataTypeOf(elementType);
    return {
      name,
      data_type: `TYPE_${dataType === "BYTES" ? "STRING" : dataType}`,
      // Triton's dimensions are those of one row.
      dims: maxBatchSize > 0 ? dims.slice(1) : dims,
    };
  };
  return {
    name,
    platform: "iree",
    backend: "iree",
    max_batch_size: maxBatchSize,
    input: inputs.map(describe),
    output: outputs.map(describe),
  };
}
