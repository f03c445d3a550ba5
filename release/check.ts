/**
 * `./dev check`: checks that run no code. Continues after a failed check, so
 * that one run shows all failures.
 *
 *     check.ts FOLDER [--import-map=…]
 *
 * `FOLDER` has typos, shellcheck and clang-format, which `./dev` installs
 * first. Imports only files of this folder, so that it runs without a
 * configuration.
 *
 * @module
 */

import { ENTRIES } from "./entries.ts";

const ROOT: string = new URL("..", import.meta.url).pathname;

/** A command, and whether to hide its output. */
export interface Check {
  readonly command: readonly string[];
  readonly quiet?: boolean;
}

/**
 * The checks, in order.
 *
 * @param files The files of the checkout.
 * @param scripts The shell scripts among them.
 * @param tools The folder of typos, shellcheck and clang-format.
 * @param importMap Flags for Deno when JSR is unreachable.
 */
export function checksOf(
  files: readonly string[],
  scripts: readonly string[],
  tools: string,
  importMap: readonly string[],
): Check[] {
  const deno = Deno.execPath();
  const sources = files.filter((path) => path.endsWith(".ts"));
  const native = files.filter((path) => /\.(?:c|cc|h)$/.test(path));
  return [
    { command: [deno, "fmt", "--check"] },
    { command: [deno, "lint"] },
    { command: [deno, "check", ...importMap, ...sources] },
    {
      command: [deno, "doc", ...importMap, "--lint", ...ENTRIES],
      quiet: true,
    },
    {
      command: [
        ...[deno, "run", ...importMap, "--allow-read", "--allow-run=git"],
        "tests/voice/words.ts",
      ],
    },
    {
      command: [
        ...[deno, "run", "--no-config", "--allow-read", "release/leftovers.ts"],
        ...files,
      ],
    },
    { command: [`${tools}/typos`] },
    { command: [`${tools}/shellcheck`, ...scripts] },
    { command: [`${tools}/clang-format`, "--dry-run", "-Werror", ...native] },
  ];
}

/** Files of the checkout: tracked ones and new ones. */
async function listFiles(): Promise<string[]> {
  const { stdout, success } = await new Deno.Command("git", {
    args: [
      ...["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
      "--deduplicate",
    ],
    cwd: ROOT,
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("git ls-files failed");
  return new TextDecoder().decode(stdout).split("\0").filter(isThere);
}

/** Whether a tracked file still exists. */
function isThere(path: string): boolean {
  try {
    return Deno.statSync(ROOT + path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Whether a file is a shell script, which shellcheck reads.
 *
 * @param path Its path.
 * @param text Its contents.
 */
export function isShellScript(path: string, text: string): boolean {
  return /(?:^|\/)\.?[^./]*(?:\.sh)?$/.test(path) &&
    /^#!.*\b(?:sh|bash|dash)\b/.test(text);
}

/**
 * Runs all checks in the root of the checkout.
 *
 * @param checks The checks.
 * @returns Whether all passed.
 */
export async function runChecks(checks: readonly Check[]): Promise<boolean> {
  let passed = true;
  for (const { command: [program, ...args], quiet } of checks) {
    const { success } = await new Deno.Command(program, {
      args,
      cwd: ROOT,
      stdout: quiet ? "null" : "inherit",
    }).spawn().status;
    passed &&= success;
  }
  return passed;
}

async function main(tools: string, importMap: string[]): Promise<number> {
  const files = await listFiles();
  const scripts = files.filter((path) =>
    isShellScript(path, Deno.readTextFileSync(ROOT + path))
  );
  const checks = checksOf(files, scripts, tools, importMap);
  return await runChecks(checks) ? 0 : 1;
}

if (import.meta.main) {
  const [tools, ...importMap] = Deno.args;
  Deno.exit(await main(tools, importMap));
}
