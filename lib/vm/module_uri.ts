import { isReadableFile } from "../base/permissions.ts";

/** What the text of a `--module` flag stands for. */
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
 * Reads `path`, `library@export?key=value&…` and what is between them.
 *
 * Paths may hold `@` and `?` too. Of all ways to read the text the first whose
 * path exists is taken, the whole text before any part of it; when no path
 * exists, the shortest that is named like a library, else the whole text.
 *
 * @param text The text.
 * @param exists Whether a path is that of an existing file.
 * @returns What it stands for.
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
 * Reads the text of a `--module` flag with the files that there are. Where
 * reading is not allowed, modules are told apart by their names alone.
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
  return parseModuleUri(text, isReadableFile);
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

// As written: nothing is decoded, and a key without `=` has an empty value. One
// `&` at either end separates nothing.
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
