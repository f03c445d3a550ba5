// The messages of the extensions: configuration, statistics, model repository.

import type {
  BatchDurations,
  Duration,
  InferenceDurations,
  ModelCounts,
  StatisticsJson,
} from "../statistics_json.ts";
import {
  type Message,
  message,
  messages,
  nested,
  required,
  scalar,
  SCALARS,
  scalars,
} from "./message.ts";

const { bool, int32, int64, text } = SCALARS;

/** An input or output in a model's configuration. */
export interface TensorConfiguration {
  name: string;
  /** The number of the data type. */
  data_type: number;
  dims: readonly number[];
}

/** A model's configuration. */
export interface ModelConfiguration {
  name: string;
  platform: string;
  max_batch_size: number;
  input: readonly TensorConfiguration[];
  output: readonly TensorConfiguration[];
  backend: string;
}

/** Messages with a model's configuration. */
export const CONFIG_RESPONSE: Message<
  { config: ModelConfiguration | undefined }
> = message<{ config: ModelConfiguration | undefined }>({
  config: nested(
    1,
    message<ModelConfiguration>({
      name: scalar(1, text),
      platform: scalar(2, text),
      max_batch_size: scalar(4, int32),
      input: messages(5, tensorConfig(4)),
      output: messages(6, tensorConfig(3)),
      backend: scalar(17, text),
    }),
  ),
});

function tensorConfig(dims: number): Message<TensorConfiguration> {
  return message<TensorConfiguration>({
    name: scalar(1, text),
    data_type: scalar(2, int32),
    dims: scalars(dims, int64),
  });
}

const DURATION = message<Duration>({
  count: scalar(1, int64),
  ns: scalar(2, int64),
});

/** Messages with counts of models. */
export const STATISTICS_RESPONSE: Message<StatisticsJson> = message<
  StatisticsJson
>({
  model_stats: messages(
    1,
    message<ModelCounts>({
      name: scalar(1, text),
      version: scalar(2, text),
      last_inference: scalar(3, int64),
      inference_count: scalar(4, int64),
      execution_count: scalar(5, int64),
      inference_stats: required(
        6,
        message<InferenceDurations>({
          success: required(1, DURATION),
          fail: required(2, DURATION),
          queue: required(3, DURATION),
          compute_input: required(4, DURATION),
          compute_infer: required(5, DURATION),
          compute_output: required(6, DURATION),
          cache_hit: required(7, DURATION),
          cache_miss: required(8, DURATION),
        }),
      ),
      batch_stats: messages(
        7,
        message<BatchDurations>({
          batch_size: scalar(1, int64),
          compute_input: required(2, DURATION),
          compute_infer: required(3, DURATION),
          compute_output: required(4, DURATION),
        }),
      ),
    }),
  ),
});

/** Asks for the models of a repository. */
export interface IndexRequest {
  repository_name: string;
  ready: boolean;
}

/** Messages that ask for the models of a repository. */
export const INDEX_REQUEST: Message<IndexRequest> = message<IndexRequest>({
  repository_name: scalar(1, text),
  ready: scalar(2, bool),
});

/** A model of a repository. */
export interface IndexEntry {
  name: string;
  version: string;
  state: string;
  reason: string;
}

/** The models of a repository. */
export interface IndexResponse {
  models: readonly IndexEntry[];
}

/** Messages with the models of a repository. */
export const INDEX_RESPONSE: Message<IndexResponse> = message<IndexResponse>({
  models: messages(
    1,
    message<IndexEntry>({
      name: scalar(1, text),
      version: scalar(2, text),
      state: scalar(3, text),
      reason: scalar(4, text),
    }),
  ),
});

/** Asks to load or unload a model. */
export interface LoadRequest {
  repository_name: string;
  model_name: string;
  parameters: readonly RepositoryParameter[];
}

/** A parameter; none is supported but those of {@linkcode LoadRequest}. */
export interface RepositoryParameter {
  key: string;
}

/** Messages that ask to load or unload a model. */
export const LOAD_REQUEST: Message<LoadRequest> = message<LoadRequest>({
  repository_name: scalar(1, text),
  model_name: scalar(2, text),
  parameters: messages(
    3,
    message<RepositoryParameter>({ key: scalar(1, text) }),
  ),
});

/** Asks for the state of a service. */
export interface HealthRequest {
  service: string;
}

/** Messages that ask for the state of a service. */
export const HEALTH_REQUEST: Message<HealthRequest> = message<HealthRequest>({
  service: scalar(1, text),
});

/** The state of a service: 1 if it accepts requests, 2 if not. */
export interface HealthResponse {
  status: number;
}

/** Messages with the state of a service. */
export const HEALTH_RESPONSE: Message<HealthResponse> = message<
  HealthResponse
>({ status: scalar(1, int32) });
