/**
 * A parameter file of each format, and the errors of damaged ones.
 *
 * @module
 */

import { assertStringIncludes, assertThrows } from "@std/assert";
import { Instance, IreeError, ParameterIndex } from "../../mod.ts";
import type { TemporaryFolder } from "../support.ts";
import { bytesOf, gguf, safetensors } from "./parameter_files.ts";

/** Contents of a parameter. */
export const floats: Float32Array<ArrayBuffer> = new Float32Array([
  1,
  2,
  3,
  4,
  5,
  6,
]);

/** An archive with an entry of each kind. */
export function irpa(folder: TemporaryFolder): Uint8Array<ArrayBuffer> {
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  const metadata = new TextEncoder().encode("about data");
  index.addData("data", floats, { metadata });
  index.addSplat("splat", 100, new Uint8Array([1, 2]));
  index.addData("empty", new Uint8Array());
  const path = folder.join("made.irpa");
  index.writeArchive(path);
  return Deno.readFileSync(path);
}

/** A GGUF file. */
export const GGUF: Uint8Array<ArrayBuffer> = gguf({
  "a": { type: 0, shape: [2, 3], contents: bytesOf(floats) },
  "b": { type: 8, shape: [32], contents: new Uint8Array(34) },
});

/** A safetensors file. */
export const SAFETENSORS: Uint8Array<ArrayBuffer> = safetensors({
  "a": [1, 2, 3],
  "b": [4],
  "none": [],
});

/** Loads bytes as a file of that name, which must fail. */
export function refusal(
  folder: TemporaryFolder,
  name: string,
  bytes: Uint8Array,
): IreeError {
  using instance = Instance.open();
  const path = folder.join(name);
  Deno.writeFileSync(path, bytes);
  const error = assertThrows(
    () => ParameterIndex.fromFile(instance, path),
    IreeError,
  );
  assertStringIncludes(error.message, `'${path}'`);
  return error;
}

/** Header of a safetensors file with a tensor of 4 f32, with changes. */
export function header(changes: Record<string, unknown>): string {
  const tensor = { dtype: "F32", shape: [4], data_offsets: [0, 16] };
  return JSON.stringify({ x: { ...tensor, ...changes } });
}
