import { assertEquals, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import {
  type Check,
  checksOf,
  isShellScript,
  runChecks,
} from "../../release/check.ts";
import { docsArguments } from "../../release/docs.ts";
import { findLeftovers } from "../../release/leftovers.ts";

Deno.test("Shell scripts are recognized by their first line", () => {
  assertEquals(isShellScript("dev", "#!/bin/sh\n"), true);
  assertEquals(isShellScript(".ci/run", "#!/usr/bin/env bash\n"), true);
  assertEquals(isShellScript("a/b.sh", "#!/bin/dash\n"), true);
  assertEquals(isShellScript("a/b.py", "#!/usr/bin/env python3\n"), false);
  assertEquals(isShellScript("LICENSE", "Apache License\n"), false);
  // Pages quote scripts.
  assertEquals(isShellScript("a/b.md", "#!/bin/sh\n"), false);
});

Deno.test("Each file is checked by the tools of its language", () => {
  const files = ["a.ts", "b.md", "c/d.ts", "e.c", "f.cc", "g.h"];
  const commands = checksOf(files, ["dev"], "/tools", [
    "--import-map=x",
  ]).map(({ command }) => command.join(" "));
  const deno = Deno.execPath();
  assertEquals(commands[2], `${deno} check --import-map=x a.ts c/d.ts`);
  assertStringIncludes(
    commands.join("\n"),
    `release/leftovers.ts ${files.join(" ")}\n`,
  );
  assertEquals(commands.at(-2), "/tools/shellcheck dev");
  const format = "/tools/clang-format --dry-run -Werror e.c f.cc g.h";
  assertEquals(commands.at(-1), format);
});

Deno.test("A failed check does not stop the next ones", async () => {
  const file = await Deno.makeTempFile();
  const check = (script: string): Check => ({
    command: ["sh", "-c", script, file],
  });
  try {
    const first = check("exit 3");
    const next = check('echo ran >>"$0"');
    assertEquals(await runChecks([first, next]), false);
    assertEquals(await runChecks([next, first]), false);
    assertEquals(await runChecks([next]), true);
    assertEquals(await Deno.readTextFile(file), "ran\n".repeat(3));
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("Every entry of the package has documentation, which is checked", () => {
  const lint = checksOf([], [], "/tools", [])
    .find(({ command }) => command.includes("--lint"))?.command ?? [];
  for (const entry of Object.values(config.exports)) {
    assertEquals(lint.includes(entry), true, entry);
    assertEquals(docsArguments("out", []).includes(entry), true, entry);
  }
});

Deno.test("Conflict markers and white space at line ends are found", () => {
  const marker = (character: string) => character.repeat(7);
  const text = [
    `${marker("<")} ours`,
    marker("="),
    `${marker(">")} theirs`,
    "a ",
    "\tb\t",
    `# ${marker("=")}`,
    marker("=") + "=",
    "",
  ].join("\n");
  assertEquals(findLeftovers(text), [
    "1: conflict marker",
    "2: conflict marker",
    "3: conflict marker",
    "4: white space at the end",
    "5: white space at the end",
  ]);
});
