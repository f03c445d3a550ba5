/**
 * Runs IREE's own tests of its tools with our commands in their place: all of
 * the sources that the library is built from that start a tool of the runtime.
 * By hand, since it takes minutes:
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

/** Tools of the runtime that no command replaces, and why. */
const WITHOUT_COMMAND: Readonly<Record<string, string>> = {
  "iree-run-mlir": "`iree compile` and `iree run` are two commands",
  "iree-benchmark-executable":
    "`iree benchmark` measures programs, with their dispatches",
};

/** The folders with tests in the sources. */
const FOLDERS = ["tools/test", "runtime/src/iree/modules/check/test"];

/** Finds the sources. */
function findSources(): string {
  const own = Deno.env.get("IREE_SOURCE_DIR");
  if (own !== undefined) return own;
  const registry = join(
    Deno.env.get("CARGO_HOME") ?? join(Deno.env.get("HOME")!, ".cargo"),
    "registry/src",
  );
  for (const { name } of Deno.readDirSync(registry)) {
    const path = join(registry, name, "eerie-sys-0.5.0/iree");
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

/** The tests that start tools, as paths. */
function findTests(): string[] {
  const sources = findSources();
  return FOLDERS.map((folder) => join(sources, folder)).flatMap((folder) =>
    [...Deno.readDirSync(folder)]
      .map(({ name }) => name).sort()
      .filter((name) => /\.(?:mlir|txt)$/.test(name))
      .filter((name) => name !== "CMakeLists.txt")
      .map((name) => join(folder, name))
  );
}

/** The reason why a command differs, by parts of it. */
function reasonOf(
  reasons: Readonly<Record<string, string>>,
  command: string,
): string | undefined {
  return Object.entries(reasons).find(([part]) => command.includes(part))?.[1];
}

async function main(pattern = ""): Promise<number> {
  using folder = new TemporaryFolder();
  writeTools(folder.path);
  const counts = { passed: 0, different: 0, failed: 0 };
  const report = (
    outcome: keyof typeof counts,
    path: string,
    command: string,
    why = "",
  ) => {
    counts[outcome]++;
    if (outcome === "passed") return;
    console.log(`${outcome} ${basename(path)}: ${command}\n  ${why}`);
  };
  const tests = findTests();
  for (const path of tests.filter((it) => new RegExp(pattern).test(it))) {
    using scratch = new TemporaryFolder();
    for (const command of readCommands(Deno.readTextFileSync(path))) {
      const missing = reasonOf(WITHOUT_COMMAND, command);
      if (missing !== undefined) {
        report("different", path, command, missing);
        continue;
      }
      const isOurs = Object.keys(COMMANDS).some((it) => command.includes(it));
      // Others prepare files for those.
      if (!isOurs && !command.includes("%t")) continue;
      const problem = await runCommand(command, path, folder.path, scratch);
      if (problem === undefined) {
        report("passed", path, command);
        continue;
      }
      const reason = reasonOf(DIFFERENCES, command);
      const outcome = reason === undefined ? "failed" : "different";
      report(outcome, path, command, reason ?? problem);
    }
  }
  console.log(JSON.stringify(counts));
  return counts.failed === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args[0]));
