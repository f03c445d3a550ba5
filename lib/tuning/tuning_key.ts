import { cacheKey, type ProgramOrigin } from "../compiler/cache_key.ts";
import { describeHostCpu } from "../compiler/host_cpu.ts";
import type { TensorData } from "../tensor/tensor_data.ts";
import { isNdArray } from "../tensor/tensor_data.ts";
import type { ReadTuneOptions } from "./options.ts";

/** Changes when tuning would choose differently. */
const KEY_VERSION = 1;

/**
 * Returns the key of a tuned program in the cache.
 *
 * @param origin Everything that determines its programs.
 * @param name The measured function.
 * @param inputs Its inputs.
 * @param options The options.
 * @returns The key; `undefined` if the program cannot be cached.
 */
export async function tuningKey(
  origin: ProgramOrigin,
  name: string,
  inputs: readonly TensorData[],
  options: ReadTuneOptions,
): Promise<string | undefined> {
  const { recipes, seconds, compileSeconds, tolerance, load, workers } =
    options;
  // Contents of files and indices are not part of a key.
  if (load?.parameters !== undefined) return undefined;
  const cpu = await describeHostCpu();
  if (cpu === undefined) return undefined;
  const description = JSON.stringify([
    ...[KEY_VERSION, cpu, navigator.hardwareConcurrency, name],
    ...[recipes, seconds, compileSeconds, tolerance, workers ?? null],
    await Promise.all(inputs.map(describeInput)),
  ]);
  // A flag that the compiler lacks distinguishes the key from a compile's.
  const flags = [...origin.flags, `tuning ${description}`];
  return await cacheKey({ ...origin, flags });
}

async function describeInput(input: TensorData): Promise<unknown> {
  if (isNdArray(input)) {
    const { elementType, shape, data } = input;
    return [elementType, shape, await hash(data as Uint8Array<ArrayBuffer>)];
  }
  if (ArrayBuffer.isView(input)) {
    const kind = input.constructor.name;
    return [kind, await hash(input as Uint8Array<ArrayBuffer>)];
  }
  return JSON.stringify(
    input,
    (_, value) => typeof value === "bigint" ? `${value}n` : value,
  );
}

async function hash(data: BufferSource): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data)).toHex();
}
