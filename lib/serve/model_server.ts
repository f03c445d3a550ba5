import { IreeError } from "../base/error.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { isInstance, mustBe, toSize, toText } from "../base/checks.ts";
import { loadModel } from "../compiler/load_model.ts";
import { LanguageModel } from "../language/language_model.ts";
import { LanguageModels } from "./openai/language_models.ts";
import {
  type LanguageModelServing,
  SERVING,
} from "./openai/serving_options.ts";
import type { LoadedProgram } from "../program/program.ts";
import { answer } from "./handle_request.ts";
import { type ServerState, untilIdle } from "./server_state.ts";
import { BearerTokens } from "./bearer_token.ts";
import type { ModelTensor } from "./data_type.ts";
import { listenGrpc } from "./grpc/listen_grpc.ts";
import type { Listening, ListenOptions } from "./listen_options.ts";
import { listen } from "./listen_http.ts";
import {
  LOADED_MODEL_OPTIONS,
  type LoadedModelOptions,
  MODEL_OPTIONS,
  type ModelFunction,
  type ModelOptions,
  readVersion,
} from "./model_options.ts";
import { ModelRegistry } from "./model_registry.ts";
import { ModelRepository, type RepositoryOptions } from "./model_repository.ts";
import { runnerOf } from "./model_runner.ts";
import { RequestSignals } from "./request_signal.ts";
import { ServedModel } from "./served_model.ts";
import {
  type ModelServerOptions,
  readServerOptions,
} from "./server_options.ts";

const REPOSITORY_OPTIONS: OptionNames<RepositoryOptions> = {
  instances: true,
  maxQueue: true,
  batching: true,
  device: true,
  deviceOptions: true,
};

/** A model that a server has. */
export interface ModelRecord {
  /** Its name. */
  readonly name: string;
  /** Its version. */
  readonly version: number;
  /** Its inputs. */
  readonly inputs: readonly ModelTensor[];
  /** Its outputs. */
  readonly outputs: readonly ModelTensor[];
}

/**
 * Serves models by the Open Inference Protocol over HTTP and gRPC, as KServe and
 * Triton do: health, metadata, and inference with JSON and binary data.
 *
 * @example
 * ```ts ignore needs a file
 * import { ModelServer } from "@iree/runtime/serve";
 *
 * await using server = new ModelServer({ requestTimeout: 1000 });
 * await server.load("score", "score.vmfb", { batching: { maxSize: 64 } });
 * const { url } = server.listen({ port: 8000 }); // or Deno.serve(server.fetch)
 * console.log(url);
 * ```
 */
export class ModelServer implements AsyncDisposable, Disposable {
  readonly #models = new ModelRegistry();
  readonly #languageModels = new LanguageModels();
  readonly #state: ServerState;

