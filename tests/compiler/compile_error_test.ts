import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { compile, Compiler } from "../../lib/compiler/mod.ts";
import {
  denoFlags,
  execute,
  failureOf,
  inCache,
  mustRun,
  TemporaryFolder,
  test,
} from "../support.ts";
import {
  compileErrorOf,
  COMPILER,
  fixture,
  ROOT_URL,
  TWICE,
} from "./support.ts";

const UNDECLARED = TWICE.replace("%x, %x", "%x, %nope");
const PRIOR = `func.func @f(%x: i32) -> i64 {
\t%y = arith.addi %x, %x : i32
\treturn %y : i64
}
`;
const UNSUPPORTED = `func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = "tosa.custom"(%x) {operator_name = "a", domain_name = "b",
    implementation_attrs = ""} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
`;

for (const isolate of [true, false]) {
  const where = isolate ? "in a child process" : "in this process";
  const options = { isolate, cache: false, library: COMPILER };

  test(`A syntax error ${where} shows the line and a caret`, async () => {
    const error = await compileErrorOf(compile(UNDECLARED, options));
    assertEquals(
      error.message,
      `INVALID_ARGUMENT: 'source.mlir' does not compile:
source.mlir:2:23: error: use of undeclared SSA value name
  %y = arith.addi %x, %nope : i32
                      ^`,
    );
    assertEquals(error.diagnostics, [{
      severity: "error",
      file: "source.mlir",
      line: 2,
      column: 23,
      message: "use of undeclared SSA value name",
      notes: [],
    }]);
  });

  test(`Notes of an error ${where} have their own location`, async () => {
    const error = await compileErrorOf(
      compile(PRIOR, { ...options, name: "a b.mlir" }),
    );
    assertEquals(
      error.detail,
      `'a b.mlir' does not compile:
a b.mlir:3:9: error: use of value '%y' expects different type than prior uses: 'i64' vs 'i32'
\treturn %y : i64
\t       ^
a b.mlir:2:2: note: prior use here
\t%y = arith.addi %x, %x : i32
\t^`,
    );
    const [{ notes: [note] }] = error.diagnostics;
    assertEquals([note.line, note.column, note.message], [
      ...[2, 2, "prior use here"],
    ]);
  });

  test(`An operation that IREE cannot compile ${where} is named`, async () => {
    const error = await compileErrorOf(compile(UNSUPPORTED, options));
    assertStringIncludes(
      error.message,
      "source.mlir:2:8: error: failed to legalize operation 'tosa.custom'",
    );
  });

  test(`A backend that does not exist ${where} is named`, async () => {
    const flags = ["--iree-hal-target-backends=nope"];
    const error = await compileErrorOf(compile(TWICE, { ...options, flags }));
    assertMatch(
      error.message,
      /error: target backend 'nope' not registered; registered backends: /,
    );
  });

  test(`A library ${where} that is not a compiler is rejected`, async () => {
    const library = fixture("mul.mlir");
    const error = await failureOf(compile(TWICE, { ...options, library }));
    assertStringIncludes(
      error.message,
      `NOT_FOUND: cannot open the IREE compiler library '${library}': `,
    );
  });

  test(`A compiler ${where} of another version is rejected`, async () => {
    using folder = new TemporaryFolder();
    const library = folder.join("libother.so");
    const source = fixture("other_compiler.c");
    await mustRun("cc", [
      "-shared",
      "-fPIC",
      "-Wl,--no-as-needed",
      "-o",
      library,
      source,
    ]);
    // In a process of its own, since the library stays open.
    const error = isolate
      ? (await failureOf(compile(TWICE, { ...options, library }))).message
      : await errorOfScript(JSON.stringify({ ...options, library }));
    assertStringIncludes(
      error,
      `FAILED_PRECONDITION: the compiler '${library}' is IREE 3.9.0, but this ` +
        "package runs programs of IREE 3.13\ninstall it: ",
    );
  });
}

const isolated = { cache: false, library: COMPILER };

test("A flag that does not exist is rejected with a suggestion", async () => {
  const flags = ["--iree-opt-levels=O3"];
  const error = await failureOf(compile(TWICE, { ...isolated, flags }));
  assertStringIncludes(
    error.message,
    "INVALID_ARGUMENT: the compiler rejects its flags: Unknown command line " +
      "argument '--iree-opt-levels=O3'.",
  );
  assertStringIncludes(error.message, "Did you mean '--iree-opt-level=O3'?");
});

