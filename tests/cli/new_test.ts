import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { appFiles } from "../../lib/cli/new/app.ts";
import { moduleFiles } from "../../lib/cli/new/module.ts";
import {
  projectCommands,
  type ProjectFiles,
} from "../../lib/cli/new/project.ts";
import { runtime } from "../../mod.ts";
import {
  execute,
  ireeOfSources,
  LIBRARY,
  mustRun,
  type Output,
  ROOT,
  SDK,
  TemporaryFolder,
  test,
  tool,
} from "../support.ts";
import { pathsUnder } from "./archives.ts";

const deno = Deno.execPath();

/** A user's shell environment, without the variables that `dev` sets. */
function userEnvironment(): string[] {
  const names = ["HOME", "PATH", "IREE_DENO_CACHE", "XDG_CACHE_HOME"];
  return names.map((name) => [name, Deno.env.get(name)])
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`);
}

/** Runs a line as a user would. */
function runLine(line: string, cwd: string): Promise<Output> {
  const args = ["-i", ...userEnvironment(), "NO_COLOR=1", "sh", "-c", line];
  return execute("env", args, { cwd });
}

/** A project that `iree new` made, and the output of the printed line. */
async function inProject(
  kind: string | readonly string[],
  name: string,
  use: (project: string, tested: Output) => Promise<void>,
): Promise<void> {
  using folder = new TemporaryFolder();
  const made = await ireeOfSources(["new", ...[kind].flat(), name], {
    cwd: folder.path,
  });
  assertEquals([made.code, made.stderr], [0, ""]);
  const project = folder.join(name);
  const written = await pathsUnder(project);
  const [, line] = made.stdout.split("\n");
  assertMatch(line, new RegExp(`^  cd ${name} && .*deno task test$`));
  const tested = await runLine(line, folder.path);
  assertEquals(tested.code, 0, tested.stdout + tested.stderr);
  await use(project, tested);
  const [, code] = /```sh\n([^]*?)```/.exec(
    await Deno.readTextFile(join(project, "README.md")),
  )!;
  const read = await runLine(`set -e\n${code}`, project);
  assertEquals(read.code, 0, read.stdout + read.stderr);
  await mustRun(deno, ["fmt", "--check", ...written], { cwd: project });
  await mustRun(deno, ["lint"], { cwd: project });
}

/** A test that starts compilers, into which no sanitizer may be loaded. */
function testWithCompilers(name: string, body: () => Promise<void>): void {
  Deno.test({ name, fn: body, ignore: Deno.env.has("DEV_SANITIZE") });
}

testWithCompilers(
  "iree new module --typescript makes a project whose tests pass",
  () =>
    inProject(["--typescript", "module"], "dice", async (project, tested) => {
      assertEquals(await pathsUnder(project), [
        ".gitignore",
        "README.md",
        "deno.json",
        "dice_test.ts",
        "main.ts",
        "module.ts",
        "program.mlir",
        "program.vmfb",
      ]);
      assertStringIncludes(tested.stdout, "ok | 2 passed | 0 failed");
    }),
);

testWithCompilers(
  "iree new module makes a project that builds, and whose tests pass",
  () =>
    inProject("module", "counting", async (project, { stdout, stderr }) => {
      const paths = await pathsUnder(project);
      assertEquals(paths.filter((path) => !path.startsWith("build/")), [
        ".gitignore",
        "CMakeLists.txt",
        "README.md",
        "counting_test.ts",
        "deno.json",
        "module.cc",
      ]);
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

const ours = (args: string[]) => ireeOfSources(["run", ...args]);
const theirs = (args: string[]) => execute(tool("iree-run-module"), args);

testWithCompilers(
  "iree new app makes a project that compiles, and whose tests pass",
  () =>
    inProject("app", "my-app", async (project, tested) => {
      assertStringIncludes(tested.stdout, "ok | 1 passed | 0 failed");
      const { deno } = projectCommands(runtime.checkout);
      const started = await runLine(`${deno} task start`, project);
      assertEquals([started.code, started.stdout], [
        0,
        "Float32Array(2) [ 4.5, 0 ]\n",
      ]);
      assert((await Deno.stat(join(project, "program.vmfb"))).isFile);
    }),
);

test("A project of an installed package runs the user's installed command", () => {
  const commands = projectCommands(undefined);
  const tasks = (files: ProjectFiles) =>
    Object.values(JSON.parse(files["deno.json"]).tasks)
      .map((it) => typeof it === "string" ? it : (it as Task).command)
      .map((command) => command.split(" ", 3).join(" "));
  assertEquals(tasks(appFiles("x", commands)), [
    "iree-compile --iree-hal-target-backends=llvm-cpu --iree-llvmcpu-target-cpu=host",
    "deno run -A",
    "deno run -A",
    "deno test -A",
  ]);
  assertEquals(tasks(moduleFiles("x", commands)), [
    "cmake -B build",
    "deno test -A",
  ]);
});

/** A task that depends on others. */
interface Task {
  command: string;
}

test("iree new rejects an existing project and a missing name", async () => {
  using folder = new TemporaryFolder();
  const run = (...args: string[]) =>
    ireeOfSources(["new", ...args], { cwd: folder.path });
  await Deno.mkdir(folder.join("taken"));
  const taken = await run("module", "taken");
  assertEquals(taken.code, 1);
  assertStringIncludes(taken.stderr, "'taken' already exists");
  for (
    const [args, words] of [
      [[], "the kind of project must be module or app, got ''"],
      [
        ["toString", "x"],
        "the kind of project must be module or app, got 'toString'",
      ],
      [["module"], "iree new needs exactly one PATH"],
      [["module", "a", "b"], "iree new needs exactly one PATH"],
      [["app", "/"], "a project needs its own folder"],
      [
        ["module", "Big"],
        "'Big' cannot be a module name: names are lowercase letters, " +
        "digits and _, starting with a letter",
      ],
      [["module", "hal"], "it is reserved in C++, CMake or IREE"],
      [["module", "x/test"], "it is reserved in C++, CMake or IREE"],
      [["module", "x", "--force"], "flag 'force' not recognized"],
    ] as const
  ) {
    const { code, stderr } = await run(...args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, words);
  }
  assertEquals(await pathsUnder(folder.path), ["taken/"]);
  assertMatch(
    (await run("--help")).stdout,
    /^Creates a starter project in the folder PATH/,
  );
});

test("iree new accepts names with dashes, paths and the current folder", async () => {
  using folder = new TemporaryFolder();
  const made = async (cwd: string, ...args: string[]) => {
    const { code, stdout, stderr } = await ireeOfSources(["new", ...args], {
      cwd,
    });
    assertEquals([code, stderr], [0, ""]);
    return stdout;
  };
  const rest = "its README.md has the details\n";
  const { deno } = projectCommands(runtime.checkout);
  assertEquals(
    await made(folder.path, "app", "my-app"),
    `created my-app; next, run\n  cd my-app && ${deno} task test\n${rest}`,
  );
  assertEquals(
    await made(folder.path, "app", "deep/er/my app"),
    "created deep/er/my app; next, run\n  cd 'deep/er/my app' && " +
      `${deno} task test\n${rest}`,
  );
  const absolute = folder.join("absolute");
  assertEquals(
    await made(folder.path, "app", absolute),
    `created ${absolute}; next, run\n  cd ${absolute} && ${deno} task test\n${rest}`,
  );
  const here = folder.join("some-module");
  await Deno.mkdir(here);
  await Deno.writeTextFile(join(here, "notes.txt"), "mine");
  assertEquals(
    await made(here, "module", "."),
    `created some_module; next, run\n  ${deno} task test\n${rest}`,
  );
  assertEquals(await pathsUnder(here), [
    ".gitignore",
    "CMakeLists.txt",
    "README.md",
    "deno.json",
    "module.cc",
    "notes.txt",
    "some_module_test.ts",
  ]);
  // Existing files are unchanged, and no others are made.
  const full = folder.join("full");
  await Deno.mkdir(full);
  await Deno.writeTextFile(join(full, "main.ts"), "mine");
  const refused = await ireeOfSources(["new", "app", "."], { cwd: full });
  assertEquals([refused.code, refused.stderr], [
    1,
    "error: ALREADY_EXISTS: 'main.ts' already exists\nchoose another name " +
    "or folder\n",
  ]);
  assertEquals(await pathsUnder(full), ["main.ts"]);
});

test("iree sdk prints the path that modules build against", async () => {
  const output = await ireeOfSources(["sdk"]);
  assertEquals(output, { code: 0, stdout: `${SDK}\n`, stderr: "" });
  using folder = new TemporaryFolder();
  await Deno.copyFile(LIBRARY, folder.join("library.so"));
  const without = await ireeOfSources(["sdk"], {
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
