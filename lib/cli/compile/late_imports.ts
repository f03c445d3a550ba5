import { join } from "@std/path/join";

/** An import of one file of a bundle by another, when it is needed. */
const IMPORT = /\bimport\("\.\/([\w.-]+\.js)"\)/g;

/**
 * Makes a bundle read the files that it imports later only then. Deno reads and
 * hashes all files that literals name before it starts. The program needs
 * `--allow-read` for the folder, and `deno compile` no longer finds the files.
 *
 * @param folder The bundle.
 */
export async function importLater(folder: string): Promise<void> {
  const names = (await Array.fromAsync(Deno.readDir(folder)))
    .map(({ name }) => name)
    .filter((name) => name.endsWith(".js"));
  for (const name of names) {
    const path = join(folder, name);
    const text = await Deno.readTextFile(path);
    const changed = text.replace(
      IMPORT,
      (found, file) =>
        names.includes(file) ? `import(["./${file}"][0])` : found,
    );
    if (changed !== text) await Deno.writeTextFile(path, changed);
  }
}