test("In this process, process-wide flags are rejected", async () => {
  const flags = ["--iree-llvmcpu-vector-pproc-strategy=peel"];
  const options = { ...isolated, flags, target: "host" };
  await compile(TWICE, options);
  assertEquals(
    (await failureOf(compile(TWICE, { ...options, isolate: false }))).message,
    "INVALID_ARGUMENT: the compiler has no flag " +
      "'--iree-llvmcpu-vector-pproc-strategy' for a compile in this process\n" +
      "process-wide flags, such as --mlir-…, need isolate: true",
  );
});

test("An unknown CPU is rejected with the known ones", async () => {
  const source = await Deno.readTextFile(fixture("mul.mlir"));
  const options = { ...isolated, target: "pentium9" };
  assertMatch(
    (await failureOf(compile(source, options))).message,
    /^INVALID_ARGUMENT: target must be a CPU of \w+, got 'pentium9'\nCPUs: \w/,
  );
});

test("A crash of the compiler is reported with its output", async () => {
  await using compiler = await Compiler.open(isolated);
  const source = await Deno.readTextFile(fixture("mul.mlir"));
  const target = "foo-bar-baz";
  assertMatch(
    (await failureOf(compiler.compile(source, { target }))).message,
    /^INTERNAL: the compiler crashed \(SIG\w+\) in the phase '[\w-]+'; it printed:\ncreateTargetMachine\(/,
  );
  assertEquals((await compiler.compile(TWICE)).length > 0, true);
});

test("Without a compiler, the error lists the places and how to install one", async () => {
  using folder = new TemporaryFolder();
  const error = await errorOfScript("{}", {
    IREE_DENO_TOOLS: folder.join("bin"),
    IREE_COMPILER_LIBRARY: "",
    VIRTUAL_ENV: "",
    PATH: folder.path,
    ...inCache(folder.path),
  });
  const environment = folder.join("iree-deno/compiler");
  const pip = join(
    environment,
    Deno.build.os === "windows" ? "Scripts" : "bin",
    "pip",
  );
  assertEquals(
    error,
    `NOT_FOUND: no IREE compiler:
  the option \`library\`: not given
  the environment variable IREE_COMPILER_LIBRARY: IREE_COMPILER_LIBRARY is not set
  the environment of the checkout: '${folder.path}' has no iree-base-compiler
  the active virtual environment: VIRTUAL_ENV is not set
  python3: not on PATH
  the cache of this user: '${environment}' has no iree-base-compiler
install it: python3 -m venv ${environment} && ${pip} install iree-base-compiler==3.13.0`,
  );
});

test("Options and sources are checked", async () => {
  const cases: [unknown, unknown, string][] = [
    [
      TWICE,
      { goal: "host" },
      "options must be among library, isolate, " +
      "cache, target, flags, shapes, clean, name, signal, onPhase, onDiagnostic, got 'goal'",
    ],
    [
      TWICE,
      { target: "" },
      "target must be host, generic, a CPU, a triple, " +
      "vmvx, vulkan, cuda, rocm, hip, metal, got ''",
    ],
    [
      TWICE,
      { target: 5 },
      "target must be host, generic, a CPU, a triple, " +
      "vmvx, vulkan, cuda, rocm, hip, metal, got the number 5",
    ],
    [TWICE, { flags: "--x" }, "flags must be an array, got a string"],
    [TWICE, { flags: [1] }, "flags[0] must be a string, got the number 1"],
    [TWICE, { isolate: 1 }, "isolate must be a boolean, got the number 1"],
    [TWICE, { cache: "/tmp" }, "cache must be a boolean, got a string"],
    [TWICE, { onPhase: {} }, "onPhase must be a function, got an object"],
    [
      5,
      {},
      "source must be MLIR text, MLIR bytecode, a path or a URL, got " +
      "the number 5",
    ],
  ];
  for (const [source, options, detail] of cases) {
    const run = compile as (...given: unknown[]) => Promise<unknown>;
    assertEquals((await failureOf(run(source, options))).detail, detail);
  }
  assertMatch(
    (await failureOf(compile("no such.mlir"))).message,
    /^NOT_FOUND: failed to open file 'no such\.mlir'\n/,
  );
});

/** The error that compiling throws in another process. */
async function errorOfScript(
  options: string,
  env: Record<string, string> = {},
): Promise<string> {
  using folder = new TemporaryFolder();
  const script = folder.join("script.ts");
  await Deno.writeTextFile(
    script,
    `import { compile } from "${ROOT_URL}lib/compiler/mod.ts";
try { await compile(${JSON.stringify(TWICE)}, ${options}); }
catch (error) { console.log(error.message); }`,
  );
  const args = ["run", "-A", ...denoFlags(), script];
  const { stdout, stderr } = await execute(Deno.execPath(), args, { env });
  assertEquals(stderr, "");
  return stdout.trimEnd();
}
