import { dataTypeOf, elementTypeFor, type ModelTensor } from "./data_type.ts";
import type { ElementType, ElementTypeInfo } from "../tensor/element_type.ts";
import { ModelStatistics } from "./model_statistics.ts";
import type { ModelInputs, ModelRunner, ModelValues } from "./model_runner.ts";
import type { RequestEnd } from "./request_signal.ts";
import { badRequest } from "./http_errors.ts";

/** One version of a model that is served. */
export class ServedModel {
  readonly name: string;
  readonly version: string;
  readonly runner: ModelRunner;
  readonly statistics: ModelStatistics = new ModelStatistics();
  readonly #release: () => void;
  readonly #inputs: ReadonlyMap<string, ModelTensor>;

  /**
   * @param name The model's name.
   * @param version Its version.
   * @param runner Runs its requests.
   * @param release Called when nothing of it runs anymore.
   */
  constructor(
    name: string,
    version: string,
    runner: ModelRunner,
    release: () => void,
  ) {
    this.name = name;
    this.version = version;
    this.runner = runner;
    this.#release = release;
    this.#inputs = new Map(runner.inputs.map((it) => [it.name, it]));
  }

  /**
   * Checks the type and shape of an input.
   *
   * @returns Its element type.
   */
  checkInput(
    name: string,
    datatype: string,
    shape: readonly number[],
  ): ElementTypeInfo | "bytes" {
    const wanted = this.#inputs.get(name);
    if (wanted === undefined) {
      throw badRequest(
        `model '${this.name}' has no input '${name}'; it has ` +
          quoted([...this.#inputs.keys()]),
      );
    }
    const found = elementTypeFor(datatype, wanted.elementType);
    if (found === undefined) {
      throw badRequest(
        `input '${name}': datatype must be ${
          dataTypeOf(wanted.elementType)
        }, ` +
          `got ${datatype.slice(0, 16)}`,
      );
    }
    const fits = shape.length === wanted.shape.length &&
      wanted.shape.every((dim, axis) => dim === null || dim === shape[axis]);
    if (fits) return found;
    throw badRequest(
      `input '${name}': shape must be [${formatDims(wanted.shape)}], got ` +
        `[${formatDims(shape.slice(0, 16))}]`,
    );
  }

  /** The type of an input: unsigned numbers are passed as signless integers. */
  declaredType(name: string, given: ElementTypeInfo): ElementType {
    const { elementType } = this.#inputs.get(name)!;
    return elementType === "bytes" ? given.name : elementType;
  }

  /** Rejects requests without one of the inputs. */
  checkComplete(given: ReadonlySet<string>): void {
    for (const { name, elementType, shape } of this.#inputs.values()) {
      if (given.has(name)) continue;
      throw badRequest(
        `input '${name}' is missing: ${dataTypeOf(elementType)} ` +
          `[${formatDims(shape)}]`,
      );
    }
  }

  /** Rejects names of outputs that it does not have. */
  checkOutput(name: string): void {
    if (this.runner.outputs.some((it) => it.name === name)) return;
    throw badRequest(
      `model '${this.name}' has no output '${name}'; it has ` +
        quoted(this.runner.outputs.map((it) => it.name)),
    );
  }

  /** Runs one request. */
  run(inputs: ModelInputs, ending: RequestEnd): Promise<ModelValues> {
    return this.runner.run(
      inputs,
      ending,
      (timing) => this.statistics.ran(timing),
    );
  }

  /** Ends it once the requests that it has accepted are answered. */
  async drain(): Promise<void> {
    await this.runner.drain();
    this.#release();
  }

  /** Ends it at once. */
  dispose(): void {
    this.runner.dispose();
    this.#release();
  }
}

/**
 * Formats dimensions as the protocol does.
 *
 * @param shape The dimensions.
 */
export function formatDims(shape: readonly (number | null)[]): string {
  return shape.map((dim) => dim ?? -1).join(", ");
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(", ") || "none";
}
