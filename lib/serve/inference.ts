import type { ModelValue } from "./data_type.ts";
import { dataTypeOf } from "./data_type.ts";
import type { ModelValues } from "./model_runner.ts";
import { type InputJson, parseRequest, type RequestJson } from "./protocol.ts";
import { badRequest } from "./request_error.ts";
import type { ServedModel } from "./served_model.ts";
import {
  bytesFromBinary,
  numbersFromBinary,
  toBinary,
} from "./tensor_binary.ts";
import { bytesFromJson, numbersFromJson, toJsonText } from "./tensor_json.ts";

/** Header with the length of the JSON before binary data. */
export const HEADER_LENGTH = "inference-header-content-length";

/** A request that was read. */
export interface InferenceRequest {
  readonly json: RequestJson;
  readonly inputs: ModelValues;
}

/**
 * Reads a request for inference: JSON, and binary data after it.
 *
 * @param model The model that is asked.
 * @param body The body.
 * @param headerLength The header with the length of the JSON.
 */
export function readInference(
  model: ServedModel,
  body: Uint8Array<ArrayBuffer>,
  headerLength: string | null,
): InferenceRequest {
  const jsonLength = readHeaderLength(headerLength, body.length);
  const json = parseRequest(body.subarray(0, jsonLength));
  const inputs: Record<string, ModelValue> = Object.create(null);
  const given = new Set<string>();
  let start = jsonLength;
  for (const input of json.inputs) {
    if (given.has(input.name)) {
      throw badRequest(`input '${input.name}' must be given once, got twice`);
    }
    given.add(input.name);
    const end = start + (input.binarySize ?? 0);
    if (end > body.length) {
      throw badRequest(
        `input '${input.name}': binary_data_size must be at most the ` +
          `${body.length - start} bytes that are left, got ${input.binarySize}`,
      );
    }
    inputs[input.name] = readTensor(model, input, body.subarray(start, end));
    start = end;
  }
  if (start < body.length) {
    throw badRequest(
      `the body must end after the binary data of its inputs, got ` +
        `${body.length - start} bytes more`,
    );
  }
  model.checkComplete(given);
  for (const { name } of json.outputs ?? []) model.checkOutput(name);
  return { json, inputs };
}

function readTensor(
  model: ServedModel,
  { name, datatype, shape, data }: InputJson,
  binary: Uint8Array<ArrayBuffer>,
): ModelValue {
  const info = model.checkInput(name, datatype, shape);
  const what = `input '${name}'`;
  if (info === "bytes") {
    return {
      elementType: "bytes",
      shape,
      data: data === undefined
        ? bytesFromBinary(what, shape, binary)
        : bytesFromJson(what, shape, data),
    };
  }
  const numbers = data === undefined
    ? numbersFromBinary(what, info, shape, binary)
    : numbersFromJson(what, info, shape, data);
  return { shape, ...model.asDeclared(name, info, numbers) };
}

function readHeaderLength(text: string | null, length: number): number {
  if (text === null) return length;
  if (/^\d{1,15}$/.test(text) && Number(text) <= length) return Number(text);
  throw badRequest(
    `Inference-Header-Content-Length must be an integer up to the body's ` +
      `${length} bytes, got '${text.slice(0, 32)}'`,
  );
}

/**
 * Writes the answer to a request for inference.
 *
 * @param model The model that answered.
 * @param request The request.
 * @param outputs The outputs.
 */
export function writeInference(
  model: ServedModel,
  { outputs: wanted, isBinary, id }: RequestJson,
  outputs: ModelValues,
): Response {
  const parts: Uint8Array[] = [];
  const names = wanted ?? model.runner.outputs;
  const texts = names.map((output) => {
    const { name } = output;
    const value = outputs[name];
    if (value === undefined) throw new TypeError(`no output '${name}'`);
    const isOwn = "isBinary" in output ? output.isBinary : undefined;
    const head = `{"name":${JSON.stringify(name)},"datatype":"` +
      `${dataTypeOf(value.elementType)}","shape":[${value.shape}],`;
    if (!(isOwn ?? isBinary)) {
      return `${head}"data":${toJsonText(`output '${name}'`, value)}}`;
    }
    const own = toBinary(value);
    for (const part of own) parts.push(part);
    const size = own.reduce((sum, { length }) => sum + length, 0);
    return `${head}"parameters":{"binary_data_size":${size}}}`;
  });
  const text = `{"model_name":${JSON.stringify(model.name)},` +
    `"model_version":${JSON.stringify(model.version)},` +
    (id === undefined ? "" : `"id":${JSON.stringify(id)},`) +
    `"outputs":[${texts}]}`;
  const asksBinary = isBinary || wanted?.some((it) => it.isBinary);
  return asksBinary ? binaryResponse(text, parts) : new Response(text, {
    headers: { "content-type": "application/json" },
  });
}

function binaryResponse(text: string, parts: readonly Uint8Array[]): Response {
  const json = new TextEncoder().encode(text);
  const length = parts.reduce((sum, it) => sum + it.length, json.length);
  const body = new Uint8Array(length);
  body.set(json);
  let end = json.length;
  for (const part of parts) {
    body.set(part, end);
    end += part.length;
  }
  return new Response(body, {
    headers: {
      "content-type": "application/octet-stream",
      [HEADER_LENGTH]: `${json.length}`,
    },
  });
}
