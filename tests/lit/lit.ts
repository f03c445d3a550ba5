/**
 * Runs IREE's own tests of its tools, `tools/test` of the sources that the
 * library is built from, with our commands in place of the tools. By hand, since
 * it takes minutes:
 *
 *     ./dev deno run -A tests/lit/lit.ts [PATTERN of file names]
 *
 * @module
 */

import { basename, join } from "@std/path";
import { denoFlags, execute, ROOT, TemporaryFolder } from "../support.ts";

/** Our command for each tool. */
const COMMANDS: Readonly<Record<string, string>> = {
  "iree-run-module": "run",
  "iree-benchmark-module": "benchmark",
  "iree-dump-module": "disassemble",
  "iree-dump-parameters": "parameters dump",
  "iree-convert-parameters": "parameters convert",
  "iree-create-parameters": "parameters create",
  "iree-encode-parameters": "parameters encode",
  "iree-tokenize": "tokenize",
  "iree-check-module": "check",
  "iree-run-replay": "replay run",
  "iree-benchmark-replay": "replay benchmark",
  "iree-dump-replay": "replay dump",
};

/** Commands that fail here, by a part of them, and why. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  "--help": "help is our own",
  "--output=all": "`iree inspect` prints the metadata",
  "%p/parameters_b.safetensors":
    "we reject the beginning of a longer parameter",
  "iree-dump-module %t.vmfb": "`iree inspect` prints the metadata",
};

/** Finds the sources. */
function findTests(): string {
  const own = Deno.env.get("IREE_SOURCE_DIR");
  if (own !== undefined) return join(own, "tools/test");
  const registry = join(
    Deno.env.get("CARGO_HOME") ?? join(Deno.env.get("HOME")!, ".cargo"),
    "registry/src",
  );
  for (const { name } of Deno.readDirSync(registry)) {
    const path = join(registry, name, "eerie-sys-0.5.0/iree/tools/test");
    try {
      Deno.statSync(path);
      return path;
    } catch {
      // Another registry.
    }
  }
  throw new Error("no sources; run ./dev setup");
}

/** The commands of a test's RUN lines. */
export function readCommands(text: string): string[] {
  return text.split("\n")
    .flatMap((line) => /^(?:\/\/|#|;)\s*RUN:(.*)$/.exec(line)?.[1] ?? [])
    .join("\n").replaceAll(/\s*\\\n\s*/g, " ").split("\n")
    .map((line) => line.trim()).filter((line) => line !== "");
}

function writeTools(folder: string): void {
  const write = (name: string, command: string) =>
    Deno.writeTextFileSync(join(folder, name), `#!/bin/sh\n${command}\n`, {
      mode: 0o755,
    });
  const deno = [Deno.execPath(), "run", "-A", "--quiet", ...denoFlags()]
    .map((it) => `'${it}'`).join(" ");
  for (const [name, command] of Object.entries(COMMANDS)) {
    write(name, `exec ${deno} '${join(ROOT, "cli.ts")}' ${command} "$@"`);
  }
  const check = join(ROOT, "tests/lit/file_check.ts");
  write("FileCheck", `exec ${deno} '${check}' "$@"`);
  write("not", `! "$@"`);
}

/** Runs one command of a test; returns what went wrong. */
async function runCommand(
  command: string,
  path: string,
  tools: string,
  scratch: TemporaryFolder,
): Promise<string | undefined> {
  const folder = path.slice(0, -basename(path).length - 1);
  const line = command
    .replaceAll("%PYTHON", join(Deno.env.get("IREE_DENO_TOOLS")!, "python"))
    .replaceAll("%s", path)
    .replaceAll("%S", folder)
    .replaceAll("%p", folder)
    .replaceAll("%t", scratch.join("t"));
  const PATH = [tools, Deno.env.get("IREE_DENO_TOOLS"), Deno.env.get("PATH")]
    .join(":");
  const { code, stderr } = await execute(
    "bash",
    ["-c", `set -o pipefail; ${line}`],
    { cwd: scratch.path, env: { PATH } },
  );
  return code === 0 ? undefined : stderr.slice(-1500);
}

async function main(pattern = ""): Promise<number> {
  using folder = new TemporaryFolder();
  writeTools(folder.path);
  const tests = findTests();
  const names = [...Deno.readDirSync(tests)].map(({ name }) => name).sort();
  const counts = { passed: 0, different: 0, failed: 0 };
  for (const name of names.filter((it) => new RegExp(pattern).test(it))) {
    if (!/\.(?:mlir|txt)$/.test(name) || name === "CMakeLists.txt") continue;
    const path = join(tests, name);
    using scratch = new TemporaryFolder();
    for (const command of readCommands(Deno.readTextFileSync(path))) {
      const isOurs = Object.keys(COMMANDS).some((it) => command.includes(it));
      // Others prepare files for those.
      const isNeeded = isOurs || command.includes("%t");
      if (!isNeeded) continue;
      const problem = await runCommand(
        command,
        path,
        folder.path,
        scratch,
      );
      const reason = Object.entries(DIFFERENCES).find(([part]) =>
        command.includes(part)
      )?.[1];
      const outcome = problem === undefined
        ? "passed"
        : reason === undefined
        ? "failed"
        : "different";
      counts[outcome]++;
      if (outcome === "passed") continue;
      console.log(`${outcome} ${name}: ${command}\n  ${reason ?? problem}`);
    }
  }
  console.log(JSON.stringify(counts));
  return counts.failed === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args[0]));
