import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { denoFlags, execute, program, ROOT } from "../support.ts";

// Isolates that follow each other on a thread: the next one releases the
// objects of the previous one, however that ended.

const mul = await program("mul.mlir");
const SCRIPT = join(ROOT, "tests/ownership/workers/reloaded.ts");

/** Reads the lines of a stream. */
async function* linesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

/**
 * Runs the script under a watcher. Changes the watched file repeatedly, because
 * a watcher that is not ready yet misses a change.
 *
 * @returns The live objects in each of four isolates.
 */
async function watch(how: string): Promise<number[]> {
  const folder = await Deno.makeTempDir();
  const script = join(folder, "watched.ts");
  const url = JSON.stringify(`file://${SCRIPT}`);
  await Deno.writeTextFile(script, `await import(${url});\n`);
  await using child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      `--watch`,
      ...denoFlags(),
      script,
      how,
      mul,
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let changes = 0;
  const changing = setInterval(() => {
    Deno.writeTextFileSync(script, `await import(${url});\n// ${changes++}\n`);
  }, 500);
  const live: number[] = [];
  for await (const line of linesOf(child.stdout)) {
    if (line.startsWith("unload")) {
      assertStringIncludes(line, "4xf32=1 4 9 16");
      continue;
    }
    live.push(Number(line.replace("live ", "")));
    if (live.length === 4) break;
  }
  clearInterval(changing);
  child.kill("SIGKILL");
  await child.status;
  await Deno.remove(folder, { recursive: true });
  return live;
}

const ENDINGS: readonly string[] = [
  "stays",
  "throws",
  "rejects",
  "exits",
  "exits at unload",
  "computes",
];

for (const how of ENDINGS) {
  Deno.test(`A watched program that ${how} leaves nothing to the next one`, async () => {
    const live = await watch(how);
    assert(live[0] > 0);
    assertEquals(live, Array(4).fill(live[0]));
  });
}

Deno.test("Copies of the package in one isolate do not release each other's objects", async () => {
  const folder = await Deno.makeTempDir();
  const copied = ["mod.ts", "deno.json", "lib", "ffi"];
  await execute("cp", ["-r", ...copied.map((it) => join(ROOT, it)), folder]);
  const [one, other] = [ROOT, folder].map((it) =>
    JSON.stringify(`file://${join(it, "mod.ts")}`)
  );
  const script = join(folder, "copies.ts");
  await Deno.writeTextFile(
    script,
    `const one = await import(${one});
    using instance = one.Instance.open();
    using list = one.List.from(instance, [1, 2], "i32");
    const other = await import(${other});
    other.Instance.open().dispose();
    console.log(list.get(1), other.Instance !== one.Instance);`,
  );
  const { stdout, stderr } = await execute(Deno.execPath(), [
    ...["run", "-A", "--no-check", ...denoFlags(), script],
  ]);
  await Deno.remove(folder, { recursive: true });
  assertEquals([stdout, stderr], ["2 true\n", ""]);
});
