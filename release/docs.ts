/**
 * `./dev docs`: the API reference as HTML, from the doc comments of all entries.
 *
 *     docs.ts FOLDER [--import-map=…]
 *
 * @module
 */

import { ENTRIES } from "./entries.ts";

const ROOT: string = new URL("..", import.meta.url).pathname;

/**
 * The arguments of Deno that write the reference.
 *
 * @param folder The output folder.
 * @param flags Additional flags for `deno doc`.
 */
export function docsArguments(
  folder: string,
  flags: readonly string[],
): string[] {
  return [
    ...["doc", ...flags, "--html", "--name=IREE for Deno"],
    ...[`--output=${folder}`, ...ENTRIES],
  ];
}

if (import.meta.main) {
  const [folder, ...flags] = Deno.args;
  await Deno.mkdir(folder, { recursive: true });
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: docsArguments(folder, flags),
    cwd: ROOT,
  }).spawn().status;
  Deno.exit(code);
}
