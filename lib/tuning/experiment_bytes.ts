import { deserialize, serialize } from "node:v8";
import type { KeptResult } from "./compare_results.ts";
import type { Experiment } from "./laboratory.ts";

/**
 * Encodes an experiment for another process.
 *
 * @param experiment The experiment.
 * @returns The bytes; `undefined` if its parameters are objects of this process.
 */
export function encodeExperiment(
  experiment: Experiment,
): Uint8Array<ArrayBuffer> | undefined {
  const { parameters = [], ...options } = experiment.load;
  const files: (string | { url: string })[] = [];
  for (const source of [parameters].flat()) {
    if (typeof source === "string") files.push(source);
    else if (source instanceof URL) files.push({ url: source.href });
    else return undefined;
  }
  const load = { ...options, parameters: files };
  return new Uint8Array(serialize({ ...experiment, load }));
}

/**
 * Decodes an experiment.
 *
 * @param bytes The bytes of `encodeExperiment`.
 */
export function decodeExperiment(bytes: Uint8Array<ArrayBuffer>): Experiment {
  const { load: { parameters, ...options }, ...rest } = deserialize(bytes);
  const sources = parameters.map((it: string | { url: string }) =>
    typeof it === "string" ? it : new URL(it.url)
  );
  const load = sources.length === 0
    ? options
    : { ...options, parameters: sources };
  return { ...rest, load };
}

/**
 * Encodes results for another process. Objects that cannot be compared become
 * empty ones.
 *
 * @param results The results of each device.
 */
export function encodeResults(
  results: readonly (readonly KeptResult[])[],
): Uint8Array<ArrayBuffer> {
  const plain = results.map((list) =>
    list.map((value) =>
      typeof value === "object" && value !== null && !("data" in value)
        ? {}
        : value
    )
  );
  return new Uint8Array(serialize(plain));
}

/**
 * Decodes results.
 *
 * @param bytes The bytes of `encodeResults`.
 */
export function decodeResults(bytes: Uint8Array<ArrayBuffer>): KeptResult[][] {
  return deserialize(bytes);
}
