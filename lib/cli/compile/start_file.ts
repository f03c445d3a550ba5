/**
 * Joins the files of a bundle that every start reads. `deno bundle` makes a file
 * for each set of commands that share code, which are some thirty for `iree
 * run`; Deno looks each up in three caches.
 *
 * @module
 */

import { join } from "@std/path/join";

/** A file that a file of a bundle imports when it starts. */
const STATIC_IMPORT = /(?:^import|^\} from) "\.\/([\w.-]+\.js)";$/gm;

/** What the other files import first. */
const START = "start.js";

/**
 * Makes all files of a bundle import those that a start reads. The next `deno
 * bundle` then joins these, since whatever is imported later needs them all.
 *
 * @param folder The bundle, which has not been minified.
 * @param main Its entry file.
 * @param command Name of a source that is part of the start although it is
 * imported later, such as `lib/cli/run/command.ts`.
 */
export async function importStart(
  folder: string,
  main: string,
  command: string,
): Promise<void> {
  const texts = new Map<string, string>();
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".js")) continue;
    texts.set(name, await Deno.readTextFile(join(folder, name)));
  }
  const later = [...texts].filter(([, text]) => containsSource(text, command));
  const start = importedFiles([main, ...later.map(([name]) => name)], texts);
  start.delete(main);
  const imports = [...start].map((name) => `import "./${name}";\n`);
  await Deno.writeTextFile(join(folder, START), imports.join(""));
  for (const [name, text] of texts) {
    await Deno.writeTextFile(
      join(folder, name),
      `import "./${START}";\n${text}`,
    );
  }
}

/** Whether a file has the comment that `deno bundle` writes before a source. */
function containsSource(text: string, source: string): boolean {
  return text.split("\n").some((line) =>
    line.startsWith("// ") && line.endsWith(source)
  );
}

function importedFiles(
  names: readonly string[],
  texts: ReadonlyMap<string, string>,
): Set<string> {
  const found = new Set(names);
  for (const name of found) {
    for (const [, imported] of texts.get(name)!.matchAll(STATIC_IMPORT)) {
      if (texts.has(imported!)) found.add(imported!);
    }
  }
  return found;
}
