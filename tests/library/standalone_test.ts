import { assert, assertEquals, assertThrows } from "@std/assert";
import { dirname, join, toFileUrl } from "@std/path";
import { placeLibrary } from "../../ffi/library/standalone.ts";
import { IreeError } from "../../mod.ts";
import { hashOf, pathsUnder } from "../cli/archives.ts";
import { denoFlags, mustRun, ROOT, TemporaryFolder, test } from "../support.ts";

const NAME = "libiree_runtime.so";
const BYTES = crypto.getRandomValues(new Uint8Array(65_536));

const mode = (path: string) => Deno.lstatSync(path).mode! & 0o777;

test("A library is placed in a folder that only its user can access", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("cache/standalone/hash", NAME);
  assertEquals(placeLibrary(BYTES, path), path);
  assertEquals(await Deno.readFile(path), BYTES);
  assertEquals([mode(dirname(path)), mode(path)], [0o700, 0o600]);
  assertEquals((await pathsUnder(folder.path)).length, 1);
});

test("A placed library is reused", () => {
  using folder = new TemporaryFolder();
  const path = placeLibrary(BYTES, folder.join("hash", NAME));
  const before = Deno.statSync(path);
  assertEquals(placeLibrary(BYTES, path), path);
  const { ino, mtime } = Deno.statSync(path);
  assertEquals([ino, mtime], [before.ino, before.mtime]);
});

test("A placed library that has changed is replaced", async () => {
  using folder = new TemporaryFolder();
  const path = placeLibrary(BYTES, folder.join("hash", NAME));
  const elsewhere = folder.join("elsewhere");
  await Deno.writeFile(elsewhere, BYTES);
  const spoil = [
    () => Deno.writeFileSync(path, BYTES.slice(0, 10)),
    () => Deno.writeFileSync(path, BYTES.toReversed()),
    () => {
      Deno.removeSync(path);
      Deno.symlinkSync(elsewhere, path);
    },
  ];
  for (const damage of spoil) {
    damage();
    assertEquals(placeLibrary(BYTES, path), path);
    assertEquals(await Deno.readFile(path), BYTES);
    assert(Deno.lstatSync(path).isFile);
  }
  assertEquals((await pathsUnder(dirname(path))).length, 1);
});

test("A folder writable by others is closed before its library is trusted", () => {
  using folder = new TemporaryFolder();
  const path = placeLibrary(BYTES, folder.join("hash", NAME));
  Deno.chmodSync(dirname(path), 0o777);
  placeLibrary(BYTES, path);
  assertEquals(mode(dirname(path)), 0o700);
});

test("Placing a library where something else exists fails and leaves nothing behind", async () => {
  using folder = new TemporaryFolder();
  const refused = (words: string) => {
    const error = assertThrows(
      () => placeLibrary(BYTES, folder.join("hash", NAME)),
      IreeError,
      words,
    );
    assertEquals(error.code, "FAILED_PRECONDITION");
  };
  // A link to a folder that may belong to anyone.
  Deno.mkdirSync(folder.join("theirs"));
  Deno.symlinkSync(folder.join("theirs"), folder.join("hash"));
  refused("is not a folder");
  Deno.removeSync(folder.join("hash"));
  Deno.writeTextFileSync(folder.join("hash"), "");
  refused("cannot be extracted to");
  Deno.removeSync(folder.join("hash"));
  Deno.mkdirSync(folder.join("hash", NAME, "full"), { recursive: true });
  refused("cannot be extracted to");
  assertEquals(await pathsUnder(folder.path), [
    `hash/${NAME}/full/`,
    "theirs/",
  ]);
});

test("A library is not placed below a folder that others can write to", () => {
  using folder = new TemporaryFolder();
  const open = folder.join("open");
  Deno.mkdirSync(open);
  const place = () => placeLibrary(BYTES, join(open, "cache/hash", NAME));
  Deno.chmodSync(open, 0o777);
  const error = assertThrows(
    place,
    IreeError,
    `'${Deno.realPathSync(open)}' can be written by other users`,
  );
  assertEquals(error.code, "FAILED_PRECONDITION");
  // In a sticky folder such as /tmp, other users cannot replace files.
  Deno.chmodSync(open, 0o1777);
  place();
  // Behind a link, the folders of its target count.
  Deno.chmodSync(open, 0o777);
  Deno.symlinkSync(open, folder.join("link"));
  assertThrows(
    () => placeLibrary(BYTES, folder.join("link/hash", NAME)),
    IreeError,
    "can be written by other users",
  );
});

/** Processes that wait for each other. */
const COUNT = 8;

test("Concurrent starts all get the whole library, and one copy remains", async () => {
  using folder = new TemporaryFolder();
  await Deno.writeFile(folder.join("library"), BYTES);
  const script = folder.join("script.ts");
  const source = toFileUrl(join(ROOT, "ffi/library/standalone.ts")).href;
  await Deno.writeTextFile(
    script,
    `import { placeLibrary } from ${JSON.stringify(source)};
     const bytes = Deno.readFileSync("library");
     Deno.writeTextFileSync(\`ready/\${Deno.pid}\`, "");
     while ([...Deno.readDirSync("ready")].length < ${COUNT});
     const path = placeLibrary(bytes, "placed/hash/${NAME}");
     const digest = await crypto.subtle.digest(
       "SHA-256", Deno.readFileSync(path));
     console.log(new Uint8Array(digest).toHex());`,
  );
  await Deno.mkdir(folder.join("ready"));
  const args = ["run", "-A", "--no-check", ...denoFlags(), script];
  const printed = await Promise.all(
    Array.from(
      { length: COUNT },
      () => mustRun(Deno.execPath(), args, { cwd: folder.path }),
    ),
  );
  const hash = await hashOf(BYTES);
  assertEquals(new Set(printed), new Set([`${hash}\n`]));
  assertEquals(await pathsUnder(folder.join("placed")), [`hash/${NAME}`]);
});
