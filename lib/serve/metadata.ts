import { PACKAGE_VERSION } from "../../ffi/library/package.ts";
import { dataTypeOf, type ModelTensor } from "./data_type.ts";
import type { ServedModel } from "./served_model.ts";

/** Extensions of the protocol that the server has. */
const EXTENSIONS = ["binary_tensor_data", "model_configuration", "statistics"];

/**
 * Describes the server.
 *
 * @param name Its name.
 * @param hasRepository Whether models can be loaded and unloaded.
 */
export function serverMetadata(name: string, hasRepository: boolean): object {
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
): object {
  return {
    name,
    versions: versions.map(({ version }) => version),
    platform: "iree",
    inputs: runner.inputs.map(tensorMetadata),
    outputs: runner.outputs.map(tensorMetadata),
  };
}

function tensorMetadata({ name, elementType, shape }: ModelTensor): object {
  return {
    name,
    datatype: dataTypeOf(elementType),
    shape: shape.map((dim) => dim ?? -1),
  };
}

/** Describes a model as Triton's model configuration does. */
export function modelConfig({ name, runner }: ServedModel): object {
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
