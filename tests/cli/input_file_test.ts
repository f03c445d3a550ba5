import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  denoFlags,
  execute,
  mustRun,
  program,
  ROOT,
  TemporaryFolder,
  test,
} from "../support.ts";

const echo = await program("echo.mlir");
const single = await program("single.mlir");

/** Runs a line of bash in which `iree` is the command line. */
function bash(line: string) {
  const deno = ["run", "-A", "--no-check", ...denoFlags()];
  return execute("bash", [
    "-c",
    `iree() { ${
      [Deno.execPath(), ...deno, join(ROOT, "cli.ts")].join(" ")
    } "$@"; }; ${line}`,
  ]);
}

test("Inputs and flag files can be pipes of the shell", async () => {
  const { code, stdout, stderr } = await bash(
    `iree run ${echo} --function=view --input=4xi8=@<(printf ABCD)
    iree run --flagfile=<(echo "--module=${single}"; echo "--input=21")
    printf ABCD | iree run ${echo} --function=view --input=4xi8=@/dev/stdin`,
  );
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout.match(/4xi8=65 66 67 68/g)?.length, 2);
  assertStringIncludes(stdout, "42");
});

test("Files on the command line that may never end are rejected", async () => {
  using folder = new TemporaryFolder();
  const pipe = folder.join("pipe");
  await mustRun("mkfifo", [pipe]);
  const sha256 = "0".repeat(64);
  for (const path of [pipe, "/dev/zero", folder.path]) {
    const lines = [
      `iree run ${echo} --function=view --input=4xi8=@${path}`,
      `iree run --flagfile=${path}`,
      `iree setup --from=${path} --sha256=${sha256}`,
      `iree inspect ${path}`,
    ];
    const { stderr } = await bash(
      `export XDG_CACHE_HOME=${folder.join("cache")}; ${lines.join("; ")}`,
    );
    const found = stderr.split(`'${path}' is not a regular file`).length - 1;
    assertEquals(found, lines.length, stderr);
  }
});
