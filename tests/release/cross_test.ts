import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { PLATFORMS, type Triple } from "../../ffi/library/platform.ts";
import { buildFor } from "../../release/cross/build.ts";
import {
  checkLibrary,
  declaredFunctions,
  type LibraryFacts,
} from "../../release/cross/check.ts";
import { CROSS_TARGETS } from "../../release/cross/targets.ts";
import { writeTools } from "../../release/cross/tools.ts";
import { parsePackageArguments } from "../../release/package.ts";
import { LIBRARY, mustRun, ROOT, TemporaryFolder } from "../support.ts";

const HEADER = await Deno.readTextFile(
  join(ROOT, "native/include/iree_ffi.h"),
);

const LINUX: LibraryFacts = {
  format: "elf",
  arch: "x86_64",
  exports: ["iree_ffi_release", "iree_vm_invoke"],
  imports: ["exp", "memcpy", "memset", "sin", "write"],
  libraries: ["libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"],
  versions: ["GLIBC_2.2.5", "GLIBC_2.28"],
  size: 2_000_000,
};

const MACOS: LibraryFacts = {
  ...LINUX,
  format: "mach-o",
  arch: "arm64",
  libraries: ["/usr/lib/libSystem.B.dylib"],
  versions: ["13.0.0"],
};

const WINDOWS: LibraryFacts = {
  ...LINUX,
  format: "pe",
  arch: "amd64",
  libraries: ["kernel32.dll", "ucrtbase.dll"],
  versions: [],
  fromZig: ["___chkstk_ms", "snprintf"],
};

const DECLARED = ["iree_ffi_release"];

function problemsOf(
  triple: Triple,
  facts: LibraryFacts,
  changes: Partial<LibraryFacts> = {},
): string[] {
  return checkLibrary(triple, { ...facts, ...changes }, DECLARED);
}

Deno.test("The check of a library accepts what only needs its system", () => {
  const cases: [Triple, LibraryFacts][] = [
    ["x86_64-unknown-linux-gnu", LINUX],
    ["aarch64-apple-darwin", MACOS],
    ["x86_64-pc-windows-msvc", WINDOWS],
  ];
  for (const [triple, facts] of cases) {
    assertEquals(problemsOf(triple, facts), []);
  }
});

Deno.test("The check of a library names each problem", () => {
  const triple = "x86_64-unknown-linux-gnu";
  const cases: [Partial<LibraryFacts>, string][] = [
    [{ arch: "aarch64" }, "it must be elf for x86_64, got elf for aarch64"],
    [{ format: "pe" }, "it must be elf for x86_64, got pe for x86_64"],
    [{ exports: [] }, "it does not export iree_ffi_release"],
    [
      { exports: [...LINUX.exports, "iree_ffi_secret"] },
      "it exports iree_ffi_secret, which the header does not declare",
    ],
    [
      { exports: [...LINUX.exports, "flatcc_verify"] },
      "it exports flatcc_verify, which is not part of any API",
    ],
    [
      { imports: ["exp", "memset", "sin"] },
      "it has a memcpy of its own",
    ],
    [
      { libraries: ["libc.so.6", "libstdc++.so.6"] },
      "it needs libstdc++.so.6, which is not part of the system",
    ],
    [
      { versions: ["GLIBC_2.4", "GLIBC_2.34"] },
      "it needs GLIBC_2.34, newer than 2.28",
    ],
    [
      { versions: ["GLIBC_2.28.1"] },
      "it needs GLIBC_2.28.1, newer than 2.28",
    ],
    [
      { versions: ["GLIBC_PRIVATE"] },
      "it needs GLIBC_PRIVATE, newer than 2.28",
    ],
    [{ size: 9e6 }, "it must have at most 5000000 bytes, got 9000000"],
  ];
  for (const [changes, problem] of cases) {
    assertEquals(problemsOf(triple, LINUX, changes), [problem]);
  }
  assertEquals(
    problemsOf("aarch64-apple-darwin", MACOS, { versions: ["15.0.0"] }),
    ["it needs 15.0.0, newer than 13.0"],
  );
});

Deno.test("The check of a library for Windows names each function that is not the system's", async () => {
  const list = await Deno.readTextFile(join(ROOT, "native/fixes/ucrt.def"));
  const names = list.replace(/^[^]*^EXPORTS\n/m, "").trim().split("\n");
  assert(names.includes("memmove"), `${names}`);
  for (const name of [...names, "atan2"]) {
    assertEquals(
      problemsOf("x86_64-pc-windows-msvc", WINDOWS, { fromZig: [name] }),
      [`it has a ${name} of its own`],
    );
  }
});

