import { IreeError } from "../base/error.ts";
import type { BatcherOptions } from "./batcher_options.ts";

/** The file `model.json` of a repository, checked. */
export interface ModelConfig {
  readonly function?: string;
  readonly instances?: number;
  readonly maxQueue?: number;
  readonly device?: string;
  readonly batching?: Omit<BatcherOptions, "maxQueue">;
  /** Files of weights, next to `model.json`, as for `load`. */
  readonly parameters?: readonly string[];
  /** Versions to serve, `all`, or the highest only. */
  readonly versions?: "latest" | "all" | readonly number[];
  /** Requests that a version answers before it is served. */
  readonly warmUp?: readonly object[];
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number";
const isObject: Check = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (check: Check): Check => (value) =>
  Array.isArray(value) && value.every(check);

/** The members, what they must be, and how it is checked. */
const MEMBERS: Readonly<
  Record<keyof ModelConfig, readonly [expected: string, check: Check]>
> = {
  function: ["a string", isText],
  instances: ["a number", isNumber],
  maxQueue: ["a number", isNumber],
  device: ["a string", isText],
  batching: ["an object", isObject],
  parameters: ["an array of strings", listOf(isText)],
  versions: [
    '"latest", "all" or an array of numbers',
    (value) => value === "latest" || value === "all" || listOf(isNumber)(value),
  ],
  warmUp: ["an array of objects", listOf(isObject)],
};

/**
 * Parses the file `model.json`.
 *
 * @param text Its contents.
 * @param path Its path, for messages.
 */
export function parseModelConfig(text: string, path: string): ModelConfig {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (cause) {
    throw invalid(`${path} must be JSON: ${(cause as Error).message}`);
  }
  if (!isObject(config)) throw invalid(`${path} must be an object`);
  for (const [name, value] of Object.entries(config as object)) {
    if (!Object.hasOwn(MEMBERS, name)) {
      throw invalid(
        `${path}: members must be among ${Object.keys(MEMBERS).join(", ")}, ` +
          `got '${name}'`,
      );
    }
    const [expected, check] = MEMBERS[name as keyof ModelConfig];
    if (!check(value)) throw invalid(`${path}: ${name} must be ${expected}`);
  }
  return config as ModelConfig;
}

function invalid(problem: string): IreeError {
  return new IreeError("INVALID_ARGUMENT", problem);
}
