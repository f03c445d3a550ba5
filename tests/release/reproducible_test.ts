import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "@std/path";
import { makePackage } from "../../release/package.ts";
import { mustRun, ROOT, SDK, TemporaryFolder } from "../support.ts";

const ignore = Deno.env.has("DEV_SANITIZE"); // that library is not packaged

Deno.test({
  name: "Two packages of one build have the same bytes",
  ignore,
  async fn() {
    using folder = new TemporaryFolder();
    await mustRun("cp", ["-R", SDK, folder.join("copy")]);
    const there = await makePackage(folder.join("copy"), folder.join("there"));
    const here = await makePackage(SDK, folder.join("here"));
    assertEquals(there, here);
    assertEquals(
      await Deno.readFile(folder.join("there", here.name)),
      await Deno.readFile(folder.join("here", here.name)),
    );
  },
});

Deno.test({
  name: "Files of a package name no folder of the machine that built it",
  ignore,
  fn() {
    const folders = [ROOT, dirname(SDK), Deno.env.get("HOME") ?? SDK];
    let files = 0;
    for (const path of filesOf(SDK)) {
      const text = new TextDecoder("latin1").decode(Deno.readFileSync(path));
      for (const it of folders) assert(!text.includes(it), `${path}: ${it}`);
      files += 1;
    }
    assert(files > 10, `${files} files`);
  },
});

function filesOf(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder)).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory ? filesOf(path) : [path];
  });
}
