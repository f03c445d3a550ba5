import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import {
  denoFlags,
  execute,
  IMPORT_ALL,
  LIBRARY,
  type Output,
  ROOT,
  type RunOptions,
  TemporaryFolder,
  test,
  WITHOUT_LEAKS,
} from "../support.ts";
import { ENV, type Line, LINES } from "./permissions_table.ts";

// Checks docs/permissions.md row by row: each use works with the permissions of
// its row, and fails without any one of them.

async function use(line: Line, flags: readonly string[]): Promise<Output> {
  const options: RunOptions = {
    stdin: line.stdin,
    env: { IREE_RUNTIME_LIBRARY: LIBRARY, ...line.env },
  };
  const deno = ["run", "--no-prompt", "--no-check", ...denoFlags(), ...flags];
  if (typeof line.use !== "string") {
    const args = [...deno, join(ROOT, "cli.ts"), ...line.use];
    return await execute(Deno.execPath(), args, options);
  }
  using folder = new TemporaryFolder();
  const script = folder.join("script.ts");
  await Deno.writeTextFile(
    script,
    `${IMPORT_ALL}\n` +
      `const library = ${JSON.stringify(LIBRARY)};\n${line.use}`,
  );
  return await execute(Deno.execPath(), [...deno, script], options);
}

test("The documented table of permissions matches the tested one", async () => {
  const text = await Deno.readTextFile(join(ROOT, "docs/permissions.md"));
  const rows = [...text.matchAll(/^\| (.*?) +\| /gm)].map(([, what]) => what);
  assertEquals(rows.slice(2), Object.keys(LINES));
});

/** Deno's note on packages of npm whose scripts it does not run. */
const BUILD_SCRIPTS = /^╭ Warning\n(?:│.*\n)*╰─\n/;

for (const [what, line] of Object.entries(LINES)) {
  if (line.isIgnored) continue;
  test(`Permissions: ${what} works with the documented permissions`, async () => {
    const { code, stderr } = await use(line, line.needs);
    assertEquals([code, stderr.replace(BUILD_SCRIPTS, "")], [0, ""]);
  });

  test(`Permissions: ${what} fails with fewer permissions`, async () => {
    for (const [index, flag] of line.needs.entries()) {
      // A list of paths loses its last entry; any other permission is dropped
      // whole.
      const less = flag.includes(",") ? [withoutLast(flag)] : [];
      const flags = line.needs.toSpliced(index, 1, ...less);
      const env = { ...line.env, ...WITHOUT_LEAKS };
      const { code, stderr, stdout } = await use({ ...line, env }, flags);
      assertEquals(code, 1, `${flags.join(" ")}: ${stdout}`);
      const looked = flag === ENV || line.env !== undefined;
      const words = looked
        ? "(?:without|with the|Requires)"
        : "(?:with the|Requires)";
      assertMatch(stderr, new RegExp(`${words} --allow-`));
    }
  });
}

function withoutLast(flag: string): string {
  return flag.slice(0, flag.lastIndexOf(","));
}
