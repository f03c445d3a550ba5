import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { denoFlags, mustRun, ROOT, TemporaryFolder, test } from "./support.ts";

const readme = await Deno.readTextFile(join(ROOT, "README.md"));

/** The code blocks of a section of the README, by language. */
function blocks(section: string, language: string): string[] {
  const text = readme.split(/^## /m).find((it) => it.startsWith(section)) ?? "";
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)]
    .filter(([, tag]) => tag === language).map(([, , code]) => code);
}

test("The README's sample builds, runs and prints what it says", async () => {
  using folder = new TemporaryFolder();
  const here = (code: string) => code.replaceAll("/tmp/", `${folder.path}/`);

  const [commands] = blocks("The sample", "sh");
  const [expected] = blocks("The sample", "");
  const printed = await mustRun("sh", ["-e", "-c", here(commands)], {
    cwd: ROOT,
  });
  assertEquals(printed, expected);

  const [code] = blocks("The API in 20 lines", "ts");
  assertEquals(code.trimEnd().split("\n").length <= 25, true);
  const script = folder.join("script.ts");
  const mod = JSON.stringify(join(ROOT, "mod.ts"));
  await Deno.writeTextFile(script, here(code).replace('"./mod.ts"', mod));
  assertEquals(
    await mustRun(Deno.execPath(), ["run", "-A", ...denoFlags(), script]),
    "> CREATE 5xi8=0 1 2 3 4\n> PRINT 5xi8=0 1 2 3 4\nUNKNOWN\n" +
      "CREATE 5XI8=0 1 2 3 4\nPRINT 5XI8=0 1 2 3 4\n" +
      '[ "main 0v_v", "error 0v_v", "__init 0v_v" ]\n',
  );
});

test("The demo prints what the README says", async () => {
  const [expected] = blocks("Try it", "");
  const script = join(ROOT, "tests/demo.ts");
  assertEquals(
    await mustRun(Deno.execPath(), ["run", "-A", ...denoFlags(), script]),
    expected,
  );
});
