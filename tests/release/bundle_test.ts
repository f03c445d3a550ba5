import { assertEquals, assertMatch } from "@std/assert";
import { bundle, MAIN } from "../../release/bundle.ts";
import {
  denoFlags,
  execute,
  ireeOfSources,
  type Output,
  program,
  TemporaryFolder,
  test,
} from "../support.ts";

/** A bundle in a separate folder. */
class Bundle extends TemporaryFolder {
  static async make(): Promise<Bundle> {
    const made = new Bundle();
    await bundle(made.join("cli"), denoFlags());
    return made;
  }

  run(args: string[]): Promise<Output> {
    const main = this.join("cli", MAIN);
    const options = { cwd: this.path };
    return execute(Deno.execPath(), ["run", "-A", main, ...args], options);
  }
}

const single = await program("single.mlir");
const COMMANDS: readonly string[][] = [
  ["--version"],
  ["--help"],
  ["run", "--help"],
  ["run", `--module=${single}`, "--input=21"],
  ["run", `--module=${single}`, "--input=x"],
  ["inspect", "--json", single],
  ["devices", "--json"],
  ["completions", "bash"],
];

test("A bundle behaves like the sources", async () => {
  using made = await Bundle.make();
  for (const args of COMMANDS) {
    assertEquals(
      await made.run(args),
      await ireeOfSources(args),
      args.join(" "),
    );
  }
});

test("The start of a bundle and `iree run` are in two files", async () => {
  using made = await Bundle.make();
  const main = await Deno.readTextFile(made.join("cli", MAIN));
  const imported = [...main.matchAll(/\bfrom "\.\/([^"]+)"/g)];
  assertEquals(imported.length, 1);
  const [[, start = ""] = []] = imported;
  const text = await Deno.readTextFile(made.join("cli", start));
  assertMatch(text, /Usage: iree run /);
  assertEquals(text.match(/^\} from "/gm), null);
});

test("Projects made by a bundle use the package, not the bundle's missing sources", async () => {
  using made = await Bundle.make();
  assertEquals((await made.run(["new", "app", "made"])).code, 0);
  const config = await Deno.readTextFile(made.join("made", "deno.json"));
  assertMatch(config, /"jsr:@iree\/runtime@\^\d/);
});

test("A bundle's command reads its files when it runs", async () => {
  using made = await Bundle.make();
  const folder = made.join("cli");
  let removed = 0;
  for (const { name } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (!Deno.readTextFileSync(path).includes("Usage: iree serve")) continue;
    Deno.removeSync(path);
    removed++;
  }
  assertEquals(removed, 1);
  assertEquals((await made.run(["run", `--module=${single}`, "21"])).code, 0);
  assertMatch((await made.run(["serve", "--help"])).stderr, /not found/i);
});
