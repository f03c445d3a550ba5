import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { acquireInstance } from "../../ffi/instance.ts";
import type { NativePath } from "../../ffi/base/native_path.ts";
import {
  addSplatParameter,
  createParameterIndex,
  writeParameter,
} from "../../ffi/parameter.ts";
import { Instance, IreeError, ParameterIndex } from "../../mod.ts";
import {
  denoFlags,
  execute,
  LIBRARY,
  mustRun,
  ROOT_URL,
  TemporaryFolder,
  test,
  tool,
} from "../support.ts";
import { safetensors } from "./parameter_files.ts";

const MEBIBYTE = 2 ** 20;

/** An index of a file, of arrays and of splats. */
function makeIndex(instance: Instance, folder: TemporaryFolder) {
  const path = folder.join("source.safetensors");
  Deno.writeFileSync(path, safetensors({ "a": [1, 2, 3], "b": [4] }));
  const index = ParameterIndex.fromFile(instance, path);
  const metadata = new TextEncoder().encode("of c");
  index.addData("c", new Uint8Array(1000).map((_, i) => i), { metadata });
  index.addSplat("d", 64, new Float64Array([0.5]));
  index.addSplat("e", 6, new Uint8Array([1, 2]), { metadata });
  index.addData("nothing", new Uint8Array());
  return index;
}

function names(folder: TemporaryFolder): string[] {
  return Array.from(Deno.readDirSync(folder.path), ({ name }) => name).sort();
}

test("An archive matches iree-convert-parameters byte for byte", async () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  using index = makeIndex(instance, folder);
  const path = folder.join("ours.irpa");
  const theirs = folder.join("theirs.irpa");
  for (const expand of [[], ["d"], ["d", "e"]]) {
    index.writeArchive(path, { expand });
    await mustRun(tool("iree-convert-parameters"), [
      `--parameters=${path}`,
      `--output=${theirs}`,
    ]);
    assertEquals(Deno.readFileSync(path), Deno.readFileSync(theirs));
  }
  const empty = ParameterIndex.create(instance);
  empty.writeArchive(path);
  empty.dispose();
  await mustRun(tool("iree-create-parameters"), [`--output=${theirs}`]);
  assertEquals(Deno.readFileSync(path), Deno.readFileSync(theirs));
});

test("An archive reads back as its index", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  using index = makeIndex(instance, folder);
  const path = folder.join("a.irpa");
  for (const alignment of [1, 64, 4096]) {
    index.writeArchive(path, { alignment });
    using again = ParameterIndex.fromFile(instance, path);
    assertEquals(
      again.entries.map(({ key }) => key),
      index.entries.map(({ key }) => key),
    );
    for (const entry of again.entries) {
      const { key, metadata, storage } = index.lookup(entry.key);
      assertEquals(again.read(key), index.read(key));
      assertEquals([entry.metadata, entry.storage], [metadata, storage]);
      if (entry.storage === "file" && entry.byteLength > 0) {
        assertEquals(entry.offset % alignment, 0);
      }
    }
  }
  const unknown = assertThrows(
    () => index.writeArchive(path, { expand: ["d", "nope"] }),
    IreeError,
  );
  assertEquals(unknown.code, "NOT_FOUND");
  assertStringIncludes(unknown.message, "'nope', which expand names");
  for (const alignment of [0, 3, -64, 1.5]) {
    const error = assertThrows(
      () => index.writeArchive(path, { alignment }),
      IreeError,
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
    assertStringIncludes(error.message, "alignment must be");
  }
});

const PYTHON_READ = `
import sys
from iree.runtime import ParameterIndex
index = ParameterIndex()
index.load(sys.argv[1])
for key, entry in index.items():
    if entry.is_file:
        print(key, bytes(entry.file_view).hex())
    else:
        print(key, entry.length, bytes(entry.splat_pattern).hex())
`;

const PYTHON_WRITE = `
import sys
import numpy
from iree.runtime import SplatValue, save_archive_file
save_archive_file({
    "data": numpy.arange(6, dtype=numpy.float32),
    "splat": SplatValue(numpy.int16(7), 10),
}, sys.argv[1])
`;

