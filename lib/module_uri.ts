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
 * exists, the first whose path is named like a library, else the whole text.
 *
 * @param text The text.
 * @param exists Whether a path is that of an existing file.
 * @returns What it stands for.
 */
export function parseModuleUri(
  text: string,
  exists: (path: string) => boolean,
): ModuleUri {
  const readings = [...libraryReadings(text)];
  if (!LIBRARY_NAME.test(text) && exists(text)) {
    return { kind: "bytecode", path: text };
  }
  return readings.find(({ path }) => exists(path)) ?? readings[0] ??
    { kind: "bytecode", path: text };
}

function* libraryReadings(text: string): Generator<ModuleUri> {
  if (LIBRARY_NAME.test(text)) {
    yield { kind: "dynamic", path: text, exportName: "", parameters: [] };
  }
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

// As written: nothing is decoded, and a key without `=` has an empty value.
function parseQuery(query: string): (readonly [string, string])[] {
  if (query === "") return [];
  return query.split("&").map((pair) => {
    const end = pair.indexOf("=");
    return end < 0
      ? [pair, ""] as const
      : [pair.slice(0, end), pair.slice(end + 1)] as const;
  });
}
