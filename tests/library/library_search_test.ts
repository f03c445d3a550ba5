import {
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import { dirname, join, resolve, toFileUrl } from "@std/path";
import { findCacheFolder } from "../../ffi/library/cache_folder.ts";
import { findPlatform, PLATFORMS } from "../../ffi/library/platform.ts";
import { runtime } from "../../mod.ts";
import {
  DENO_DIR,
  denoFlags,
  execute,
  inCache,
  LIBRARY,
  mustRun,
  type Output,
  program,
  ROOT,
  TemporaryFolder,
  test,
  tool,
} from "../support.ts";

const IS_WINDOWS = Deno.build.os === "windows";
const FOLDERS = IS_WINDOWS ? "LOCALAPPDATA" : "XDG_CACHE_HOME,HOME";

/** A user with a separate cache, in which the library is installed or not. */
class User extends TemporaryFolder {
  /** The library in the cache. */
  readonly cached = this.join(
    "cache/iree-deno/library",
    `${runtime.packageVersion}-${Deno.build.target}`,
    runtime.platform!.library,
  );

  install(): this {
    Deno.mkdirSync(dirname(this.cached), { recursive: true });
    Deno.copyFileSync(LIBRARY, this.cached);
    return this;
  }

  /** Runs TypeScript that imports the package, without any permission. */
  async run(
    code: string,
    flags: readonly string[],
    variables: Record<string, string> = {},
    command: readonly string[] = [Deno.execPath(), "run", "--no-prompt"],
  ): Promise<Output> {
    const script = this.join("script.ts");
    const mod = JSON.stringify(toFileUrl(join(ROOT, "mod.ts")).href);
    await Deno.writeTextFile(script, `import * as iree from ${mod};\n${code}`);
    const env = {
      DENO_DIR,
      HOME: this.path,
      ...inCache(this.join("cache")),
      IREE_RUNTIME_LIBRARY: "",
      ...variables,
    };
    const args = ["--no-check", ...denoFlags(), ...flags, script];
    const [program, ...rest] = command;
    return await execute(program, [...rest, ...args], { env });
  }
}

const FIND = "console.log(JSON.stringify(iree.runtime.findLibrary()));";
const OPEN = "iree.Instance.open(); console.log(iree.runtime.libraryPath);";

test("The library is looked up in the documented order until it is found", async () => {
  using user = new User().install();
  const found = async (code: string, variables?: Record<string, string>) => {
    const { stdout, stderr } = await user.run(code, ["-A"], variables);
    assertEquals(stderr, "");
    return JSON.parse(stdout) as { source: string; path?: string }[];
  };
  const pairs = (places: { source: string; path?: string }[]) =>
    places.map(({ source, path }) => [source, path]);

  const option = FIND.replace("findLibrary()", `findLibrary("/an/option")`);
  const variables = { IREE_RUNTIME_LIBRARY: "/a/variable" };
  assertEquals(pairs(await found(option, variables)), [
    ["option", resolve("/an/option")],
  ]);
  assertEquals(pairs(await found(FIND, variables)), [
    ["option", undefined],
    ["variable", resolve("/a/variable")],
  ]);
  assertEquals(pairs(await found(FIND)), [
    ["option", undefined],
    ["variable", undefined],
    ["cache", user.cached],
  ]);
});

test("A library in the cache is opened automatically", async () => {
  using user = new User().install();
  const { code, stdout, stderr } = await user.run(OPEN, ["-A"]);
  assertEquals([code, stdout, stderr], [0, `${user.cached}\n`, ""]);
});

test("A library in the cache is opened with permissions for it alone", async () => {
  using user = new User().install();
  const flags = [
    `--allow-env=${FOLDERS}`,
    `--allow-read=${user.cached}`,
    `--allow-ffi=${user.cached}`,
  ];
  const { code, stdout, stderr } = await user.run(OPEN, flags);
  assertEquals([code, stdout, stderr], [0, `${user.cached}\n`, ""]);
});

test("The error about a missing library lists the places and the setup command", async () => {
  using user = new User();
  const { code, stderr } = await user.run(OPEN, ["-A"]);
  assertEquals(code, 1);
  const lines = [
    "NOT_FOUND: no IREE runtime library:",
    "  the option `library`: not given",
    "  the environment variable IREE_RUNTIME_LIBRARY: not set",
    `  the cache of this user: no file '${user.cached}'`,
    `install it with \`deno run -A ${runtime.cli} setup\`, `,
  ];
  assertStringIncludes(stderr, lines.join("\n"));
});

test("An unreadable library in the cache is distinguished from a missing one", async () => {
  using user = new User();
  await Deno.mkdir(dirname(user.cached), { recursive: true });
  // Circular links fail even for root.
  await Deno.symlink(user.cached, user.cached);
  const { code, stderr } = await user.run(OPEN, ["-A"]);
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    `the cache of this user: '${user.cached}' cannot be read: Too many`,
  );
});