test("Python reads our archives, and we read Python's", async () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  using index = makeIndex(instance, folder);
  const path = folder.join("ours.irpa");
  index.writeArchive(path);
  const python = tool("python");
  const read = await mustRun(python, ["-c", PYTHON_READ, path]);
  const expected = index.entries.map((entry) => {
    const { key, byteLength } = entry;
    return entry.storage === "splat"
      ? `${key} ${byteLength} ${entry.pattern.toHex()}`
      : `${key} ${index.read(key).toHex()}`.trimEnd();
  });
  const lines = read.trimEnd().split("\n").map((line) => line.trimEnd());
  assertEquals(lines, expected);
  const theirs = folder.join("theirs.irpa");
  await mustRun(python, ["-c", PYTHON_WRITE, theirs]);
  using again = ParameterIndex.fromFile(instance, theirs);
  assertEquals(
    Array.from(new Float32Array(again.read("data").buffer)),
    [0, 1, 2, 3, 4, 5],
  );
  assertEquals(
    Array.from(new Int16Array(again.read("splat").buffer)),
    Array.from({ length: 10 }, () => 7),
  );
});

test("An archive can overwrite a file that it is made from", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  using made = makeIndex(instance, folder);
  const path = folder.join("a.irpa");
  made.writeArchive(path);
  using index = ParameterIndex.fromFile(instance, path);
  index.addSplat("more", 4, new Uint8Array(1));
  index.writeArchive(path);
  using again = ParameterIndex.fromFile(instance, path);
  assertEquals(again.entries.length, index.entries.length);
  assertEquals(again.read("c"), made.read("c"));
  assertEquals(names(folder), ["a.irpa", "source.safetensors"]);
});

test("A failed archive leaves nothing behind and keeps the existing file", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  const source = folder.join("a.safetensors");
  Deno.writeFileSync(source, safetensors({ "a": Array(100_000).fill(1) }));
  index.addFile(source);
  Deno.truncateSync(source, 1000);
  const path = folder.join("a.irpa");
  Deno.writeTextFileSync(path, "old");
  const short = assertThrows(() => index.writeArchive(path), IreeError);
  assertEquals(short.code, "DATA_LOSS");
  assertStringIncludes(short.message, "it was truncated");
  using other = makeIndex(instance, folder);
  const cancelled = assertThrows(() =>
    other.writeArchive(path, {
      onProgress: () => {
        throw new RangeError("enough");
      },
    }), RangeError);
  assertEquals(cancelled.message, "enough");
  Deno.mkdirSync(folder.join("folder.irpa"));
  const isFolder = assertThrows(
    () => other.writeArchive(folder.join("folder.irpa")),
    IreeError,
  );
  assertEquals(isFolder.code, "INVALID_ARGUMENT");
  assertStringIncludes(isFolder.message, "not a regular file");
  const none = assertThrows(
    () => other.writeArchive(folder.join("none", "a.irpa")),
    IreeError,
  );
  assertEquals(none.code, "NOT_FOUND");
  assertStringIncludes(none.message, "cannot be written");
  assertEquals(Deno.readTextFileSync(path), "old");
  assertEquals(
    names(folder),
    ["a.irpa", "a.safetensors", "folder.irpa", "source.safetensors"],
  );
});

test("A full disk is reported and leaves nothing behind", async () => {
  if (Deno.build.os !== "linux") return;
  const script = `
    import { Instance, ParameterIndex } from "${ROOT_URL}mod.ts";
    using instance = Instance.open();
    using index = ParameterIndex.create(instance);
    index.addData("a", new Uint8Array(3 * 2 ** 20));
    try {
      index.writeArchive(Deno.args[0]);
    } catch (error) {
      console.log(error.message);
    }`;
  using folder = new TemporaryFolder();
  Deno.writeTextFileSync(folder.join("script.ts"), script);
  const path = folder.join("a.irpa");
  // A file size limit, which acts like a full disk.
  const stdout = await mustRun("sh", [
    "-c",
    'trap "" XFSZ; ulimit -f 2048; exec "$@"',
    "sh",
    Deno.execPath(),
    ...["run", "-A", "--no-check", ...denoFlags()],
    folder.join("script.ts"),
    path,
  ]);
  assertStringIncludes(stdout, `UNAVAILABLE: archive '${path}' cannot be`);
  assertStringIncludes(stdout, "File too large");
  assertEquals(names(folder), ["script.ts"]);
  const instance = acquireInstance();
  const index = createParameterIndex(instance);
  const pattern = new Uint8Array([1]);
  addSplatParameter(index, "a", new Uint8Array(), pattern, 2 * MEBIBYTE);
  for (const length of [1, 2 * MEBIBYTE]) {
    const error = assertThrows(
      () => writeParameter(index, 0, 0, length, "/dev/full" as NativePath, 0),
      IreeError,
    );
    assertEquals(error.code, "RESOURCE_EXHAUSTED");
    assertStringIncludes(error.message, "No space left on device");
  }
  index.release();
  instance.release();
});

