import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { SPECIFIERS } from "../../lib/cli/compile/standalone.ts";
import { publishedFiles } from "../../release/published.ts";
import { fixture } from "../compiler/support.ts";
import {
  denoFlags,
  execute,
  iree,
  ireeOfSources,
  mustRun,
  type Output,
  program,
  ROOT,
  TemporaryFolder,
  test,
} from "../support.ts";

/** A folder with executables, and a home for their files. */
class Work extends TemporaryFolder {
  readonly app = this.join("app");

  constructor() {
    super();
    Deno.mkdirSync(this.join("home"));
  }

  /** Runs the executable with only a home, as elsewhere. */
  run(...args: string[]): Promise<Output> {
    return execute("env", [
      ...["-i", `HOME=${this.join("home")}`, "NO_COLOR=1", this.app],
      ...args,
    ], { cwd: this.path });
  }
}

test("./dev compile --self-extracting writes an executable that needs nothing else", async () => {
  using work = new Work();
  await mustRun(Deno.execPath(), [
    ...["run", "-A", ...denoFlags(), join(ROOT, "release/compile.ts")],
    ...[...denoFlags(), "--self-extracting", work.app],
  ]);
  const args = ["run", `--module=${await program("single.mlir")}`];
  for (const input of ["21", "x"]) {
    const expected = await iree([...args, `--input=${input}`]);
    assertEquals(await work.run(...args, `--input=${input}`), expected);
  }
  const version = await work.run("version");
  assertStringIncludes(version.stdout, "\nlibrary ");
});

test("iree compile --standalone writes an executable that is iree run with a program", async () => {
  using work = new Work();
  const single = await program("single.mlir");
  await written(
    await ireeOfSources(["compile", "--standalone", single, "-o", work.app]),
  );
  const expected = await iree(["run", `--module=${single}`, "--input=21"]);
  assertEquals(await work.run("--input=21"), expected);
  const help = await work.run("--help");
  assertStringIncludes(help.stdout, "Usage: iree run");
});

test("iree compile --standalone --script compiles a source and runs a script with the program", async () => {
  using work = new Work();
  const script = work.join("main.ts");
  await Deno.writeTextFile(
    script,
    `import { load } from "@iree/runtime";
     const [path, ...args] = Deno.args;
     using program = load({ modules: [path] });
     console.log(import.meta.main, program.call("mul", [1, 2, 3, 4], [2, 2, 2, 2]).format(), args);
    `,
  );
  await written(
    await ireeOfSources([
      ...["compile", "--standalone", fixture("mul.mlir"), "-o", work.app],
      `--script=${script}`,
    ]),
  );
  assertEquals(await work.run("--flag", "a b"), {
    code: 0,
    stdout: 'true 4xf32=2 4 6 8 [ "--flag", "a b" ]\n',
    stderr: "",
  });
});

test("iree compile rejects what an executable cannot be made of", async () => {
  using work = new Work();
  const single = await program("single.mlir");
  const cases: [string[], number, string][] = [
    [["--script=a.ts", single], 2, "--script needs --standalone"],
    [["--standalone", "-"], 2, "--standalone needs a FILE"],
    [["--standalone", single, "-o", "-"], 2, "cannot write to stdout"],
    [["--standalone", "no.vmfb"], 1, "unable to open file 'no.vmfb'"],
    [
      ["--standalone", single, "--script=no.ts", "-o", work.app],
      1,
      `cannot bundle '${join(Deno.cwd(), "no.ts")}': `,
    ],
  ];
  for (const [args, status, message] of cases) {
    const { code, stderr } = await ireeOfSources(["compile", ...args]);
    assertEquals(code, status, stderr);
    assertStringIncludes(stderr, message);
  }
  assertEquals(Array.from(Deno.readDirSync(work.path)).length, 1);
});

Deno.test("Executables resolve all names that the package imports", async () => {
  for (const path of await publishedFiles()) {
    if (!/^(?:cli|mod|ffi|lib)\b.*\.ts$/.test(path)) continue;
    const text = await Deno.readTextFile(join(ROOT, path));
    const imports = /^(?:import|\}|export).* from "(@std\/[^"]+)";$/gm;
    for (const [, name] of text.matchAll(imports)) {
      assert(SPECIFIERS.includes(name), `${path}: ${name}`);
    }
  }
});

/** Asserts that an executable was written. */
function written({ code, stdout, stderr }: Output): void {
  assertEquals([code, stderr], [0, ""], stdout);
}
