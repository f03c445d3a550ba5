import { IreeError } from "../../base/error.ts";
import type { LanguageModel } from "../../language/mod.ts";
import { Lender } from "../lender.ts";
import { OpenAiError } from "./fields.ts";

/** How a language model is served. */
export interface ServedLanguageModel {
  /** Its name in requests. */
  readonly name: string;
  /** The model. */
  readonly model: LanguageModel;
  /** When it was added, in seconds since 1970. */
  readonly created: number;
  /** Lends places for answers that are generated at the same time. */
  readonly places: Lender<number>;
}

/** The language models of a server. */
export class LanguageModels {
  readonly #models = new Map<string, ServedLanguageModel>();

  /** The models, in the order in which they were added. */
  get all(): ServedLanguageModel[] {
    return [...this.#models.values()];
  }

  /** Adds a model, or replaces one with the same name. */
  add(
    name: string,
    model: LanguageModel,
    instances: number,
    maxQueue: number,
  ): void {
    const places = Array.from({ length: instances }, (_, at) => at);
    this.#models.set(name, {
      name,
      model,
      created: Math.floor(Date.now() / 1000),
      places: new Lender(places, maxQueue),
    });
  }

  /** Finds a model. */
  find(name: string): ServedLanguageModel {
    const found = this.#models.get(name);
    if (found !== undefined) return found;
    throw new OpenAiError(
      404,
      `The model '${name}' does not exist`,
      "model",
      "model_not_found",
    );
  }

  /** Waits for the answers that were accepted. */
  async drain(): Promise<void> {
    const ended = new IreeError("UNAVAILABLE", "the server has shut down");
    await Promise.all(this.all.map(({ places }) => places.drain(ended)));
  }

  /** Rejects requests that wait. */
  dispose(): void {
    const ended = new IreeError("UNAVAILABLE", "the server has shut down");
    for (const { places } of this.all) places.close(ended);
  }
}
