import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { moduleFiles } from "../../lib/cli/new/module.ts";
import { projectCommands } from "../../lib/cli/new/project.ts";
import { ROOT, test } from "../support.ts";
import { findBlocks } from "./blocks.ts";

const page = join(ROOT, "docs/native-modules.md");

/** The files of the page by name. */
const files = new Map(
  findBlocks(page, Deno.readTextFileSync(page)).flatMap((block) =>
    block.kind === "file" ? [[block.name, block.code] as const] : []
  ),
);
const template = moduleFiles("dice", projectCommands(undefined));

/** What every creation function begins with: its comment, up to the types. */
function beginningOfCreation(source: string): string | undefined {
  return /^\/\/ Creates the module\.[^]*?resolve_all_types.*$/m.exec(source)
    ?.[0];
}

test("The page on native modules has the CMake file of iree new", () => {
  assertEquals(
    files.get("CMakeLists.txt"),
    template["CMakeLists.txt"].replaceAll("module.cc", "dice.cc"),
  );
});

test("The page's creation function begins like that of iree new", () => {
  const wanted = beginningOfCreation(template["module.cc"]);
  assertEquals(wanted?.includes("max_version <"), true);
  assertEquals(beginningOfCreation(files.get("dice.cc") ?? ""), wanted);
});
