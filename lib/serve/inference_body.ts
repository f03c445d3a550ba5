import { dataTypeOf } from "./data_type.ts";
import type { ModelInputs, ModelValues } from "./model_runner.ts";
import { parseRequest, type RequestJson } from "./request_json.ts";
import { badRequest } from "./http_errors.ts";
import { joinBytes } from "./join_bytes.ts";
import type { ServedModel } from "./served_model.ts";
import { toBinary } from "./tensor_binary.ts";
import {
  binaryDecoding,
  InputReader,
  jsonDecoding,
} from "./tensor_decoding.ts";
import { bytesOf, toJsonText } from "./tensor_json.ts";

/** Header with the length of the JSON before binary data. */
export const HEADER_LENGTH = "inference-header-content-length";

/** A request that was read. */
export interface InferenceRequest {
  readonly json: RequestJson;
  readonly inputs: ModelInputs;
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
  const reader = new InputReader(model);
  let start = jsonLength;
  for (const input of json.inputs) {
    reader.claim(input.name);
    const end = start + (input.binarySize ?? 0);
    if (end > body.length) {
      throw badRequest(
        `input '${input.name}': binary_data_size must be at most the ` +
          `${body.length - start} bytes that are left, got ${input.binarySize}`,
      );
    }
    reader.read(
      input,
      input.data === undefined
        ? binaryDecoding(body.subarray(start, end))
        : input.data instanceof Float32Array
        ? binaryDecoding(bytesOf(input.data))
        : jsonDecoding(input.data),
    );
    start = end;
  }
  if (start < body.length) {
    throw badRequest(
      `the body must end after the binary data of its inputs, got ` +
        `${body.length - start} bytes more`,
    );
  }
  const inputs = reader.finish();
  for (const { name } of json.outputs ?? []) model.checkOutput(name);
  return { json, inputs };
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

/** Bytes from which a body is sent in parts: a stream takes longer than a copy. */
const LARGE = 1024 * 1024;

function binaryResponse(text: string, parts: readonly Uint8Array[]): Response {
  const json = new TextEncoder().encode(text);
  const all = [json, ...parts] as Uint8Array<ArrayBuffer>[];
  const length = all.reduce((sum, it) => sum + it.length, 0);
  const body = length < LARGE
    ? joinBytes(all, length)
    : ReadableStream.from(all);
  return new Response(body, {
    headers: {
      "content-type": "application/octet-stream",
      "content-length": `${length}`,
      [HEADER_LENGTH]: `${json.length}`,
    },
  });
}
