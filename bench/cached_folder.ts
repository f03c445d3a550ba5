import { join } from "@std/path";

/**
 * Makes a folder, unless one with the same inputs is cached.
 *
 * @param name The folder's name.
 * @param inputs Everything that determines the contents.
 * @param make Fills a folder.
 * @returns Its path in the cache.
 */
export async function cachedFolder(
  name: string,
  inputs: readonly string[],
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const parent = join(requiredVariable("IREE_DENO_CACHE"), "bench");
  const folder = join(parent, `${name}.${await digest(inputs)}`);
  if (await isThere(folder)) return folder;
  await Deno.mkdir(parent, { recursive: true });
  const partial = await Deno.makeTempDir({ dir: parent, prefix: "build." });
  try {
    await make(partial);
    await Deno.rename(partial, folder);
  } catch (error) {
    await Deno.remove(partial, { recursive: true });
    // Another process may have been faster.
    if (!await isThere(folder)) throw error;
  }
  return folder;
}

async function digest(inputs: readonly string[]): Promise<string> {
  const bytes = new TextEncoder().encode(inputs.join("\0"));
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(hash).toHex().slice(0, 20);
}

/** Value of a variable that `./dev` sets. */
export function requiredVariable(name: string): string {
  const value = Deno.env.get(name);
  if (value === undefined) throw new Error(`${name} is not set; use ./dev`);
  return value;
}

/** Whether a file or folder exists. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
