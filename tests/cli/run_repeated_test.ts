// `iree run --watch`.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { writeNpy } from "../../lib/npy/mod.ts";
import { COMPILER, TWICE } from "../compiler/support.ts";
import {
  DENO_DIR,
  denoFlags,
  inCache,
  iree,
  LIBRARY,
  program,
  ROOT,
  TemporaryFolder,
  test,
} from "../support.ts";
import { waitUntil } from "../waiting.ts";

const WAITING = "watching for changes; press Ctrl+C to end\n";

/** A command that runs until the test ends it. */
class Watched implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #streams: Promise<void>[];
  #text = "";

  constructor(
    args: readonly string[],
    permissions: readonly string[],
    cache: string,
  ) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", ...permissions, ...denoFlags()],
        ...[join(ROOT, "cli.ts"), "run", "--watch", ...args],
      ],
      env: {
        NO_COLOR: "1",
        IREE_COMPILER_LIBRARY: COMPILER,
        ...inCache(cache),
        DENO_DIR,
      },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const { stdout, stderr } = this.#child;
    this.#streams = [stdout, stderr].map((it) => this.#read(it));
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#text += text;
    }
  }

  /** Waits for the end of a run; returns what was printed before. */
  async run(...parts: readonly string[]): Promise<string> {
    const isDone = () =>
      [...parts, WAITING].every((it) => this.#text.includes(it));
    await waitUntil(isDone, `${parts} in ${this.#text}`);
    const text = this.#text;
    this.#text = "";
    return text.replace(WAITING, "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await Promise.all(this.#streams);
  }
}

test("iree run --watch compiles and runs a saved source again, and waits after a failure", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("twice.mlir");
  Deno.writeTextFileSync(path, TWICE);
  await using watched = new Watched([path, "7"], ["-A"], folder.path);
  await watched.run("EXEC @twice\n", "i32=14\n");
  Deno.writeTextFileSync(path, TWICE.replace("%x, %x", "%x, %nope"));
  assertStringIncludes(
    await watched.run("does not compile"),
    "%y = arith.addi %x, %nope : i32\n",
  );
  Deno.writeTextFileSync(path, TWICE.replace("addi", "muli"));
  await watched.run("EXEC @twice\n", "i32=49\n");
});

test("iree run --watch follows replaced programs and inputs with permission to read them", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("mul.vmfb");
  const input = folder.join("x.npy");
  const write = (...values: number[]) =>
    writeNpy(input, {
      elementType: "f32",
      shape: [4],
      data: new Float32Array(values),
    });
  write(1, 2, 3, 4);
  Deno.copyFileSync(await program("mul.mlir"), path);
  await using watched = new Watched(
    [path, "--function=mul", `@${input}`, "4xf32=2"],
    [
      `--allow-ffi=${LIBRARY}`,
      `--allow-read=${path},${input}`,
      "--allow-env=IREE_RUNTIME_LIBRARY",
    ],
    folder.path,
  );
  await watched.run("4xf32=2 4 6 8\n");
  write(5, 6, 7, 8);
  await watched.run("4xf32=10 12 14 16\n");
  const next = folder.join("next");
  Deno.copyFileSync(await program("mul_vmvx.mlir"), next);
  Deno.renameSync(next, path);
  await watched.run("4xf32=10 12 14 16\n");
});

test("iree run --watch rejects stdin and lists", async () => {
  for (
    const [args, message] of [
      [["-"], "--watch requires files, got a module from stdin"],
      [["--list_drivers"], "--watch applies to programs, not to lists"],
    ] as const
  ) {
    const { code, stderr } = await iree(["run", "--watch", ...args]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, message);
  }
});