  /**
   * Creates a server without models.
   *
   * @param options Its limits.
   */
  constructor(options?: ModelServerOptions) {
    const limits = readServerOptions(options);
    this.#state = {
      models: this.#models,
      languageModels: this.#languageModels,
      limits,
      state: "ready",
      active: 0,
      arrivals: 0,
      tokens: new BearerTokens(limits.authTokens),
      signals: new RequestSignals(limits.requestTimeout),
      responses: new Map(),
      answers: new Map(),
      whenIdle: [],
    };
  }

  /**
   * Answers a request: a handler for `Deno.serve` and other servers. Never
   * rejects.
   *
   * `request.signal` reports a disconnected client; run Deno with
   * `--unstable-no-legacy-abort`, or Deno prints a note at the first long request.
   */
  readonly fetch: (request: Request) => Promise<Response> = (request) =>
    answer(this.#state, request);

  /** The models, in the order in which they were added. */
  get models(): ModelRecord[] {
    return [...this.#models].map(({ name, version, runner }) => ({
      name,
      version: Number(version),
      inputs: runner.inputs,
      outputs: runner.outputs,
    }));
  }

  /** Requests that are being answered. */
  get activeRequests(): number {
    return this.#state.active;
  }

  /**
   * Serves a function. A model with the same name and version is replaced; it
   * answers the requests that it has accepted.
   *
   * @param name The model's name in requests.
   * @param model The function, with its inputs and outputs.
   * @param options How it is served.
   */
  add(name: string, model: ModelFunction, options?: ModelOptions): void;

  /**
   * Serves a program, in the same way. The caller still owns it.
   *
   * @param name The model's name in requests.
   * @param model The program.
   * @param options How it is served.
   */
  add(name: string, model: LoadedProgram, options?: ModelOptions): void;

  add(
    name: string,
    model: LoadedProgram | ModelFunction,
    options?: ModelOptions,
  ): void {
    const { version, ...rest } = readOptions(options, MODEL_OPTIONS);
    this.#add(name, readVersion(version), model, rest, () => {});
  }

  /**
   * Serves a language model by OpenAI's API: chats, completions and embeddings. The
   * caller still owns it.
   *
   * @param name The model's name in requests.
   * @param model The model.
   * @param options How many answers are generated at a time, and how many wait.
   */
  addLanguageModel(
    name: string,
    model: LanguageModel,
    options?: LanguageModelServing,
  ): void {
    checkName(name);
    if (!isInstance(model, LanguageModel)) {
      throw mustBe("model", "a LanguageModel", model);
    }
    const { instances = 4, maxQueue = 64 } = readOptions(options, SERVING);
    if (toSize("instances", instances) === 0) {
      throw mustBe("instances", "at least 1", instances);
    }
    this.#demandReady();
    toSize("maxQueue", maxQueue);
    this.#languageModels.add(name, model, instances, maxQueue);
  }

  /**
   * Loads a model and serves it, as {@linkcode add} does. The server disposes it.
   *
   * @param name The model's name in requests.
   * @param path Its file: a `.vmfb`, or a source that is compiled, such as
   * `.onnx`.
   * @param options Options for loading and serving it.
   */
  async load(
    name: string,
    path: string | URL,
    options?: LoadedModelOptions,
  ): Promise<void> {
    const { version, load, ...rest } = readOptions(
      options,
      LOADED_MODEL_OPTIONS,
    );
    const checked = readVersion(version);
    checkName(name);
    const program = await loadModel(path, load);
    try {
      this.#add(name, checked, program, rest, () => program.dispose());
    } catch (error) {
      program.dispose();
      throw error;
    }
  }

  /**
   * Serves the models of a folder: `NAME/VERSION/model.vmfb` (or `model.onnx`,
   * `model.mlir`), with options in `NAME/model.json`. Clients load and unload
   * them by the model repository extension.
   *
   * @param folder The folder.
   * @param options Defaults for models whose `model.json` does not have them.
   * @returns The models that could not be loaded, with their failures.
   */
  async openRepository(
    folder: string,
    options?: RepositoryOptions,
  ): Promise<ReadonlyMap<string, unknown>> {
    if (this.#state.repository !== undefined) {
      throw new IreeError(
        "ALREADY_EXISTS",
        "the server has a model repository",
      );
    }
    const repository = await ModelRepository.open(
      toText("folder", folder),
      this.#models,
      readOptions(options, REPOSITORY_OPTIONS),
    );
    this.#state.repository = repository;
    return await repository.loadAll();
  }

  /**
   * Stops serving a model. The requests that it has accepted are answered.
   *
   * @param name The model's name.
   * @param version Its version; by default all versions.
   * @returns Resolves when nothing of it runs anymore.
   */
  async remove(name: string, version?: number): Promise<void> {
    await this.#models.remove(
      toText("name", name),
      version === undefined ? undefined : `${readVersion(version)}`,
    );
  }

  /**
   * Listens over HTTP.
   *
   * @param options The address, the port and the keys for TLS.
   */
  listen(options?: ListenOptions): Listening {
    return listen(this, this.#state, options);
  }

  /**
   * Listens over gRPC too, for the same models. Loads the package
   * `@grpc/grpc-js`, which Deno downloads at the first time.
   *
   * @param options The address, the port and the keys for TLS.
   */
  async listenGrpc(options?: ListenOptions): Promise<Listening> {
    return await listenGrpc(this, this.#state, options);
  }

  /**
   * Reports that the server is not ready, so that no more requests are sent to
   * it. It still answers those that arrive.
   */
  announceEnd(): void {
    if (this.#state.state === "ready") this.#state.state = "ending";
  }

  /**
   * Answers further requests with 503, and waits for the earlier ones.
   */
  async drain(): Promise<void> {
    this.#state.state = "closed";
    await untilIdle(this.#state);
    await this.#languageModels.drain();
    await this.#models.drain();
  }

  /** Answers further requests with 503, and ends those that run. */
  dispose(): void {
    this.#state.state = "closed";
    this.#languageModels.dispose();
    this.#models.dispose();
  }

  /** Same as {@linkcode dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Same as {@linkcode drain}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.drain();
  }

  #demandReady(): void {
    if (this.#state.state === "ready") return;
    throw new IreeError("UNAVAILABLE", "the server has shut down");
  }

  #add(
    name: string,
    version: number,
    model: LoadedProgram | ModelFunction,
    options: ModelOptions,
    release: () => void,
  ): void {
    checkName(name);
    this.#demandReady();
    const runner = runnerOf(model, options);
    this.#models.add(new ServedModel(name, `${version}`, runner, release));
  }
}

/** Names that are also parts of paths and of metrics. */
const NAME = /^[^\p{Cc}/\\]{1,256}$/u;

function checkName(name: string): void {
  if (NAME.test(toText("name", name)) && name !== "." && name !== "..") return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    "name must be 1 to 256 characters without slashes and control characters, " +
      `got '${name.slice(0, 64)}'`,
  );
}
