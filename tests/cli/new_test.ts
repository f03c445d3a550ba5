import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { runtime } from "../../mod.ts";
import { Registry } from "../release/registry.ts";
import {
  execute,
  iree,
  LIBRARY,
  mustRun,
  ROOT,
  type RunOptions,
  SDK,
  TemporaryFolder,
  test,
  tool,
} from "../support.ts";
import { pathsUnder } from "./archives.ts";

const deno = Deno.execPath();

/** A project that `iree new` has made, and a registry for what it imports. */
async function inProject(
  kind: string,
  name: string,
  use: (folder: string, options: RunOptions) => Promise<void>,
): Promise<void> {
  await using registry = await Registry.open();
  using folder = new TemporaryFolder();
  const made = await iree(["new", kind, name], { cwd: folder.path });
  assertEquals([made.code, made.stderr], [0, ""]);
  assertStringIncludes(made.stdout, `cd ${name} && deno task test`);
  const tools = join(tool("iree-compile"), "..");
  const env = {
    ...registry.env,
    PATH: `${tools}:${Deno.env.get("PATH")}`,
  };
  const project = folder.join(name);
  const options = { cwd: project, env };
  await use(project, options);
  await mustRun(deno, ["fmt", "--check"], options);
  await mustRun(deno, ["lint"], options);
}

/** A test that starts compilers, which no sanitizer is to be loaded into. */
function testWithCompilers(name: string, body: () => Promise<void>): void {
  Deno.test({ name, fn: body, ignore: Deno.env.has("DEV_SANITIZE") });
}

testWithCompilers(
  "iree new module makes a project that builds, and whose tests pass",
  () =>
    inProject("module", "counting", async (project, options) => {
      assertEquals(await pathsUnder(project), [
        ".gitignore",
        "CMakeLists.txt",
        "README.md",
        "counting_test.ts",
        "deno.json",
        "module.cc",
      ]);
      const { code, stdout, stderr } = await execute(
        deno,
        ["task", "test"],
        options,
      );
      assertEquals(code, 0, stdout + stderr);
      assertStringIncludes(stdout, "ok | 3 passed | 0 failed");
      assertEquals(/warning/i.exec(stdout + stderr), null);

      const library = join(
        project,
        `build/counting${runtime.platform!.moduleExtension}`,
      );
      const args = [`--module=${library}`, "--function=add"]
        .concat("--input=1", "--input=2");
      for (const run of [ours, theirs]) {
        const output = await run(args);
        assertEquals([output.code, output.stderr], [0, ""]);
        assertStringIncludes(output.stdout, "i32=3");
      }
    }),
);

const ours = (args: string[]) => iree(["run", ...args]);
const theirs = (args: string[]) => execute(tool("iree-run-module"), args);

testWithCompilers(
  "iree new app makes a project that compiles, and whose tests pass",
  () =>
    inProject("app", "layers", async (project, options) => {
      const tested = await execute(deno, ["task", "test"], options);
      assertEquals(tested.code, 0, tested.stdout + tested.stderr);
      assertStringIncludes(tested.stdout, "ok | 1 passed | 0 failed");
      const started = await execute(deno, ["task", "start"], options);
      assertEquals([started.code, started.stdout], [0, "[ 4.5, 0 ]\n"]);
      assert((await Deno.stat(join(project, "program.vmfb"))).isFile);
    }),
);

test("iree new makes no project over another, nor one without a name", async () => {
  using folder = new TemporaryFolder();
  const run = (...args: string[]) =>
    iree(["new", ...args], { cwd: folder.path });
  await Deno.mkdir(folder.join("taken"));
  const taken = await run("module", "taken");
  assertEquals(taken.code, 1);
  assertStringIncludes(taken.stderr, "'taken' is there already");
  for (
    const [args, words] of [
      [[], "iree new makes a module or app, not ''"],
      [["toString", "x"], "iree new makes a module or app, not 'toString'"],
      [["module"], "one NAME has to follow"],
      [["module", "a", "b"], "one NAME has to follow"],
      [["app", "../x"], "'../x' cannot be the NAME of a project"],
      [["app", "Big"], "'Big' cannot be the NAME of a project"],
      [["module", "hal"], "it means something else in C++, CMake or IREE"],
      [["module", "test"], "it means something else in C++, CMake or IREE"],
      [["module", "x", "--force"], "flag 'force' not recognized"],
    ] as const
  ) {
    const { code, stderr } = await run(...args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, words);
  }
  assertEquals(await pathsUnder(folder.path), ["taken/"]);
  assertMatch((await run("--help")).stdout, /^Makes the folder NAME/);
});

test("iree sdk prints where modules find what they are built with", async () => {
  const output = await iree(["sdk"]);
  assertEquals(output, { code: 0, stdout: `${SDK}\n`, stderr: "" });
  using folder = new TemporaryFolder();
  await Deno.copyFile(LIBRARY, folder.join("library.so"));
  const without = await iree(["sdk"], {
    env: {
      IREE_RUNTIME_LIBRARY: folder.join("library.so"),
      XDG_CACHE_HOME: folder.path,
    },
  });
  assertEquals(without.code, 1);
  assertStringIncludes(
    without.stderr,
    `\`deno run -A ${join(ROOT, "cli.ts")} setup\` installs one`,
  );
});
