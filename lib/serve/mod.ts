/**
 * Serving: concurrent requests, batching, and a server for the Open Inference
 * Protocol.
 *
 * @example
 * ```ts ignore needs a file
 * import { ModelServer } from "@iree/runtime/serve";
 *
 * await using server = new ModelServer();
 * await server.load("score", "score.vmfb", { instances: 2 });
 * Deno.serve({ port: 8000 }, server.fetch);
 * ```
 *
 * @module
 */

export { Batcher } from "./batcher.ts";
export type {
  BatcherOptions,
  BatcherStatistics,
  ProgramBatcherOptions,
} from "./batcher_options.ts";
export type {
  BytesArray,
  DataType,
  ModelTensor,
  ModelValue,
} from "./data_type.ts";
export type { LenderStatistics } from "./lender.ts";
export type { Listening, ListenOptions } from "./listen_options.ts";
export type {
  LoadedModelOptions,
  ModelFunction,
  ModelOptions,
} from "./model_options.ts";
export type { LanguageModelServing } from "./openai/serving_options.ts";
export type { RepositoryOptions } from "./model_repository.ts";
export { type ModelRecord, ModelServer } from "./model_server.ts";
export {
  Pool,
  type PoolOptions,
  type PoolStatistics,
  type ProgramPoolOptions,
  type RequestOptions,
} from "./pool.ts";
export { QueueFullError } from "./queue_full.ts";
export type { ModelServerOptions, RequestRecord } from "./server_options.ts";