test("Places outside the permissions are skipped, and the error names the flags", async () => {
  using user = new User().install();
  const without = await user.run(OPEN, []);
  assertEquals(without.code, 1);
  for (const flag of ["IREE_RUNTIME_LIBRARY", FOLDERS]) {
    assertStringIncludes(
      without.stderr,
      `not searched without --allow-env=${flag}\n`,
    );
  }
  const blind = await user.run(OPEN, ["--allow-env"]);
  assertEquals(blind.code, 1);
  assertStringIncludes(
    blind.stderr,
    `not searched without --allow-read=${user.cached}\n`,
  );
});

test("Looking into the cache never prompts for a permission", async () => {
  using user = new User().install();
  const script = "import pty, sys; pty.spawn(sys.argv[1:])";
  const { stdout } = await user.run(
    OPEN,
    ["--allow-env=IREE_RUNTIME_LIBRARY"],
    {},
    [tool("python"), "-c", script, Deno.execPath(), "run"],
  );
  assertStringIncludes(stdout, "no IREE runtime library");
  assertNotMatch(stdout, /requests|Allow\?/);
});

test("A variable that is not an absolute path is not used as the cache", async () => {
  using user = new User();
  const code = "console.log(iree.runtime.findLibrary().at(-1).description);";
  const { stdout } = await user.run(code, ["-A"], {
    ...inCache("relative"),
    HOME: "",
  });
  const names = IS_WINDOWS ? "LOCALAPPDATA does" : "XDG_CACHE_HOME and HOME do";
  assertEquals(
    stdout,
    `the cache of this user: ${names} not name a folder\n`,
  );
});

test("Each system has its own cache location", () => {
  const home = Deno.env.get("HOME");
  const xdg = Deno.env.get("XDG_CACHE_HOME");
  try {
    Deno.env.set("HOME", "/home/me");
    Deno.env.set("LOCALAPPDATA", "/users/me/local");
    Deno.env.delete("XDG_CACHE_HOME");
    assertEquals(findCacheFolder("linux").path, "/home/me/.cache/iree-deno");
    assertEquals(
      findCacheFolder("darwin").path,
      "/home/me/Library/Caches/iree-deno",
    );
    assertEquals(findCacheFolder("windows").path, "/users/me/local/iree-deno");
    Deno.env.set("XDG_CACHE_HOME", "/var/caches");
    assertEquals(findCacheFolder("linux").path, "/var/caches/iree-deno");
  } finally {
    Deno.env.delete("LOCALAPPDATA");
    for (const [name, value] of [["HOME", home], ["XDG_CACHE_HOME", xdg]]) {
      if (value === undefined) Deno.env.delete(name!);
      else Deno.env.set(name!, value);
    }
  }
});

test("The supported platforms are those with releases", () => {
  assertEquals(
    Object.entries(PLATFORMS).map(([triple, { os, arch, library }]) =>
      [triple, os, arch, library].join(" ")
    ),
    [
      "x86_64-unknown-linux-gnu linux x86_64 lib/libiree_runtime.so",
      "aarch64-unknown-linux-gnu linux aarch64 lib/libiree_runtime.so",
      "x86_64-apple-darwin darwin x86_64 lib/libiree_runtime.dylib",
      "aarch64-apple-darwin darwin aarch64 lib/libiree_runtime.dylib",
      "x86_64-pc-windows-msvc windows x86_64 bin/iree_runtime.dll",
    ],
  );
  assertEquals(findPlatform("riscv64gc-unknown-linux-gnu"), undefined);
  assertEquals(findPlatform("toString"), undefined);
  assertEquals(runtime.platform?.os, Deno.build.os);
  assertEquals(runtime.platform?.arch, Deno.build.arch);
});

test("A library of another version is rejected, and the error names both versions", async () => {
  using user = new User();
  const library = user.join("libother.so");
  const source = join(ROOT, "native/fixtures/other_version.c");
  for (const [version, abi] of [["0.0.7", 1], [runtime.packageVersion, 99]]) {
    await mustRun("cc", [
      "-shared",
      "-fPIC",
      `-DVERSION="${version}"`,
      `-DABI=${abi}`,
      source,
      "-o",
      library,
    ]);
    const { code, stderr } = await user.run(OPEN, ["-A"], {
      IREE_RUNTIME_LIBRARY: library,
    });
    assertEquals(code, 1);
    assertStringIncludes(
      stderr,
      `FAILED_PRECONDITION: the IREE runtime library '${library}' has version ` +
        `${version} and binary interface ${abi}; this package has version ` +
        `${runtime.packageVersion} and needs binary interface `,
    );
    assertStringIncludes(stderr, "setup`");
  }
});

