import { IreeError } from "../base/error.ts";
import { notFound } from "./http_errors.ts";
import type { ServedModel } from "./served_model.ts";

/** The models of a server by name and version. */
export class ModelRegistry {
  /** Versions by name, ascending. */
  readonly #models = new Map<string, readonly ServedModel[]>();
  /** Models that end, but still answer earlier requests. */
  readonly #ending = new Set<Promise<void>>();
  readonly #leaving = new Set<ServedModel>();

  #isClosed = false;

  /** All versions of all models. */
  *[Symbol.iterator](): Generator<ServedModel> {
    for (const versions of this.#models.values()) yield* versions;
  }

  /** Names of the models. */
  get names(): string[] {
    return [...this.#models.keys()];
  }

  /** Versions of a model, ascending; empty if there is none. */
  versions(name: string): ServedModel[] {
    return [...this.#models.get(name) ?? []];
  }

  /**
   * Adds a model. One with the same name and version is replaced: it answers the
   * requests that it has accepted.
   */
  add(model: ServedModel): void {
    if (this.#isClosed) {
      model.dispose();
      throw new IreeError("UNAVAILABLE", "the server has shut down");
    }
    const versions = this.#models.get(model.name) ?? [];
    const old = versions.find(({ version }) => version === model.version);
    this.#models.set(
      model.name,
      [...versions.filter((it) => it !== old), model]
        .toSorted((one, other) => Number(one.version) - Number(other.version)),
    );
    if (old !== undefined) this.#end(old);
  }

  /**
   * Finds the model for a request.
   *
   * @param name Its name.
   * @param version Its version; by default the highest.
   */
  find(name: string, version: string | undefined): ServedModel {
    const versions = this.#models.get(name);
    if (versions === undefined) {
      throw notFound(`no model '${name}'; ${this.#known()}`);
    }
    const found = version === undefined
      ? versions.at(-1)
      : versions.find((it) => it.version === version);
    if (found !== undefined) return found;
    throw notFound(
      `model '${name}' has no version '${version}'; it has ` +
        versions.map((it) => it.version).join(", "),
    );
  }

  /**
   * Removes a model, or one version of it.
   *
   * @returns Resolves when its requests are answered.
   */
  async remove(name: string, version: string | undefined): Promise<void> {
    const gone = version === undefined
      ? this.versions(name)
      : this.versions(name).filter((it) => it.version === version);
    if (gone.length === 0) {
      throw new IreeError(
        "NOT_FOUND",
        `no model '${name}'` +
          (version === undefined ? "" : ` of version ${version}`) +
          `; ${this.#known()}`,
      );
    }
    const left = this.versions(name).filter((it) => !gone.includes(it));
    if (left.length > 0) this.#models.set(name, left);
    else this.#models.delete(name);
    await Promise.all(gone.map((it) => this.#end(it)));
  }

  /** Removes all models for good, and waits for their requests. */
  async drain(): Promise<void> {
    this.#isClosed = true;
    for (const name of this.names) this.remove(name, undefined);
    await Promise.all(this.#ending);
  }

  /** Ends all models at once. */
  dispose(): void {
    this.#isClosed = true;
    const all = [...this, ...this.#leaving];
    this.#models.clear();
    for (const model of all) model.dispose();
  }

  #end(model: ServedModel): Promise<void> {
    this.#leaving.add(model);
    const ending = model.drain().finally(() => {
      this.#leaving.delete(model);
      this.#ending.delete(ending);
    });
    this.#ending.add(ending);
    return ending;
  }

  #known(): string {
    return `models: ${this.names.join(", ") || "none"}`;
  }
}
