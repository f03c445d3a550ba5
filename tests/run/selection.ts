/**
 * Selects the files that `./dev test` runs.
 *
 * @module
 */

/**
 * Whether arguments of `deno test` name a file or folder, up to `--`.
 *
 * @param args The arguments.
 */
export function namesPath(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  return own.some((arg) => !arg.startsWith("-") && exists(arg));
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false; // also if the text cannot be a path
  }
}

/**
 * Lists the sources whose doc comments have examples to run.
 *
 * @param root Root of the checkout.
 * @returns Their paths from the root, sorted.
 */
export function documentedFiles(root: string): string[] {
  const paths = ["mod.ts", "cli.ts"];
  const walk = (folder: string): void => {
    for (const { name, isDirectory } of Deno.readDirSync(`${root}/${folder}`)) {
      const path = `${folder}/${name}`;
      if (isDirectory) walk(path);
      else if (name.endsWith(".ts")) paths.push(path);
    }
  };
  walk("ffi");
  walk("lib");
  return paths.sort();
}
