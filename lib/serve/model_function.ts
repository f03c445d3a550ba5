import { copyArray, isArray, isRevoked, mustBe } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { LoadedProgram } from "../program/program.ts";
import { ALL_DATA_TYPES, dataTypeOf, type ModelTensor } from "./data_type.ts";
import type { ModelFunction } from "./model_options.ts";

/**
 * Checks a model that is written in TypeScript.
 *
 * @param model The model.
 * @returns A copy of its declarations.
 */
export function readModelFunction(model: ModelFunction): ModelFunction {
  const isObject = typeof model === "object" && model !== null &&
    !isRevoked(model) && !(model instanceof LoadedProgram);
  if (!isObject || typeof model.run !== "function") {
    throw mustBe("model", "a loaded program or a ModelFunction", model);
  }
  return {
    inputs: copyArray("inputs", model.inputs, () => {}).map(readTensor),
    outputs: copyArray("outputs", model.outputs, () => {}).map(readTensor),
    run: (inputs, options) => model.run(inputs, options),
  };
}

function readTensor(tensor: ModelTensor): ModelTensor {
  if (typeof tensor !== "object" || tensor === null || isRevoked(tensor)) {
    throw mustBe("inputs and outputs", "objects", tensor);
  }
  const { name, elementType, shape } = tensor;
  if (typeof name !== "string") throw mustBe("name", "a string", name);
  if (dataTypeOf(elementType) === undefined) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `elementType of '${name}' must be bytes or a type that the protocol supports`,
      { hint: `the protocol's types: ${ALL_DATA_TYPES.join(", ")}` },
    );
  }
  if (!isArray(shape)) throw mustBe(`shape of '${name}'`, "an array", shape);
  return {
    name,
    elementType,
    shape: copyArray(`shape of '${name}'`, shape, (dim) => {
      if (dim === null || (Number.isSafeInteger(dim) && dim >= 0)) return;
      throw mustBe(`shape of '${name}'`, "sizes or null", dim);
    }),
  };
}
