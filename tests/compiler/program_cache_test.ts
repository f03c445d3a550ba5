import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname } from "@std/path";
import { ProgramCache } from "../../lib/compiler/mod.ts";
import {
  denoFlags,
  execute,
  failureOf,
  inCache,
  ireeOfSources,
  TemporaryFolder,
  test,
} from "../support.ts";
import { fixture } from "./support.ts";

const SOURCE = fixture("mul.mlir");
const RECORD = { source: "a.mlir", flags: [], compiler: "3.13.0" };

/** A cache of its own, for command lines. */
class OwnCache extends TemporaryFolder {
  readonly env = inCache(this.path);
  readonly folder: string = this.join("iree-deno/programs");

  /** Compiles, and returns whether the program was in the cache. */
  async compile(source = SOURCE, ...flags: string[]): Promise<boolean> {
    const output = `--output=${this.join("out.vmfb")}`;
    const args = ["compile", source, output, "--json", ...flags];
    const { code, stdout, stderr } = await ireeOfSources(args, {
      env: this.env,
    });
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    return JSON.parse(stdout).isCached;
  }

  /** The files in the cache. */
  files(extension: string): string[] {
    return [...Deno.readDirSync(this.folder)].map(({ name }) => name)
      .filter((name) => name.endsWith(extension));
  }
}

test("A program is cached by its source, target, flags and the files of flags", async () => {
  using own = new OwnCache();
  assertEquals(await own.compile(), false);
  const first = Deno.readFileSync(own.join("out.vmfb"));
  assertEquals(await own.compile(), true);
  assertEquals(Deno.readFileSync(own.join("out.vmfb")), first);
  const copy = own.join("copy.mlir");
  Deno.copyFileSync(SOURCE, copy);
  assertEquals(await own.compile(copy), true);
  Deno.writeTextFileSync(copy, "\n", { append: true });
  assertEquals(await own.compile(copy), false);
  assertEquals(await own.compile(SOURCE, "--target=vmvx"), false);
  assertEquals(await own.compile(SOURCE, "--target=vmvx"), true);
  assertEquals(await own.compile(SOURCE, "--no-cache"), false);
  assertEquals(own.files(".vmfb").length, 3);
});

test("Two compiles of one file at the same time leave a good cache", async () => {
  using own = new OwnCache();
  const outputs = [own.join("1.vmfb"), own.join("2.vmfb")];
  await Promise.all(
    outputs.map((output) => mustCompile(own, SOURCE, "-o", output)),
  );
  assertEquals(Deno.readFileSync(outputs[0]), Deno.readFileSync(outputs[1]));
  assertEquals(await own.compile(), true);
  assertEquals(
    Deno.readFileSync(own.join("out.vmfb")),
    Deno.readFileSync(outputs[0]),
  );
  assertEquals(own.files(".part"), []);
});

test("A key that names files of other folders is rejected", async () => {
  using folder = new TemporaryFolder();
  const cache = new ProgramCache(folder.join("cache"));
  for (const key of ["../key", "a/b", "", "a\0b", ".."]) {
    for (
      const use of [
        () => cache.get(key),
        () => cache.put(key, new Uint8Array(4), RECORD),
      ]
    ) {
      const error = await failureOf(use());
      assertEquals(error.code, "INVALID_ARGUMENT");
    }
  }
  assertEquals([...Deno.readDirSync(folder.path)], []);
});

test("A killed compile leaves a good cache", async () => {
  using own = new OwnCache();
  const killed = own.join("killed.ts");
  // Dies after its first half, like a process that is killed while it writes.
  await Deno.writeTextFile(
    killed,
    `import { ProgramCache } from "${
      import.meta.resolve("../../lib/compiler/mod.ts")
    }";
const { writeFile } = Deno;
Deno.writeFile = async (path, bytes, options) => {
  if (path.includes(".vmfb.")) {
    await writeFile(path, bytes.subarray(0, 100), options);
    Deno.kill(Deno.pid, "SIGKILL");
  }
  await writeFile(path, bytes, options);
};
await ProgramCache.find().put("key", new Uint8Array(200), {
  source: "source.mlir", flags: [], compiler: "1",
});`,
  );
  const { code } = await runScript(killed, own.env);
  assertEquals(code, 137);
  assertEquals(own.files(".part").length, 1);
  assertEquals(own.files(".vmfb"), []);
  assertEquals(await new ProgramCache(own.folder).get("key"), undefined);
  // Files of processes that may still write stay for an hour.
  const [part] = own.files(".part");
  assertEquals(await own.compile(), false);
  assertEquals(own.files(".part"), [part]);
  const old = new Date(Date.now() - 2 * 60 * 60 * 1000);
  Deno.utimeSync(`${own.folder}/${part}`, old, old);
  assertEquals(await own.compile(SOURCE, "--target=vmvx"), false);
  assertEquals(own.files(".part"), []);
});

