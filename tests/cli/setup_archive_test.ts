import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { readArchive } from "../../lib/cli/setup/archive.ts";
import { IreeError } from "../../mod.ts";
import { writeArchive } from "../../release/tar.ts";
import { mustRun, TemporaryFolder, test } from "../support.ts";
import { file } from "./archives.ts";

async function gzip(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return await new Response(stream).bytes();
}

async function gunzip(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).bytes();
}

/** Asserts that an archive is rejected with this message. */
async function assertRefused(
  archive: Uint8Array<ArrayBuffer>,
  words: string,
): Promise<void> {
  const error = await assertRejects(() => readArchive(archive), IreeError);
  assertEquals(error.code, "DATA_LOSS");
  assertStringIncludes(error.message, words);
}

const FILES = [
  file("a", ""),
  file("b/c.txt", "text\n"),
  file(`${"long/".repeat(30)}name-of-a-file_1.2+3`, "x".repeat(1000)),
];

test("An archive reads back as written", async () => {
  assertEquals(await readArchive(await writeArchive(FILES)), FILES);
  assertEquals(await readArchive(await writeArchive([])), []);
});

test("The same files in any order make the same archive", async () => {
  const archive = await writeArchive(FILES);
  assertEquals(await writeArchive(FILES.toReversed()), archive);
});

test("The system's tar reads our archive, and we read its", async () => {
  using folder = new TemporaryFolder();
  await Deno.writeFile(folder.join("a.tar.gz"), await writeArchive(FILES));
  await mustRun("tar", ["-xzf", "a.tar.gz"], { cwd: folder.path });
  for (const { path, bytes } of FILES) {
    assertEquals(await Deno.readFile(folder.join(path)), bytes);
  }
  const options = { cwd: folder.path };
  const paths = FILES.map(({ path }) => path);
  await mustRun(
    "tar",
    ["-czf", "b.tar.gz", "--format=ustar", ...paths],
    options,
  );
  const archive = await Deno.readFile(folder.join("b.tar.gz"));
  assertEquals(await readArchive(archive), FILES);
});

test("A path that leads out of the folder is rejected", async () => {
  for (
    const path of [
      "../x",
      "a/../../x",
      "/etc/x",
      "a//x",
      "./x",
      "a/",
      "C:/x",
      "a\\..\\x",
      "a:stream",
      "a\nb",
      "a b",
      "ü",
      "a.",
      "b/a./c",
      "NUL",
      "a/con.txt",
      "COM1",
      "lpt9.x.y",
    ]
  ) {
    await assertRefused(await writeArchive([file(path, "")]), `has '${path}'`);
  }
});

test("Entries other than plain files are rejected", async () => {
  using folder = new TemporaryFolder();
  const options = { cwd: folder.path };
  await mustRun("sh", [
    "-ec",
    "mkdir d; echo x >f; ln -s /etc l; ln f h; mkfifo p",
  ], options);
  for (const names of [["d"], ["l"], ["f", "h"], ["p"]]) {
    const args = ["-czf", "x.tar.gz", "--format=ustar", ...names];
    await mustRun("tar", args, options);
    const archive = await Deno.readFile(folder.join("x.tar.gz"));
    await assertRefused(archive, "which is not a regular file");
  }
  // Name extensions of GNU and POSIX would be files of another type.
  await Deno.writeTextFile(folder.join("n".repeat(200)), "");
  for (const format of ["gnu", "pax"]) {
    const args = ["-czf", "x.tar.gz", `--format=${format}`, "n".repeat(200)];
    await mustRun("tar", args, options);
    const archive = await Deno.readFile(folder.join("x.tar.gz"));
    await assertRefused(archive, "which is not a regular file");
  }
});

test("A duplicate file is rejected, also in another case", async () => {
  for (const twice of [["a", "a"], ["Lib/a", "lib/A"]]) {
    const files = twice.map((path) => file(path, ""));
    await assertRefused(await writeArchive(files), "twice");
  }
});

test("A path that is a file and a folder is rejected, in any order and case", async () => {
  for (const paths of [["a", "a/b"], ["x/y/z", "X/Y"], ["a/b/c", "a"]]) {
    const files = paths.map((path) => file(path, ""));
    await assertRefused(
      await writeArchive(files),
      "as a file and as a folder",
    );
  }
  const fine = ["a/b", "ab", "a.b", "console", "com10"].map((path) =>
    file(path, "")
  );
  assertEquals((await readArchive(await writeArchive(fine))).length, 5);
});

test("An archive truncated anywhere is rejected", async () => {
  const archive = await writeArchive(FILES);
  for (let length = 0; length < archive.length; length++) {
    await assertRefused(archive.slice(0, length), "is truncated");
  }
  const tar = await gunzip(archive);
  for (let length = 0; length < tar.length; length += 256) {
    await assertRefused(await gzip(tar.slice(0, length)), "is truncated");
  }
});

test("A damaged archive is rejected", async () => {
  const tar = await gunzip(await writeArchive(FILES));
  // The checksum covers every byte of the first header except the one after it.
  for (let at = 0; at < 512; at++) {
    if (at === 155) continue;
    const damaged = tar.slice();
    damaged[at] ^= 0x11;
    const error = await assertRejects(
      async () => await readArchive(await gzip(damaged)),
      IreeError,
    );
    assertEquals(error.code, "DATA_LOSS");
  }
  await assertRefused(new Uint8Array(100), "not gzip");
  const behind = new Uint8Array(tar.length + 512);
  behind.set(tar);
  behind[tar.length + 5] = 1;
  await assertRefused(await gzip(behind), "after its end");
});
