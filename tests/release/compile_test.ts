import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { basename, join } from "@std/path";
import { COMPILER, fixture } from "../compiler/support.ts";
import { PERMISSIONS, stage } from "../../release/compile.ts";
import { hashOf, pathsUnder } from "../cli/archives.ts";
import {
  DENO_DIR,
  denoFlags,
  execute,
  LIBRARY,
  mustRun,
  type Output,
  program,
  ROOT,
  TemporaryFolder,
  test,
} from "../support.ts";

test("./dev compile embeds the library and the least permissions that work", async () => {
  using folder = new TemporaryFolder();
  const output = folder.join("iree");
  const script = join(ROOT, "release/compile.ts");
  await mustRun(
    Deno.execPath(),
    ["run", "-A", ...denoFlags(), script, ...denoFlags(), output],
    // The base executable cannot be downloaded; the result cannot start.
    { env: { DENORT_BIN: Deno.execPath() } },
  );
  const binary = await Deno.readFile(output);
  assert((await Deno.stat(output)).mode! & 0o100);
  assert(contains(binary, await Deno.readFile(LIBRARY)), "no library in it");

  // The metadata after the base executable, as JSON.
  const tail = binary.subarray((await Deno.stat(Deno.execPath())).size);
  const text = new TextDecoder("latin1").decode(tail);
  const metadata = text.slice(text.indexOf('"permissions":{'));
  const allowed = [...metadata.matchAll(/"(allow_\w+)":(\[[^\]]*\]|null)/g)]
    .map(([, name, value]) => [name, JSON.parse(value)]);
  assertEquals(
    allowed.filter(([name]) => name !== "allow_import"),
    [
      ["allow_env", [
        ...["IREE_RUNTIME_LIBRARY", "IREE_COMPILER_LIBRARY", "VIRTUAL_ENV"],
        ...["XDG_CACHE_HOME", "HOME"],
      ]],
      ["allow_net", null],
      ["allow_ffi", []],
      ["allow_read", []],
      ["allow_run", []],
      ["allow_sys", null],
      ["allow_write", []],
    ],
  );
});

/** The files of an executable, run as if they were in one. */
class Executable extends TemporaryFolder {
  readonly cache = this.join("cache");
  readonly program = this.join("program");
  readonly main = this.join("program", "cli", "cli.js");
  readonly embedded = this.join("program", "embedded");

  static async make(library: string): Promise<Executable> {
    const executable = new Executable();
    const { program } = executable;
    const { main } = await stage(library, program, denoFlags());
    assertEquals(main, executable.main);
    await Deno.writeTextFile(
      executable.join("standalone.ts"),
      `Object.defineProperty(Deno, "build", {
         value: { ...Deno.build, standalone: true },
       });`,
    );
    return executable;
  }

  run(
    args: string[],
    permissions: readonly string[] = PERMISSIONS,
    execPath: string = Deno.execPath(),
  ): Promise<Output> {
    const preload = ["--preload", this.join("standalone.ts")];
    const deno = ["run", "--no-check", "--no-prompt", ...preload];
    return execute(
      execPath,
      [...deno, ...permissions, this.main, ...args],
      {
        env: { DENO_DIR, XDG_CACHE_HOME: this.cache, IREE_RUNTIME_LIBRARY: "" },
      },
    );
  }
}

test("A program with the executable's permissions runs with its own library", async () => {
  using executable = await Executable.make(LIBRARY);
  const args = [
    "run",
    `--module=${await program("single.mlir")}`,
    "--input=21",
  ];
  const outputs = await Promise.all([1, 2, 3].map(() => executable.run(args)));
  for (const { code, stdout, stderr } of outputs) {
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, "i32=42");
  }
  const hash = await hashOf(await Deno.readFile(LIBRARY));
  assertEquals(await pathsUnder(executable.cache), [
    `iree-deno/standalone/${hash}/${basename(LIBRARY)}`,
  ]);
});

test("A program needs each of the executable's permissions", async () => {
  using executable = await Executable.make(LIBRARY);
  for (const [index, flag] of PERMISSIONS.entries()) {
    const less = PERMISSIONS.toSpliced(index, 1);
    const single = await program("single.mlir");
    const args = flag === "--allow-run"
      ? ["compile", fixture("single.mlir"), `--library=${COMPILER}`]
      : ["run", `--module=${single}`, "--input=1"];
    const { code, stderr } = await executable.run(args, less);
    assertEquals(code, 1, `works without ${flag}`);
    assertMatch(stderr, /Requires|requires|without --allow|cannot extract/);
  }
});

test("A library beside the executable is used if none is embedded", async () => {
  using executable = await Executable.make(LIBRARY);
  await Deno.remove(executable.embedded, { recursive: true });
  const args = ["run", `--module=${await program("single.mlir")}`, "--input=1"];
  const without = await executable.run(args);
  assertEquals(without.code, 1);
  assertStringIncludes(
    without.stderr,
    `beside the standalone binary: no file '${
      join(Deno.execPath(), "..", basename(LIBRARY))
    }'`,
  );
  // A separate folder: beside our libraries, Deno's own leaks would count.
  const folder = await Deno.makeTempDir({ prefix: "beside_" });
  const deno = join(folder, "deno");
  await Deno.copyFile(Deno.execPath(), deno);
  await Deno.copyFile(LIBRARY, join(folder, basename(LIBRARY)));
  const beside = await executable.run(args, PERMISSIONS, deno);
  await Deno.remove(folder, { recursive: true });
  assertEquals([beside.code, beside.stderr], [0, ""]);
  assertStringIncludes(beside.stdout, "i32=2");
});

function contains(all: Uint8Array, part: Uint8Array): boolean {
  for (let at = 0; (at = all.indexOf(part[0], at)) >= 0; at++) {
    const slice = all.subarray(at, at + part.length);
    if (slice.every((byte, index) => byte === part[index])) return true;
  }
  return false;
}
