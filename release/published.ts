/**
 * The package's files: those of this checkout that `deno publish` includes.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import config from "../deno.json" with { type: "json" };

/** Root of the checkout. */
export const ROOT: string = fromFileUrl(new URL("..", import.meta.url));

/**
 * Lists the files of the package.
 *
 * @returns Their paths from the root of the checkout, sorted.
 */
export async function publishedFiles(): Promise<string[]> {
  const paths = ["deno.json"];
  for (const path of config.publish.include) {
    const { isDirectory } = await Deno.stat(join(ROOT, path));
    if (isDirectory) paths.push(...await Array.fromAsync(filesOf(path)));
    else paths.push(path);
  }
  return paths.sort();
}

async function* filesOf(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
    if (isDirectory) yield* filesOf(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}
