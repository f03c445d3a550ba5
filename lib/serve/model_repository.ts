import { IreeError } from "../base/error.ts";
import type { LoadOptions } from "../program/load_options.ts";
import { loadModel } from "../compiler/load_model.ts";
import type { ModelConfig } from "./model_config.ts";
import type { ModelOptions } from "./model_options.ts";
import type { ModelRegistry } from "./model_registry.ts";
import { runnerOf } from "./model_runner.ts";
import {
  RepositoryFiles,
  type RepositoryModel,
  type RepositoryVersion,
} from "./repository_files.ts";
import { ServedModel } from "./served_model.ts";
import { warmUp } from "./warm_up.ts";

/** Defaults of the models of a repository. */
export interface RepositoryOptions
  extends Omit<ModelOptions, "version" | "function"> {
  /** The device of models whose `model.json` names none. */
  device?: string | undefined;
  /** Options for creating the devices, such as the number of threads. */
  deviceOptions?: LoadOptions["deviceOptions"];
}

/** A model of a repository, and its state. */
export interface RepositoryEntry {
  /** Its name. */
  readonly name: string;
  /** Its version; empty if none could be loaded. */
  readonly version: string;
  /** Whether it is served. */
  readonly state: "READY" | "LOADING" | "UNAVAILABLE";
  /** Why it is not. */
  readonly reason: string;
}

/** Loads and unloads the models of a folder. */
export class ModelRepository {
  readonly #files: RepositoryFiles;
  readonly #models: ModelRegistry;
  readonly #defaults: RepositoryOptions;
  /** What became of the last attempt to load a model, where it failed. */
  readonly #reasons = new Map<string, string>();
  /** Loads of one model follow each other. */
  readonly #turns = new Map<string, Promise<void>>();

  private constructor(
    files: RepositoryFiles,
    models: ModelRegistry,
    defaults: RepositoryOptions,
  ) {
    this.#files = files;
    this.#models = models;
    this.#defaults = defaults;
  }

  /** Opens a folder, without loading a model. */
  static async open(
    folder: string,
    models: ModelRegistry,
    defaults: RepositoryOptions,
  ): Promise<ModelRepository> {
    const files = await RepositoryFiles.open(folder);
    return new ModelRepository(files, models, defaults);
  }

  /**
   * Loads all models.
   *
   * @returns The failures by the model's name.
   */
  async loadAll(): Promise<ReadonlyMap<string, unknown>> {
    const failures = new Map<string, unknown>();
    for (const name of await this.#files.names()) {
      await this.load(name).catch((error) => failures.set(name, error));
    }
    return failures;
  }

  /**
   * Lists the models.
   *
   * @param onlyReady Whether those that are not served are left out.
   */
  async index(onlyReady: boolean): Promise<RepositoryEntry[]> {
    const entries: RepositoryEntry[] = [...this.#models].map((it) => ({
      name: it.name,
      version: it.version,
      state: "READY",
      reason: "",
    }));
    if (onlyReady) return entries;
    const names = new Set([
      ...await this.#files.names(),
      ...this.#turns.keys(),
    ]);
    for (const name of names) {
      if (entries.some((it) => it.name === name)) continue;
      const isLoading = this.#turns.has(name);
      entries.push({
        name,
        version: "",
        state: isLoading ? "LOADING" : "UNAVAILABLE",
        reason: isLoading ? "" : this.#reasons.get(name) ?? "unloaded",
      });
    }
    return entries;
  }

  /**
   * Loads a model, or its files as they are now. Requests go to the new versions
   * as soon as they are ready; if one cannot be loaded, the model stays as it was.
   */
  async load(name: string): Promise<void> {
    await this.#inTurn(name, async () => {
      try {
        await this.#load(name);
        this.#reasons.delete(name);
      } catch (cause) {
        const error = cause instanceof IreeError
          ? cause
          : new IreeError("FAILED_PRECONDITION", `${cause}`, { cause });
        this.#reasons.set(name, error.detail);
        throw error;
      }
    });
  }

  /** Unloads a model once its requests are answered. */
  async unload(name: string): Promise<void> {
    await this.#inTurn(name, async () => {
      this.#reasons.delete(name);
      await this.#models.remove(name, undefined);
    });
  }

  async #load(name: string): Promise<void> {
    const files = await this.#files.read(name);
    const loaded: ServedModel[] = [];
    try {
      for (const version of files.versions) {
        loaded.push(await this.#loadVersion(name, files, version));
      }
    } catch (error) {
      for (const model of loaded) model.dispose();
      throw error;
    }
    const wanted = new Set(loaded.map(({ version }) => version));
    const old = this.#models.versions(name)
      .filter(({ version }) => !wanted.has(version));
    for (const model of loaded) this.#models.add(model);
    for (const { version } of old) await this.#models.remove(name, version);
  }

  async #loadVersion(
    name: string,
    { config, parameters }: RepositoryModel,
    { version, path }: RepositoryVersion,
  ): Promise<ServedModel> {
    const { device, deviceOptions, ...defaults } = this.#defaults;
    const program = await loadModel(path, {
      device: config.device ?? device,
      // They fit the default device, which a model of another one does not have.
      deviceOptions: config.device === undefined ? deviceOptions : undefined,
      parameters: parameters.length > 0 ? parameters : undefined,
    });
    using resources = new DisposableStack();
    resources.use(program);
    const runner = runnerOf(program, { ...defaults, ...optionsOf(config) });
    resources.defer(() => runner.dispose());
    const model = new ServedModel(
      name,
      `${version}`,
      runner,
      () => program.dispose(),
    );
    await warmUp(model, config.warmUp ?? []);
    resources.move();
    return model;
  }

  async #inTurn(name: string, work: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(name) ?? Promise.resolve();
    const turn = before.catch(() => {}).then(work);
    this.#turns.set(name, turn);
    try {
      await turn;
    } finally {
      if (this.#turns.get(name) === turn) this.#turns.delete(name);
    }
  }
}

function optionsOf(
  { function: name, instances, maxQueue, batching }: ModelConfig,
): ModelOptions {
  return {
    ...(name === undefined ? {} : { function: name }),
    ...(instances === undefined ? {} : { instances }),
    ...(maxQueue === undefined ? {} : { maxQueue }),
    ...(batching === undefined ? {} : { batching }),
  };
}
