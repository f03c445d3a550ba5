import { ownValue } from "../base/own_value.ts";
import { overFile } from "../files/file_errors.ts";
import { Fields } from "./configuration_fields.ts";

/**
 * Reads a JSON file with an object.
 *
 * @param path The file.
 * @param isOptional Whether it may be absent.
 */
export function readJson(path: string): Record<string, unknown>;
export function readJson(
  path: string,
  isOptional: boolean,
): Record<string, unknown> | undefined;
export function readJson(
  path: string,
  isOptional = false,
): Record<string, unknown> | undefined {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (isOptional && error instanceof Deno.errors.NotFound) return undefined;
    return overFile(path, () => {
      throw error;
    });
  }
  return parseObject(path, text);
}

function parseObject(path: string, text: string): Record<string, unknown> {
  const wrong = (cause?: unknown) =>
    new Fields(path, () => undefined).refuse(
      "the file",
      "a JSON object",
      cause,
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : error);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw wrong(value);
}

/** Finds values of an object by name, without inherited ones. */
export function finder(
  table: Record<string, unknown>,
): (name: string) => unknown {
  return (name) => ownValue(table, name);
}
