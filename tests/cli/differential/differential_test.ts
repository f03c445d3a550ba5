// `iree run` and `iree-run-module` side by side, on many command lines.

import { assert, assertEquals } from "@std/assert";
import {
  iree,
  type Output,
  program,
  TemporaryFolder,
  test,
} from "../../support.ts";
import { forEach, peer } from "../peer.ts";
import type { Case } from "./case.ts";
import { CHECK_CASES } from "./check_cases.ts";
import { type Aspect, DIFFERENCES } from "./differences.ts";
import { FILE_CASES } from "./file_cases.ts";
import { PROGRAM_CASES } from "./program_cases.ts";
import { VALUE_CASES } from "./value_cases.ts";

/** The outcome of a program. */
interface Outcome extends Record<Aspect, unknown> {
  readonly stdout: string;
  readonly exit: number;
  readonly status: string | undefined;
  readonly stderr: string | undefined;
  readonly files: Readonly<Record<string, string>>;
}

const GROUPS: Readonly<Record<string, readonly Case[]>> = {
  "written on the command line": VALUE_CASES,
  "from and to files": FILE_CASES,
  "with expected outputs, limits or faults": CHECK_CASES,
  "for all kinds of programs and devices": PROGRAM_CASES,
};
const CASES = Object.values(GROUPS).flat();

test("There are enough cases, and each has a unique name", () => {
  // The number in docs/coming-from.md.
  assert(CASES.length > 300, `${CASES.length} cases`);
  const names = CASES.map(({ name }) => name);
  assertEquals(names.length, new Set(names).size);
});

test("Every difference names existing cases, each once", () => {
  const names = new Set(CASES.map(({ name }) => name));
  const listed = DIFFERENCES.flatMap(({ cases }) => cases);
  assertEquals(listed.filter((name) => !names.has(name)), []);
  assertEquals(listed.length, new Set(listed).size);
});

for (const [what, cases] of Object.entries(GROUPS)) {
  test(`Values ${what} give the same outcome as iree-run-module`, async () => {
    const wrong: string[] = [];
    await forEach(cases.filter(isTried), async (it) => {
      const problem = await compare(it);
      if (problem !== undefined) wrong.push(problem);
    });
    assertEquals(wrong, []);
  });
}

/** Every third case under a sanitizer, where a process starts slowly. */
function isTried(_case: Case, at: number): boolean {
  return at % 3 === 0 || !Deno.env.has("DEV_SANITIZE");
}

async function compare(it: Case): Promise<string | undefined> {
  const theirs = await outcome(it, peer);
  const ours = await outcome(
    it,
    (args, options) => iree(["run", ...args], options),
  );
  const aspects: readonly Aspect[] = [
    "stdout",
    "exit",
    "status",
    "stderr",
    "files",
  ];
  const differs = aspects.filter((aspect) =>
    JSON.stringify(theirs[aspect]) !== JSON.stringify(ours[aspect])
  );
  const meant = DIFFERENCES.find(({ cases }) => cases.includes(it.name));
  const [exit, status] = meant?.ours ?? [ours.exit, ours.status];
  if (
    differs.join() === (meant?.differs ?? []).join() &&
    ours.exit === exit && ours.status === status
  ) return undefined;
  return `${it.name}: differs in ${differs.join(", ") || "nothing"}\n` +
    `theirs ${JSON.stringify(theirs)}\nours ${JSON.stringify(ours)}`;
}

async function outcome(
  { module = "echo.mlir", function: name, args, files = {}, ...rest }: Case,
  run: (args: string[], options: { cwd: string }) => Promise<Output>,
): Promise<Outcome> {
  using folder = new TemporaryFolder();
  for (const [file, bytes] of Object.entries(files)) {
    Deno.writeFileSync(folder.join(file), bytes);
  }
  const named = name === undefined ? [] : [`--function=${name}`];
  const { code, stdout, stderr } = await run(
    [`--module=${await program(module)}`, ...named, ...args],
    { cwd: folder.path },
  );
  return {
    stdout,
    exit: code,
    status: code === 0 ? undefined : statusOf(stderr),
    stderr: rest.stderr && code === 0 ? stderr : undefined,
    files: readFiles(folder.path),
  };
}

/** The failure's code; undefined for wrong usage and for a mismatch. */
function statusOf(stderr: string): string | undefined {
  return /(?:^|: )([A-Z_]{4,})[:;]/m.exec(stderr)?.[1];
}

function readFiles(path: string): Record<string, string> {
  const names = [...Deno.readDirSync(path)].map(({ name }) => name).sort();
  return Object.fromEntries(
    names.map((name) => [name, Deno.readFileSync(`${path}/${name}`).toHex()]),
  );
}