test("A damaged program is compiled again", async () => {
  using own = new OwnCache();
  await own.compile();
  const [name] = own.files(".vmfb");
  Deno.truncateSync(`${own.folder}/${name}`, 100);
  assertEquals(await own.compile(), false);
  assertEquals(await own.compile(), true);
});

test("Above the limit, least recently used programs are removed", async () => {
  using folder = new TemporaryFolder();
  const cache = new ProgramCache(folder.path, 250);
  const put = async (key: string, minutes: number) => {
    const path = await cache.put(key, new Uint8Array(100), RECORD);
    const used = new Date(Date.now() - minutes * 60_000);
    Deno.utimeSync(path, used, used);
  };
  await put("first", 30);
  await put("second", 20);
  await cache.get("first"); // now used last
  await put("third", 10);
  const keys = (await cache.list()).map(({ path }) =>
    path.slice(folder.path.length + 1)
  );
  assertEquals(keys, ["first.vmfb", "third.vmfb"]);
  assertEquals([...Deno.readDirSync(folder.path)].length, 4);
  // A program that is larger than the limit is kept alone.
  await cache.put("large", new Uint8Array(1000), RECORD);
  assertEquals((await cache.list()).map(({ bytes }) => bytes), [1000]);
});

test("iree cache lists and clears programs", async () => {
  using own = new OwnCache();
  const { env } = own;
  const empty = `0 programs, 0.0 kB of at most 2.0 GB in ${own.folder}\n`;
  assertEquals((await ireeOfSources(["cache"], { env })).stdout, empty);
  await own.compile(SOURCE, "--target=vmvx");
  const listing = (await ireeOfSources(["cache", "list"], { env })).stdout;
  assertStringIncludes(listing, `${SOURCE}  --iree-hal-target-backends=vmvx\n`);
  assertStringIncludes(listing, "1 program, ");
  const json = JSON.parse(
    (await ireeOfSources(["cache", "--json"], { env })).stdout,
  );
  const [program] = json.programs;
  assertEquals(dirname(program.path), json.folder);
  assertEquals(program.bytes, Deno.statSync(program.path).size);
  assertEquals(json.limit, 2_000_000_000);
  const cleared = (await ireeOfSources(["cache", "clear"], { env })).stdout;
  assert(cleared.startsWith("removed 1 program, "), cleared);
  assertEquals((await ireeOfSources(["cache"], { env })).stdout, empty);
  assertEquals([...Deno.readDirSync(own.folder)], []);
});

test("A program that cannot be cached is compiled with a warning", async () => {
  using own = new OwnCache();
  Deno.writeTextFileSync(own.join("iree-deno"), "a file");
  const output = own.join("out.vmfb");
  const { code, stderr } = await ireeOfSources([
    "compile",
    SOURCE,
    "-o",
    output,
  ], own);
  assertEquals(code, 0);
  assert(
    stderr.startsWith("warning: cannot write the program to the cache: "),
    stderr,
  );
  assert(Deno.statSync(output).size > 0);
});

async function mustCompile(own: OwnCache, ...args: string[]): Promise<void> {
  const { code, stderr } = await ireeOfSources(["compile", ...args], {
    env: own.env,
  });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
}

async function runScript(path: string, env: Record<string, string>) {
  return await execute(
    Deno.execPath(),
    ["run", "-A", "--no-check", ...denoFlags(), path],
    { env },
  );
}