Deno.test("A cross build that fails leaves no folder in the cache, nor does one that was killed before", async () => {
  using folder = new TemporaryFolder();
  const [cache, tools] = [folder.join("cache"), folder.join("tools")];
  await Deno.mkdir(join(cache, "cross.killed/build"), { recursive: true });
  await Deno.mkdir(tools);
  const write = (name: string, text: string) =>
    Deno.writeTextFile(join(tools, name), text, { mode: 0o755 });
  await write("python", "#!/bin/sh\necho /packages\n");
  await write("cmake", "#!/bin/sh\necho no such compiler\nexit 1\n");
  const build = buildFor("aarch64-apple-darwin", {
    cache,
    tools,
    python: join(tools, "python"),
    sources: folder.join("sources"),
    key: "a key",
  });
  await assertRejects(() => build, Error, "configuring the library for");
  const left = Array.from(Deno.readDirSync(cache), ({ name }) => name);
  assertEquals(left.sort(), [
    "cross",
    "cross-lock",
    "log-aarch64-apple-darwin",
    "runtime",
  ]);
});

Deno.test("The functions to export are those of the header, which the library exports", async () => {
  const declared = declaredFunctions(HEADER);
  assert(declared.length > 140, `${declared.length} functions`);
  const symbols = await mustRun("nm", ["-D", "--defined-only", LIBRARY]);
  const exported = [...symbols.matchAll(/ T (iree_ffi_\w+)$/gm)]
    .map(([, name]) => name);
  assertEquals(exported.sort(), declared);
});

Deno.test("Every platform with prebuilt libraries can be cross-built", () => {
  assertEquals(
    Object.keys(CROSS_TARGETS).sort(),
    Object.keys(PLATFORMS).sort(),
  );
});

Deno.test("./dev package parses its folder and targets, and rejects other flags", () => {
  const parse = (...args: string[]) => parsePackageArguments(args);
  assertEquals(parse(), { folder: join(Deno.cwd(), "dist"), targets: [] });
  const linux = "x86_64-unknown-linux-gnu";
  const windows = "x86_64-pc-windows-msvc";
  assertEquals(parse("/out", `--target=${linux}`, "--target", windows), {
    folder: "/out",
    targets: [linux, windows],
  });
  assertEquals(parse("--all", "/out"), {
    folder: "/out",
    targets: Object.keys(PLATFORMS) as Triple[],
  });
  const cases: [string[], string][] = [
    [["--output=x"], "flag '--output=x' not recognized"],
    [["-x"], "flag '-x' not recognized"],
    [["a", "b"], "unexpected argument 'b'"],
    [["--target=arm"], "--target must be one of x86_64-unknown-linux-gnu, "],
    [["--target"], "--target must be one of "],
    [["--all", `--target=${linux}`], "--all and --target exclude each other"],
  ];
  for (const [args, message] of cases) {
    const problem = parse(...args);
    assert(typeof problem === "string", args.join(" "));
    assertStringIncludes(problem, message);
  }
});

Deno.test("The tools of a cross build pass their arguments to zig in its words", async () => {
  using folder = new TemporaryFolder();
  const zig = folder.join("it's zig");
  await Deno.writeTextFile(zig, '#!/bin/sh\nprintf "%s\\n" "$@"\n', {
    mode: 0o755,
  });
  const tools = folder.join("tools");
  await writeTools(tools, zig, "aarch64-linux-gnu.2.28");
  const run = async (name: string, ...args: string[]) =>
    (await mustRun(join(tools, name), args)).trimEnd().split("\n");
  const target = ["-target", "aarch64-linux-gnu.2.28"];
  assertEquals(
    await run("clang", "-O2", "a b.c", "-march=armv8.2-a+i8mm"),
    ["cc", ...target, "-O2", "a b.c", "-mcpu=generic+v8_2a+i8mm"],
  );
  assertEquals(
    await run("clang++", "-c", "-march=armv8.2-a+fp16", "-march=armv8-a"),
    ["c++", ...target, "-c", "-mcpu=generic+v8_2a+fullfp16", "-march=armv8-a"],
  );
  // Else zig would build the C++ library.
  assertEquals(
    await run("clang++", "a.o", "-o", "a"),
    ["c++", ...target, "-nostdlib++", "a.o", "-o", "a"],
  );
  assertEquals(await run("ar", "rcs", "a.a"), ["ar", "rcs", "a.a"]);
});
