import { toText } from "../base/checks.ts";
import { isReadableFile } from "../base/permissions.ts";

/** A parsed `--module` flag. */
export type ModuleUri =
  | { readonly kind: "bytecode"; readonly path: string }
  | {
    readonly kind: "dynamic";
    readonly path: string;
    /** Name of the creation function; empty for the default. */
    readonly exportName: string;
    readonly parameters: readonly (readonly [string, string])[];
  };

// `.so`, versioned `.so.1.2`, `.dylib`, `.dll`
const LIBRARY_NAME = /\.(?:so(?:\.\d+)*|dylib|dll)$/i;

/**
 * Parses `path`, `library@export?key=value&…` and forms in between.
 *
 * Paths may contain `@` and `?`, too. The first interpretation whose path
 * exists wins, starting with the whole text. If no path exists, the shortest
 * one with the name of a library wins, else the whole text.
 *
 * @param text The text.
 * @param exists Whether a path is an existing file.
 * @returns The parsed flag.
 */
export function parseModuleUri(
  text: string,
  exists: (path: string) => boolean,
): ModuleUri {
  const whole: ModuleUri = LIBRARY_NAME.test(text)
    ? { kind: "dynamic", path: text, exportName: "", parameters: [] }
    : { kind: "bytecode", path: text };
  if (exists(text)) return whole;
  const parts = [...splitReadings(text)];
  return parts.find(({ path }) => exists(path)) ?? parts[0] ?? whole;
}

/**
 * Parses a `--module` flag with the existing files. Without read permission,
 * distinguishes modules only by their names.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { resolveModuleUri } from "@iree/runtime/tooling";
 *
 * const uri = resolveModuleUri("./lib.so@create?key=value");
 * assertEquals(uri.kind, "dynamic");
 * assertEquals(uri.path, "./lib.so");
 * ```
 *
 * @param text Such as `program.vmfb` or `library.so@export?key=value`.
 */
export function resolveModuleUri(text: string): ModuleUri {
  return parseModuleUri(toText("text", text), isReadableFile);
}

function* splitReadings(text: string): Generator<ModuleUri> {
  for (const { index } of text.matchAll(/[@?]/g)) {
    const path = text.slice(0, index);
    if (!LIBRARY_NAME.test(path)) continue;
    const rest = text.slice(index);
    const [, exportName = "", query = ""] =
      /^(?:@([^?]*))?(?:\?(.*))?$/s.exec(rest) ?? [];
    const parameters = parseQuery(query);
    yield { kind: "dynamic", path, exportName, parameters };
  }
}

// Does not decode anything; a key without `=` has an empty value. Ignores one
// `&` at either end.
function parseQuery(query: string): (readonly [string, string])[] {
  const pairs = query.replaceAll(/^&|&$/g, "");
  if (pairs === "") return [];
  return pairs.split("&").map((pair) => {
    const end = pair.indexOf("=");
    return end < 0
      ? [pair, ""] as const
      : [pair.slice(0, end), pair.slice(end + 1)] as const;
  });
}
