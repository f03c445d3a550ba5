import { IreeError } from "../base/error.ts";
import { readGgufModel } from "./gguf_model.ts";
import { readHuggingFaceModel } from "./hugging_face_model.ts";
import type { ModelSource } from "./model_source.ts";

/**
 * Reads the description of a language model.
 *
 * @param path A `.gguf` file, or a folder with `config.json` and safetensors.
 */
export function readModelSource(path: string): ModelSource {
  if (/\.gguf$/i.test(path)) return readGgufModel(path);
  if (isFolder(path)) return readHuggingFaceModel(path);
  throw new IreeError(
    "UNIMPLEMENTED",
    `'${path}' must be a .gguf file or a folder`,
    { hint: "folders have config.json and model.safetensors" },
  );
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new IreeError("NOT_FOUND", `'${path}' does not exist`, {
      cause: error,
    });
  }
}
