import { dataTypeOf } from "../data_type.ts";
import type { ModelInputs, ModelValues } from "../model_runner.ts";
import { checkShape } from "../request_json.ts";
import { badRequest } from "../http_errors.ts";
import type { ServedModel } from "../served_model.ts";
import {
  rejectOutputParameters,
  rejectSharedMemory,
} from "../unsupported_parameters.ts";
import { toBinary } from "../tensor_binary.ts";
import { binaryDecoding, InputReader } from "../tensor_decoding.ts";
import { contentsDecoding } from "./contents.ts";
import type {
  InferRequest,
  InferResponse,
  Parameter,
  ParameterEntry,
  TensorMessage,
} from "./messages.ts";

/**
 * Reads the inputs of a request for inference.
 *
 * @param model The model that is asked.
 * @param request The request.
 */
export function readInputs(
  model: ServedModel,
  { inputs, outputs, raw_input_contents: raw }: InferRequest,
): ModelInputs {
  // Raw contents have no entry for a tensor in shared memory.
  for (const { parameters } of inputs) {
    rejectSharedMemory(namesAndValues(parameters));
  }
  if (raw.length > 0 && raw.length !== inputs.length) {
    throw badRequest(
      `raw_input_contents must have one entry for each of the ` +
        `${inputs.length} inputs, got ${raw.length}`,
    );
  }
  const reader = new InputReader(model);
  for (const [at, input] of inputs.entries()) {
    reader.claim(input.name);
    readInput(reader, input, raw[at]);
  }
  const values = reader.finish();
  for (const { name, parameters } of outputs) {
    model.checkOutput(name);
    rejectOutputParameters(name, namesAndValues(parameters));
  }
  return values;
}

function readInput(
  reader: InputReader,
  input: TensorMessage,
  raw: Uint8Array<ArrayBuffer> | undefined,
): void {
  const { name, shape, contents } = input;
  const what = `input '${name}'`;
  if (raw !== undefined && contents !== undefined) {
    throw badRequest(
      `${what} must be in contents or raw_input_contents, got both`,
    );
  }
  checkShape(what, shape);
  reader.read(
    input,
    raw === undefined ? contentsDecoding(contents) : binaryDecoding(raw),
  );
}

function namesAndValues(
  parameters: readonly ParameterEntry[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    parameters.map(({ key, value }) => [key, valueOf(value)]),
  );
}

function valueOf(parameter: Parameter | undefined): unknown {
  return Object.values(parameter ?? {}).find((it) => it !== undefined);
}

/**
 * Describes the answer to a request for inference. Contents are binary data, as
 * Triton returns them.
 *
 * @param model The model that answered.
 * @param request The request.
 * @param values The outputs.
 */
export function inferResponse(
  { name, version, runner }: ServedModel,
  { id, outputs: wanted }: InferRequest,
  values: ModelValues,
): InferResponse {
  const outputs: TensorMessage[] = [];
  const raw: (readonly Uint8Array[])[] = [];
  for (const { name } of wanted.length > 0 ? wanted : runner.outputs) {
    const value = values[name];
    if (value === undefined) throw new TypeError(`no output '${name}'`);
    const { elementType, shape } = value;
    const datatype = dataTypeOf(elementType)!;
    outputs.push({
      name,
      datatype,
      shape,
      parameters: [],
      contents: undefined,
    });
    raw.push(toBinary(value));
  }
  return {
    model_name: name,
    model_version: version,
    id,
    parameters: [],
    outputs,
    raw_output_contents: raw,
  };
}
