import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import { remainders, restart } from "../soak/restarts.ts";
import { denoFlags, execute, program, ROOT } from "../support.ts";

// Isolates that follow each other on a thread: the next one releases the
// objects of the previous one, however that ended.

const mul = await program("mul.mlir");
const SCRIPT = join(ROOT, "tests/ownership/workers/reloaded.ts");
const LOADED = join(ROOT, "tests/ownership/workers/loaded.ts");

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
 * Runs the script under a watcher in four isolates, each of which must find
 * nothing of those before it. Changes the watched file repeatedly, because a
 * watcher that is not ready misses a change, and ever more rarely, because a
 * slow machine needs the time to start.
 */
async function watch(
  how: string,
  command: readonly string[] = ["run", "--watch"],
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const script = join(folder, "watched.ts");
  const url = JSON.stringify(toFileUrl(SCRIPT).href);
  const text = `await import(${url});
    export default { fetch: () => new Response() };\n`;
  await Deno.writeTextFile(script, text);
  await using child = new Deno.Command(Deno.execPath(), {
    args: [...command, "-A", "--no-check", ...denoFlags(), script, how, mul],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let delay = 500;
  let changing = setTimeout(change, delay);
  function change(): void {
    Deno.writeTextFileSync(script, `${text}// ${performance.now()}\n`);
    delay *= 2;
    changing = setTimeout(change, delay);
  }
  let made = 0;
  try {
    for await (const line of linesOf(child.stdout)) {
      if (line.startsWith("unload")) {
        assertStringIncludes(line, "4xf32=1 4 9 16");
      } else if (line === "made") {
        made++;
        clearTimeout(changing);
        delay = 500;
        changing = setTimeout(change, delay);
      } else {
        assertEquals(line, "left 0");
        if (made >= 3) break;
      }
    }
  } finally {
    clearTimeout(changing);
    child.kill("SIGKILL");
    await child.status;
    await Deno.remove(folder, { recursive: true });
  }
  assert(made >= 3);
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
    await watch(how);
  });
}

Deno.test("A watched server leaves nothing to the next one", async () => {
  await watch("stays", ["serve", "--watch", "--port=0"]);
});

Deno.test("A program with hot replacement leaves nothing to the next one", async () => {
  await watch("stays", ["run", "--watch-hmr"]);
});

Deno.test("Five runs of a watched program of 100 MiB have the first one's memory and threads", async () => {
  const runs = await restart(5);
  // A sanitizer holds freed memory for long.
  const measured = Deno.env.has("DEV_SANITIZE")
    ? runs.map((run) => ({ ...run, resident: 0 }))
    : runs;
  // Each of them would leave the program's 100 MiB; how much the engine and the
  // allocator take differs between machines.
  assertEquals(remainders(measured, 1.5), []);
});

/**
 * Runs files that each hold a program until their isolate ends.
 *
 * @param command The subcommand of Deno.
 * @param file What each file does besides.
 * @param how What the files' program does.
 * @returns What the files logged.
 */
async function runFiles(
  command: string,
  file: string,
  how: string,
): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  const url = JSON.stringify(toFileUrl(LOADED).href);
  const log = join(folder, "log");
  const files = [1, 2, 3, 4].map((i) => join(folder, `${i}_${command}.ts`));
  for (const path of files) {
    await Deno.writeTextFile(path, `await import(${url});\n${file}`);
  }
  const { stdout, stderr, code } = await execute(Deno.execPath(), [
    ...[command, "-A", "--no-check", ...denoFlags(), ...files],
    ...["--", how, mul, log],
  ]);
  const lines = (await Deno.readTextFile(log)).trimEnd().split("\n");
  await Deno.remove(folder, { recursive: true });
  assertEquals(code, 0, stdout + stderr);
  return lines;
}

const COMMANDS: readonly (readonly [command: string, file: string])[] = [
  ["test", `Deno.test("nothing", () => {});`],
  ["bench", `Deno.bench({ name: "nothing", n: 1, fn() {} });`],
];

for (const [command, file] of COMMANDS) {
  for (const how of ["stays", "computes"]) {
    Deno.test(`Files of deno ${command} whose program ${how} leave nothing, and end with an error`, async () => {
      assertEquals(
        await runFiles(command, file, how),
        Array(4).fill([
          "live 0",
          "unload 4xf32=1 4 9 16",
          "later FAILED_PRECONDITION",
          "end 0",
        ]).flat(),
      );
    });
  }
}

Deno.test("Copies of the package in one isolate do not release each other's objects", async () => {
  const folder = await Deno.makeTempDir();
  const copied = ["mod.ts", "deno.json", "lib", "ffi"];
  await execute("cp", ["-r", ...copied.map((it) => join(ROOT, it)), folder]);
  const [one, other] = [ROOT, folder].map((it) =>
    JSON.stringify(toFileUrl(join(it, "mod.ts")).href)
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
