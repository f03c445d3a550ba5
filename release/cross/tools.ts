/**
 * Tools of a build, each a script that calls zig, which is all tools in one
 * program.
 *
 * @module
 */

import { join } from "@std/path";

/** Tools that zig has under the same name. */
const TOOLS = ["ar", "ranlib", "rc", "dlltool", "objcopy"];

/**
 * Writes the tools of a build, unless they are there. They keep their path and
 * time, so that compiler caches find earlier builds.
 *
 * @param cache The cache of `./dev`.
 * @param zig Path of zig's program.
 * @param target Zig's name of the target.
 * @returns The folder with the tools.
 */
export async function placeTools(
  cache: string,
  zig: string,
  target: string,
): Promise<string> {
  const text = new TextEncoder().encode(compiler(zig, "cc", target));
  const digest = await crypto.subtle.digest("SHA-256", text);
  const key = new Uint8Array(digest).toHex().slice(0, 20);
  const folder = join(cache, "cross", `tools-${key}`);
  try {
    await Deno.lstat(folder);
    return folder;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const partial = `${folder}.${crypto.randomUUID()}`;
  await writeTools(partial, zig, target);
  await Deno.rename(partial, folder);
  return folder;
}

/**
 * Writes the tools of a build.
 *
 * @param folder The output folder.
 * @param zig Path of zig's program.
 * @param target Zig's name of the target.
 */
export async function writeTools(
  folder: string,
  zig: string,
  target: string,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const write = (name: string, script: string) =>
    Deno.writeTextFile(join(folder, name), script, { mode: 0o755 });
  await write("clang", compiler(zig, "cc", target));
  await write("clang++", compiler(zig, "c++", target));
  for (const name of TOOLS) {
    await write(name, `#!/bin/sh\nexec ${quote(zig)} ${name} "$@"\n`);
  }
  await write("install_name_tool", "#!/bin/sh\nexit 1\n");
}

/**
 * Zig names CPU features differently: with Clang's names, IREE's microkernels
 * for arm64 would be left out without an error. Nothing is linked with the C++
 * library, which zig would build first; that takes longer than our build.
 */
function compiler(zig: string, command: string, target: string): string {
  return `#!/bin/sh
linked=${command === "c++" ? "-nostdlib++" : ""}
for argument; do
  shift
  case $argument in
    -c) linked= ;;
    -march=armv8.2-a+fp16) argument=-mcpu=generic+v8_2a+fullfp16 ;;
    -march=armv8.2-a+*) argument=-mcpu=generic+v8_2a+\${argument#*+} ;;
  esac
  set -- "$@" "$argument"
done
exec ${quote(zig)} ${command} -target ${target} $linked "$@"
`;
}

/** Quotes a path for the shell. */
function quote(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}