/** Copies a file, or a folder with its contents. */
async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) {
    await copy(join(from, name), join(to, name));
  }
}

test("A package of another version rejects the library despite matching functions", async () => {
  using folder = new TemporaryFolder();
  for (const name of ["mod.ts", "cli.ts", "ffi", "lib"]) {
    await copy(join(ROOT, name), folder.join(name));
  }
  const config = await Deno.readTextFile(join(ROOT, "deno.json"));
  await Deno.writeTextFile(
    folder.join("deno.json"),
    config.replace(`"${runtime.packageVersion}"`, '"77.0.0"'),
  );
  const map = denoFlags().filter((flag) => flag.startsWith("--import-map"));
  const { code, stderr } = await execute(
    Deno.execPath(),
    ["run", "-A", "--no-check", ...map, folder.join("cli.ts"), "run"]
      .concat("--module=x.vmfb"),
    { env: { IREE_RUNTIME_LIBRARY: LIBRARY } },
  );
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /has version \d+\.\d+\.\d+ and binary interface \d+; this package has version 77\.0\.0/,
  );
});

test("A foreign library is rejected with the system's reason", async () => {
  using user = new User();
  const { code, stderr } = await user.run(OPEN, ["-A"], {
    IREE_RUNTIME_LIBRARY: join(ROOT, "deno.json"),
  });
  assertEquals(code, 1);
  assertMatch(stderr, /cannot open the IREE runtime library '.*deno\.json': /);
});

/** Records the names of bound functions. */
const SPY = `const bound = [];
const { dlopen } = Deno;
Deno.dlopen = (path, table) => {
  bound.push(...Object.keys(table));
  return dlopen(path, table);
};
`;

test("Library functions are bound once, at their first use", async () => {
  using user = new User();
  const { stdout, stderr } = await user.run(
    SPY + `using instance = iree.Instance.open();
    const first = bound.length;
    for (let i = 0; i < 3; i++) instance.hasType("vm.list");
    console.log(first, bound.slice(first));`,
    ["-A"],
    { IREE_RUNTIME_LIBRARY: LIBRARY },
  );
  assertEquals(stderr, "");
  assertMatch(stdout, /^[1-5] \[ "iree_ffi_instance_has_type" \]\n$/);
});

test("iree run binds a few functions for a small program, and an import none", async () => {
  using user = new User();
  const cli = JSON.stringify(toFileUrl(join(ROOT, "cli.ts")).href);
  const args = [
    "run",
    `--module=${await program("bench/programs/scalars.mlir")}`,
    "--function=add",
    "--input=1",
    "--input=2",
  ];
  const { stdout, stderr } = await user.run(
    SPY + `const { main } = await import(${cli});
    console.log(bound.length);
    await main(${JSON.stringify(args)});
    console.log(bound.length < 25);`,
    ["-A"],
    { IREE_RUNTIME_LIBRARY: LIBRARY },
  );
  assertEquals([stdout, stderr], [
    "0\nEXEC @add\nresult[0]: i32=3\ntrue\n",
    "",
  ]);
});

test("Instance.open binds all functions on request", async () => {
  using user = new User();
  const { stdout, stderr } = await user.run(
    SPY + `iree.Instance.open().dispose();
    iree.Instance.open({ bindAll: true }).dispose();
    const all = bound.length;
    console.log(all > 80, new Set(bound).size === all);
    Deno.permissions.revokeSync({ name: "ffi" });
    using instance = iree.Instance.open();
    using list = iree.List.from(instance, [1, 2], "i32");
    console.log(list.size, bound.length === all);`,
    ["-A"],
    { IREE_RUNTIME_LIBRARY: LIBRARY },
  );
  assertEquals([stdout, stderr], ["true true\n2 true\n", ""]);
});

test("Functions bound later belong to the opened library, even if the file changes", async () => {
  using user = new User();
  const library = user.join("library.so");
  await Deno.copyFile(LIBRARY, library);
  const other = user.join("other.so");
  await Deno.copyFile(LIBRARY, other);
  const { stdout, stderr } = await user.run(
    `using instance = iree.Instance.open();
    Deno.renameSync(${JSON.stringify(other)}, ${JSON.stringify(library)});
    using list = iree.List.from(instance, [1, 2], "i32");
    console.log(list.get(1), iree.runtime.statistics.liveAllocations > 0);
    Deno.removeSync(${JSON.stringify(library)});
    console.log(iree.runtime.version().library);`,
    ["-A"],
    { IREE_RUNTIME_LIBRARY: library },
  );
  assertEquals([stdout, stderr], [
    `2 true\n${runtime.packageVersion}\n`,
    "",
  ]);
});