test("The next archive removes the leftovers of a killed process", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  index.addData("a", new Float32Array(4));
  const part = (name: string) => `${name}.${crypto.randomUUID()}.partial`;
  const [left, busy, other] = [part("a.irpa"), part("a.irpa"), part("b.irpa")];
  for (const name of [left, busy, other, "a.irpa.x.partial"]) {
    Deno.writeTextFileSync(folder.join(name), "");
  }
  // Another process is still writing this one.
  using file = Deno.openSync(folder.join(busy));
  file.lockSync(true);
  index.writeArchive(folder.join("a.irpa"));
  assertEquals(
    names(folder).toSorted(),
    ["a.irpa", "a.irpa.x.partial", busy, other].toSorted(),
  );
});

test("Contents go into an archive without passing through JavaScript", () => {
  using folder = new TemporaryFolder();
  using instance = Instance.open();
  const source = folder.join("source.irpa");
  const target = folder.join("target.irpa");
  const size = 256 * MEBIBYTE;
  {
    using index = ParameterIndex.create(instance);
    index.addSplat("a", size, new Uint8Array([1, 2]));
    index.writeArchive(source, { expand: ["a"] });
  }
  using index = ParameterIndex.fromFile(instance, source);
  const progress: [number, number][] = [];
  const start = Deno.memoryUsage();
  let most = 0;
  index.writeArchive(target, {
    onProgress: (written, total) => {
      progress.push([written, total]);
      const { heapUsed, external, rss } = Deno.memoryUsage();
      most = Math.max(
        most,
        heapUsed + external - start.heapUsed - start.external,
        rss - start.rss,
      );
    },
  });
  assert(most < 64 * MEBIBYTE, `the process grew by ${most} bytes`);
  assertEquals(
    progress,
    [0, 64, 128, 192, 256].map((count) => [count * MEBIBYTE, size]),
  );
  using again = ParameterIndex.fromFile(instance, target);
  const range = { offset: size - 3, length: 3 };
  assertEquals(again.read("a", range), new Uint8Array([2, 1, 2]));
});

test("writeArchive checks permission for the folder before it writes", async () => {
  using folder = new TemporaryFolder();
  const script = folder.join("script.ts");
  Deno.writeTextFileSync(
    script,
    `import { Instance, ParameterIndex } from "${ROOT_URL}mod.ts";
    using instance = Instance.open({ library: Deno.args[0] });
    using index = ParameterIndex.create(instance);
    index.addSplat("a", 4, new Uint8Array(1));
    index.writeArchive(Deno.args[1]);`,
  );
  const run = (...flags: string[]) =>
    execute(Deno.execPath(), [
      ...["run", "--no-prompt", "--no-check", ...denoFlags()],
      `--allow-ffi=${LIBRARY}`,
      ...flags,
      script,
      LIBRARY,
      folder.join("a.irpa"),
    ]);
  const read = `--allow-read=${folder.path}`;
  const write = `--allow-write=${folder.path}`;
  for (const flags of [[], [read], [write], [read, `${write}/a.irpa`]]) {
    const { code, stderr } = await run(...flags);
    assertEquals(code, 1, flags.join(" "));
    assertStringIncludes(stderr, "NotCapable");
    assertStringIncludes(stderr, `access to "${folder.path}"`);
    assertEquals(names(folder), ["script.ts"]);
  }
  const { code, stderr } = await run(read, write);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(names(folder), ["a.irpa", "script.ts"]);
  await assertRejects(() => Deno.stat(folder.join("b.irpa")));
});

test("writeArchiveAsync lets the event loop run, and stops when it is aborted", async () => {
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  for (const key of ["a", "b", "c"]) index.addData(key, new Uint8Array(4096));
  using folder = new TemporaryFolder();
  const path = folder.join("a.irpa");
  let turns = 0;
  const timer = setInterval(() => turns++);
  await index.writeArchiveAsync(path);
  clearInterval(timer);
  assert(turns > 0);
  index.writeArchive(folder.join("b.irpa"));
  assertEquals(
    Deno.readFileSync(path),
    Deno.readFileSync(folder.join("b.irpa")),
  );
  const controller = new AbortController();
  const reason = new Error("enough");
  const seen: number[] = [];
  const error = await index.writeArchiveAsync(folder.join("c.irpa"), {
    onProgress: (written) => {
      seen.push(written);
      if (written === 8192) controller.abort(reason);
    },
    signal: controller.signal,
  }).then(() => undefined, (error) => error);
  assertEquals(error, reason);
  assertEquals(seen, [0, 4096, 8192]);
  assertEquals(names(folder), ["a.irpa", "b.irpa"]);
});
