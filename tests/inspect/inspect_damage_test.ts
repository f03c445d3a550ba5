import { assert, assertEquals, assertThrows } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import { IreeError } from "../../mod.ts";
import { inspect, inspectProgram } from "../../lib/inspect/mod.ts";
import { Random } from "../mutations/random.ts";
import {
  denoFlags,
  execute,
  program,
  ROOT,
  TemporaryFolder,
  test,
} from "../support.ts";

const inspected = await program("inspected.mlir");

test("A truncated program is rejected wherever it is cut", async () => {
  const bytes = await Deno.readFile(inspected);
  const { rodata } = inspectProgram(bytes);
  const end = Math.max(...rodata.map((it) => it.offset + it.byteLength));
  for (let length = 0; length < end; length += length < 200 ? 1 : 37) {
    const error = assertThrows(
      () => inspectProgram(bytes.subarray(0, length)),
      IreeError,
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
  }
  assertEquals(inspectProgram(bytes.slice(0, end)).files, undefined);
});

test("A damaged program is either described or rejected", async () => {
  const random = new Random(20_261_125);
  let refused = 0;
  let described = 0;
  for (const path of [inspected, await program("signatures.mlir")]) {
    const original = await Deno.readFile(path);
    const { sizes } = inspectProgram(original);
    for (let round = 0; round < 3000; round++) {
      const bytes = original.slice();
      for (let hit = 0; hit <= random.below(5); hit++) {
        const at = random.below(sizes.flatbuffer + 100);
        bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random.below(10)] ??
          random.below(256);
      }
      try {
        inspect(bytes);
        described++;
      } catch (error) {
        assert(error instanceof IreeError, `${error}`);
        assertEquals(error.code, "INVALID_ARGUMENT");
        refused++;
      }
    }
  }
  assert(refused > 500 && described > 500, `${refused} ${described}`);
});

test("Tables that refer to each other repeatedly are rejected", () => {
  // One table with as many attributes as fit, each of them one long text.
  const size = 1 << 20;
  const view = new DataView(new ArrayBuffer(size));
  const u32 = (at: number, value: number) => view.setUint32(at, value, true);
  const u16 = (at: number, value: number) => view.setUint16(at, value, true);
  u32(0, size - 4);
  u32(4, 60);
  u32(8, 0x45455249);
  // The table of the module and its fields: the fourth one is set.
  u16(20, 4 + 2 * 4);
  u16(20 + 4 + 2 * 3, 4);
  u32(64, 64 - 20);
  u32(68, 100 - 68);
  const count = 100_000;
  u32(100, count);
  // The only pair, with the same text as key and value.
  const pair = 104 + 4 * count;
  u16(pair, 4 + 2 * 2);
  u16(pair + 4, 4);
  u16(pair + 6, 8);
  u32(pair + 12, 12);
  u32(pair + 16, 8);
  u32(pair + 20, 4);
  u32(pair + 24, size - pair - 100);
  for (let index = 0; index < count; index++) {
    const at = 104 + 4 * index;
    u32(at, pair + 12 - at);
  }
  assertThrows(
    () => inspectProgram(new Uint8Array(view.buffer)),
    IreeError,
    "refers to its parts too often",
  );
});

test("A program of gigabytes is inspected without reading its weights", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("large.vmfb");
  await Deno.copyFile(inspected, path);
  const size = 2 ** 34;
  await Deno.truncate(path, size);
  const script = `import { inspect } from ${
    JSON.stringify(toFileUrl(join(ROOT, "lib/inspect/mod.ts")).href)
  };
    const before = Deno.memoryUsage().rss;
    const { name, sizes } = inspect(Deno.args[0]);
    console.log(name, sizes.file, Deno.memoryUsage().rss - before < 2 ** 27);`;
  const file = folder.join("script.ts");
  await Deno.writeTextFile(file, script);
  assertEquals(
    await execute(Deno.execPath(), [
      "run",
      "--no-prompt",
      "--no-check",
      ...denoFlags(),
      `--allow-read=${path}`,
      file,
      path,
    ], { env: { IREE_RUNTIME_LIBRARY: "/nonexistent" } }),
    { code: 0, stdout: `inspected ${size} true\n`, stderr: "" },
  );
});
