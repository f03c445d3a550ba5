// The messages of the service, as the protocol numbers their fields.

import type {
  ModelMetadata,
  ServerMetadata,
  TensorMetadata,
} from "../metadata.ts";
import {
  blobs,
  byteStrings,
  type Message,
  message,
  messages,
  nested,
  optional,
  scalar,
  SCALARS,
  scalars,
  texts,
} from "./message.ts";

const { bool, int64, uint32, text, double } = SCALARS;

/** A message without fields. */
export type Empty = Readonly<Record<never, never>>;

/** Messages without fields. */
export const EMPTY: Message<Empty> = message<Empty>({});

/** Whether the server runs. */
export interface LiveResponse {
  live: boolean;
}

/** Messages that report whether the server runs. */
export const LIVE_RESPONSE: Message<LiveResponse> = message<LiveResponse>({
  live: scalar(1, bool),
});

/** Whether the server or a model accepts requests. */
export interface ReadyResponse {
  ready: boolean;
}

/** Messages that report whether the server or a model accepts requests. */
export const READY_RESPONSE: Message<ReadyResponse> = message<ReadyResponse>({
  ready: scalar(1, bool),
});

/** A model, and its version unless that is empty. */
export interface ModelRequest {
  name: string;
  version: string;
}

/** Messages that name a model. */
export const MODEL_REQUEST: Message<ModelRequest> = message<ModelRequest>({
  name: scalar(1, text),
  version: scalar(2, text),
});

/** Messages with the server's description. */
export const SERVER_METADATA: Message<ServerMetadata> = message<
  ServerMetadata
>({
  name: scalar(1, text),
  version: scalar(2, text),
  extensions: texts(3),
});

const TENSOR_METADATA = message<TensorMetadata>({
  name: scalar(1, text),
  datatype: scalar(2, text),
  shape: scalars(3, int64),
});

/** Messages with a model's description. */
export const MODEL_METADATA: Message<ModelMetadata> = message<ModelMetadata>({
  name: scalar(1, text),
  versions: texts(2),
  platform: scalar(3, text),
  inputs: messages(4, TENSOR_METADATA),
  outputs: messages(5, TENSOR_METADATA),
});

/** A parameter's value: the one that is set. */
export interface Parameter {
  bool_param: boolean | undefined;
  int64_param: number | undefined;
  string_param: string | undefined;
  double_param: number | undefined;
  uint64_param: bigint | undefined;
}

/** A parameter. */
export interface ParameterEntry {
  key: string;
  value: Parameter | undefined;
}

const PARAMETER_ENTRY = message<ParameterEntry>({
  key: scalar(1, text),
  value: nested(
    2,
    message<Parameter>({
      bool_param: optional(1, bool),
      int64_param: optional(2, int64),
      string_param: optional(3, text),
      double_param: optional(4, double),
      uint64_param: optional(5, SCALARS.bigUint64),
    }),
  ),
});

/** Elements of a tensor, in the member for its data type. */
export interface TensorContents {
  bool_contents: readonly boolean[];
  int_contents: readonly number[];
  int64_contents: readonly bigint[];
  uint_contents: readonly number[];
  uint64_contents: readonly bigint[];
  fp32_contents: readonly number[];
  fp64_contents: readonly number[];
  bytes_contents: readonly Uint8Array<ArrayBuffer>[];
}

const CONTENTS = message<TensorContents>({
  bool_contents: scalars(1, bool),
  int_contents: scalars(2, SCALARS.int32),
  int64_contents: scalars(3, SCALARS.bigInt64),
  uint_contents: scalars(4, uint32),
  uint64_contents: scalars(5, SCALARS.bigUint64),
  fp32_contents: scalars(6, SCALARS.float),
  fp64_contents: scalars(7, double),
  bytes_contents: byteStrings(8, Infinity),
});

/** An input of a request, or an output of a response. */
export interface TensorMessage extends TensorMetadata {
  parameters: readonly ParameterEntry[];
  contents: TensorContents | undefined;
}

const TENSOR = message<TensorMessage>({
  name: scalar(1, text),
  datatype: scalar(2, text),
  shape: scalars(3, int64),
  parameters: messages(4, PARAMETER_ENTRY),
  contents: nested(5, CONTENTS),
});

/** A requested output. */
export interface RequestedOutput {
  name: string;
  parameters: readonly ParameterEntry[];
}

/** A request for inference. */
export interface InferRequest {
  model_name: string;
  model_version: string;
  id: string;
  parameters: readonly ParameterEntry[];
  inputs: readonly TensorMessage[];
  outputs: readonly RequestedOutput[];
  raw_input_contents: readonly Uint8Array<ArrayBuffer>[];
}

/** Messages with a request for inference. */
export const INFER_REQUEST: Message<InferRequest> = message<InferRequest>({
  model_name: scalar(1, text),
  model_version: scalar(2, text),
  id: scalar(3, text),
  parameters: messages(4, PARAMETER_ENTRY),
  inputs: messages(5, TENSOR),
  outputs: messages(
    6,
    message<RequestedOutput>({
      name: scalar(1, text),
      parameters: messages(2, PARAMETER_ENTRY),
    }),
  ),
  raw_input_contents: byteStrings(7),
});

/** The answer to a request for inference. */
export interface InferResponse {
  model_name: string;
  model_version: string;
  id: string;
  parameters: readonly ParameterEntry[];
  outputs: readonly TensorMessage[];
  /** The contents of each output, in parts. */
  raw_output_contents: readonly (readonly Uint8Array[])[];
}

/** Messages with the answer to a request for inference. */
export const INFER_RESPONSE: Message<InferResponse> = message<InferResponse>({
  model_name: scalar(1, text),
  model_version: scalar(2, text),
  id: scalar(3, text),
  parameters: messages(4, PARAMETER_ENTRY),
  outputs: messages(5, TENSOR),
  raw_output_contents: blobs(6),
});

/** An answer on a stream: a failure, or outputs. */
export interface StreamResponse {
  error_message: string;
  infer_response: InferResponse | undefined;
}

/** Messages with an answer on a stream. */
export const STREAM_RESPONSE: Message<StreamResponse> = message<
  StreamResponse
>({
  error_message: scalar(1, text),
  infer_response: nested(2, INFER_RESPONSE),
});
