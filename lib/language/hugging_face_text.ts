import { join } from "@std/path/join";
import { Fields } from "./configuration_fields.ts";
import { finder, readJson } from "./json_file.ts";
import type { TextSource } from "./model_source.ts";

/**
 * Reads what a folder of Hugging Face has about text.
 *
 * @param folder The folder.
 * @param model The values of its `config.json`.
 * @returns The tokenizer and the template, or nothing without `tokenizer.json`.
 */
export function huggingFaceText(
  folder: string,
  model: Fields,
): TextSource | undefined {
  const path = join(folder, "tokenizer.json");
  if (readJson(path, true) === undefined) return undefined;
  const tokenizer = Deno.readTextFileSync(path);
  const settings = fieldsOf(folder, "tokenizer_config.json");
  const generation = fieldsOf(folder, "generation_config.json");
  const begin = tokensOf(model, "bos_token_id")[0];
  const ends = tokensOf(generation, "eos_token_id");
  return {
    tokenizer,
    chatTemplate: templateOf(folder, settings),
    beginToken: begin,
    endTokens: ends.length > 0 ? ends : tokensOf(model, "eos_token_id"),
    // The tokenizer's own file adds it.
    addsBegin: false,
  };
}

function fieldsOf(folder: string, name: string): Fields {
  const path = join(folder, name);
  return new Fields(path, finder(readJson(path, true) ?? {}));
}

function templateOf(folder: string, settings: Fields): string | undefined {
  try {
    return Deno.readTextFileSync(join(folder, "chat_template.jinja"));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return settings.has("chat_template")
    ? settings.text("chat_template")
    : undefined;
}

function tokensOf(fields: Fields, name: string): number[] {
  if (!fields.has(name)) return [];
  const value = fields.any(name);
  const ids = Array.isArray(value) ? value : [value];
  if (ids.every((id) => Number.isSafeInteger(id) && id >= 0)) return ids;
  throw fields.refuse(name, "a token or an array of tokens", value);
}
