import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import {
  denoFlags,
  execute,
  type Output,
  program,
  ROOT,
  TemporaryFolder,
  test,
} from "../support.ts";

const echo = await program("echo.mlir");

/** More than the limit below. */
const LENGTH = 2 ** 22;

/** Runs Deno with a file size limit of 1 MiB, which acts like a full disk. */
function runLimited(args: string[], cwd: string): Promise<Output> {
  return execute("sh", [
    "-c",
    'trap "" XFSZ; ulimit -f 2048; exec "$@"',
    "sh",
    Deno.execPath(),
    ...["run", "-A", "--no-check", ...denoFlags()],
    ...args,
  ], { cwd });
}

const CLI = join(ROOT, "cli.ts");
const RUN = [CLI, "run", echo, "--function=view", `--input=${LENGTH}xi8`];

const WAYS: Readonly<Record<string, (target: string) => string[]>> = {
  "iree run --output=@": (target) => [...RUN, `--output=@${target}`],
  "writeNpy": (target) => ["script.ts", target],
};

for (const [name, argsOf] of Object.entries(WAYS)) {
  test(`A full disk leaves no partial file: ${name}`, async () => {
    using folder = new TemporaryFolder();
    const mod = toFileUrl(join(ROOT, "lib/npy/mod.ts")).href;
    await Deno.writeTextFile(
      folder.join("script.ts"),
      `import { writeNpy } from ${JSON.stringify(mod)};
      writeNpy(Deno.args[0], new Int8Array(${LENGTH}));`,
    );
    const fresh = folder.join("new.npy");
    const { code, stderr } = await runLimited(argsOf(fresh), folder.path);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "File too large");
    const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
    assertEquals(names, ["script.ts"]);
    // An existing file and the link to it remain; the contents are lost.
    const old = folder.join("old.npy");
    await Deno.writeTextFile(old, "old");
    await Deno.symlink(old, folder.join("link.npy"));
    await runLimited(argsOf(folder.join("link.npy")), folder.path);
    assertEquals(await Deno.readTextFile(old), "");
    assert((await Deno.lstat(folder.join("link.npy"))).isSymlink);
  });
}

test("A full disk leaves a file opened for appending unchanged", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("some.bin");
  await Deno.writeTextFile(path, "before");
  const { code } = await runLimited([...RUN, `--output=+${path}`], folder.path);
  assertEquals(code, 1);
  assertEquals(await Deno.readTextFile(path), "before");
});

test("Outputs can be devices and pipes of the shell", async () => {
  const iree = [
    Deno.execPath(),
    "run",
    "-A",
    "--no-check",
    ...denoFlags(),
    CLI,
  ];
  const run = `"$@" run ${echo} --function=view --input=4xi8=65`;
  const { code, stdout, stderr } = await execute("bash", [
    "-c",
    `${run} --output=@/dev/stdout && ${run} --output=@/dev/null &&
    ${run} --output=@>(tr A B >&2)`,
    "bash",
    ...iree,
  ]);
  assertEquals(code, 0, stderr);
  assertStringIncludes(stdout, "AAAA");
});
