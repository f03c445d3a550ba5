import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { pathsUnder } from "../archives.ts";
import { test } from "../../support.ts";
import { waitUntil } from "../../waiting.ts";
import { FILES, OUTPUT, TestExecutable } from "./support.ts";

const mode = (path: string) => Deno.lstatSync(path).mode! & 0o777;

/** Runs a command as a user without privileges, or as this one. */
const AS_USER = Deno.uid() === 0
  ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
  : [];

test("An executable places its files in a private folder and becomes its program", async () => {
  using made = await TestExecutable.make();
  const { code, stdout, stderr } = await made.run();
  assertEquals([code, stdout, stderr], [0, OUTPUT, ""]);
  assertEquals([mode(made.root), mode(made.folder())], [0o700, 0o700]);
  assertEquals(await pathsUnder(made.folder()), [
    ".stamps",
    "data/more",
    "data/text",
    "program",
  ]);
  // Variables that are set stay.
  const other = await made.run([], { GREETING: "good day" });
  assertMatch(other.stdout, /^good day\n/);
});

test("XDG_CACHE_HOME selects the folder of an executable's files", async () => {
  using made = await TestExecutable.make();
  const cache = made.join("cache");
  const { stdout } = await made.run([], { XDG_CACHE_HOME: cache });
  assertEquals(stdout, OUTPUT);
  assert((await pathsUnder(cache))[0].startsWith("iree-deno/standalone/"));
  assertEquals(await pathsUnder(made.home), []);
});

test("A second start uses the files of the first", async () => {
  using made = await TestExecutable.make();
  await made.run();
  const path = join(made.folder(), "program");
  const { ino, mtime } = Deno.statSync(path);
  assertEquals((await made.run()).stdout, OUTPUT);
  const again = Deno.statSync(path);
  assertEquals([again.ino, again.mtime], [ino, mtime]);
});

test("A placed file that has changed is placed again", async () => {
  using made = await TestExecutable.make();
  await made.run();
  const folder = made.folder();
  const text = join(folder, "data/text");
  const elsewhere = made.join("elsewhere");
  Deno.writeTextFileSync(elsewhere, "a text\n");
  const changes = [
    () => Deno.writeTextFileSync(text, "A TEXT\n"),
    () => Deno.removeSync(text),
    () => Deno.removeSync(join(folder, ".stamps")),
    () => Deno.removeSync(folder, { recursive: true }),
    () => {
      Deno.removeSync(text);
      Deno.symlinkSync(elsewhere, text);
    },
    () => {
      // With the old size and time.
      const { atime, mtime } = Deno.statSync(text);
      Deno.writeTextFileSync(text, "a test\n");
      Deno.utimeSync(text, atime!, mtime!);
    },
  ];
  for (const change of changes) {
    change();
    const { code, stdout, stderr } = await made.run();
    assertEquals([code, stdout, stderr], [0, OUTPUT, ""], String(change));
    assert(Deno.lstatSync(text).isFile);
  }
  assertEquals(made.folder(), folder);
});

test("An executable that is damaged or cut short runs nothing and leaves no files", async () => {
  using made = await TestExecutable.make();
  const bytes = await Deno.readFile(made.app);
  const damaged = (at: number) => {
    const copy = bytes.slice();
    copy[at] ^= 1;
    return copy;
  };
  const end = bytes.length;
  const cases: [Uint8Array, string][] = [
    [damaged(end - 64 - 30), "it is damaged"], // its text
    [damaged(end - 64 - 200), "it is damaged"], // its table
    [damaged(end - 1100), "this executable is damaged"], // a file
    [damaged(end - 5), "it is incomplete"], // its footer
    [bytes.subarray(0, end - 1), "it is incomplete"],
    [bytes.subarray(0, end >> 1), "it is incomplete"],
  ];
  for (const [content, reason] of cases) {
    await Deno.writeFile(made.app, content);
    const { code, stdout, stderr } = await made.run();
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, reason);
    assertStringIncludes(stderr, "download it again");
    const left = [
      ...await pathsUnder(made.home),
      ...await pathsUnder(made.temporary),
    ].filter((path) => !path.endsWith(".lock") && !path.endsWith("/"));
    assertEquals(left, []);
  }
});

test("Twenty starts at once all run, and place the files once", async () => {
  using made = await TestExecutable.make();
  const runs = await Promise.all(Array.from({ length: 20 }, () => made.run()));
  for (const { code, stdout, stderr } of runs) {
    assertEquals([code, stdout, stderr], [0, OUTPUT, ""]);
  }
  const left = Array.from(Deno.readDirSync(made.root), ({ name }) => name);
  assertEquals(left.filter((name) => name.endsWith(".partial")), []);
  assertEquals(left.length, 2); // the folder and its lock
});

test("A start that was killed while it placed files is resumed by the next", async () => {
  const large = new Uint8Array(30_000_000);
  using made = await TestExecutable.make([
    ...FILES,
    { name: "large", contents: large },
  ]);
  const child = new Deno.Command(made.app, {
    env: { HOME: made.home, XDG_CACHE_HOME: "" },
    stdout: "null",
    stderr: "null",
  }).spawn();
  await waitUntil(() => hasPartial(made.root), "a partial folder");
  child.kill("SIGKILL");
  await child.status;
  const { code, stdout, stderr } = await made.run();
  assertEquals([code, stdout, stderr], [0, OUTPUT, ""]);
  assertEquals(hasPartial(made.root), false);
});

function hasPartial(root: string): boolean {
  try {
    return Array.from(Deno.readDirSync(root))
      .some(({ name }) => name.endsWith(".partial"));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

test("A user without privileges and with a read-only home runs an executable", async () => {
  using made = await TestExecutable.make();
  open(made);
  await Deno.chmod(made.home, 0o555);
  const { code, stdout, stderr } = await made.run(AS_USER);
  await Deno.chmod(made.home, 0o755);
  assertEquals([code, stdout, stderr], [0, OUTPUT, ""]);
  assertEquals(await pathsUnder(made.home), []);
  assertMatch((await pathsUnder(made.temporary))[0], /^iree-deno-\d+\//);
});

test("An executable does not use folders that other users can replace", async () => {
  using made = await TestExecutable.make();
  open(made);
  await Deno.chmod(made.home, 0o777);
  await Deno.chmod(made.temporary, 0o777); // without the sticky bit
  const { code, stdout, stderr } = await made.run(AS_USER);
  assertEquals([code, stdout], [1, ""]);
  assertStringIncludes(stderr, `'${made.home}': other users can write to it`);
  assertStringIncludes(
    stderr,
    `'${made.temporary}': other users can write to it`,
  );
});

// A limit on the size of files stands in for the full disk.
test("An executable that cannot be placed says why and leaves no files", async () => {
  using made = await TestExecutable.make();
  const { code, stdout, stderr } = await made.run([
    ...["sh", "-c", 'trap "" XFSZ; ulimit -f 100; exec "$@"', "sh"],
  ]);
  assertEquals([code, stdout], [1, ""]);
  assertStringIncludes(stderr, "data/more': File too large\n");
  assertStringIncludes(stderr, "hint: set XDG_CACHE_HOME to a folder");
  for (const folder of [made.home, made.temporary]) {
    const left = (await pathsUnder(folder))
      .filter((path) => !path.endsWith(".lock"));
    assertEquals(left, []);
  }
});

/** Lets other users reach the folder of an executable. */
function open(made: TestExecutable): void {
  Deno.chmodSync(made.path, 0o755);
  Deno.chmodSync(made.temporary, 0o1777);
}
