import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { dirname, join } from "@std/path";
import { runtime } from "../../mod.ts";
import { COMPILER } from "../compiler/support.ts";
import {
  DENO_DIR,
  denoFlags,
  execute,
  inCache,
  ireeOfSources,
  LIBRARY,
  mustRun,
  ROOT,
  SDK,
  TemporaryFolder,
  test,
  tool,
} from "../support.ts";

const INSTALL = `\`deno run -A ${
  join(ROOT, "cli.ts")
} setup\` installs the library`;

test("iree doctor reports its findings and the devices that work", async () => {
  const { code, stdout, stderr } = await ireeOfSources(["doctor"]);
  assertEquals([code, stderr], [0, ""]);
  for (
    const line of [
      `deno        ${Deno.version.deno} for ${Deno.build.target}`,
      `package     ${runtime.packageVersion}, run by deno ${ROOT}cli.ts`,
      "            the environment variable IREE_RUNTIME_LIBRARY: found",
      `library     ${runtime.packageVersion} with IREE ${runtime.version().iree}`,
      `            ${LIBRARY}`,
      `SDK         ${SDK}`,
      `            ${COMPILER}`,
      "            local-task://: works",
      "result      programs can run here",
    ]
  ) {
    assertStringIncludes(stdout, `${line}\n`);
  }
  // iree-cpuinfo prints all features, and which ones the CPU has.
  const { stdout: theirs } = await execute(tool("iree-cpuinfo"), []);
  const present = [...theirs.matchAll(/^(\S+) +1$/gm)].map(([, name]) => name);
  const [, listed = ""] = /^CPU +([^]*?)^devices/m.exec(stdout) ?? [];
  assertEquals(listed.split(/\s+/).filter(Boolean), present);
  assertMatch(
    stdout,
    /\ncompiler {4}IREE 3\.13\.\S* @ \w+, fits the library\n/,
  );
  assertMatch(stdout, /^(?:devices {5}| {12})local-sync:[/]{2}: works$/m);
  assertMatch(
    stdout,
    /\n {12}null: not available: driver not implemented\n/,
  );
});

test("iree doctor fails without a library and suggests how to install one", async () => {
  using folder = new TemporaryFolder();
  const { code, stdout, stderr } = await ireeOfSources(["doctor"], {
    env: { DENO_DIR, ...inCache(folder.path), IREE_RUNTIME_LIBRARY: "" },
  });
  assertEquals(code, 1);
  assertStringIncludes(
    stdout,
    "the environment variable IREE_RUNTIME_LIBRARY: not set\n",
  );
  assertStringIncludes(
    stdout,
    `the cache of this user: no file '${folder.path}`,
  );
  assertStringIncludes(stdout, "permissions unknown without a library\n");
  assertEquals(
    stderr,
    `error: FAILED_PRECONDITION: programs cannot run here\n${INSTALL}\n`,
  );
});

test("iree doctor --json reports the same as data, with the same status", async () => {
  const { code, stdout, stderr } = await ireeOfSources(["doctor", "--json"]);
  assertEquals([code, stderr], [0, ""]);
  const found = JSON.parse(stdout);
  assertEquals(found.works, true);
  assertEquals(found.errors, []);
  assertEquals(found.library, {
    path: LIBRARY,
    version: runtime.packageVersion,
    iree: runtime.version().iree,
  });
  assertEquals(found.sdk, SDK);
  assertEquals(found.compiler.path, COMPILER);
  assertMatch(found.compiler.version, /^3\.13\./);
  const { stdout: text } = await ireeOfSources(["doctor"]);
  for (const { uri, state } of found.devices) {
    assertStringIncludes(text, `${uri}: ${state}\n`);
  }
  for (const flag of found.permissions) assertStringIncludes(text, `${flag}\n`);

  using folder = new TemporaryFolder();
  const missing = await ireeOfSources(["doctor", "--json"], {
    env: { DENO_DIR, ...inCache(folder.path), IREE_RUNTIME_LIBRARY: "" },
  });
  assertEquals(missing.code, 1);
  assertStringIncludes(missing.stderr, INSTALL);
  const { works, library, permissions, devices, errors } = JSON.parse(
    missing.stdout,
  );
  assertEquals([works, library, permissions, devices], [false, null, null, []]);
  assertStringIncludes(errors[0], "no IREE runtime library");
});

test("iree doctor works without a compiler, and reports what is wrong with it", async () => {
  const { code, stdout } = await ireeOfSources(["doctor"], {
    env: { IREE_COMPILER_LIBRARY: join(ROOT, "deno.json") },
  });
  assertEquals(code, 0);
  assertMatch(stdout, /\ncompiler {4}.*deno\.json/);
  assertStringIncludes(stdout, "result      programs can run here\n");
});

test("iree doctor reports a file that is not a library", async () => {
  const { code, stdout, stderr } = await ireeOfSources(["doctor"], {
    env: { IREE_RUNTIME_LIBRARY: join(ROOT, "deno.json") },
  });
  assertEquals(code, 1);
  assertStringIncludes(stdout, "cannot open the IREE runtime library");
  assertStringIncludes(stderr, INSTALL);
});

test("iree doctor names the required glibc when the system's is too old", async () => {
  using folder = new TemporaryFolder();
  const stub = folder.join("libc.so.6");
  const versions = folder.join("versions");
  const library = folder.join("libiree_runtime.so");
  await Deno.writeTextFile(versions, "GLIBC_2.99 { global: future; };\n");
  await Deno.writeTextFile(folder.join("stub.c"), "void future(void) {}\n");
  await Deno.writeTextFile(
    folder.join("library.c"),
    "void future(void);\nvoid iree_ffi_version(void) { future(); }\n",
  );
  const options = ["-shared", "-fPIC", "-nostdlib"];
  await mustRun("cc", [
    ...options,
    `-Wl,--version-script=${versions},-soname,libc.so.6`,
    folder.join("stub.c"),
    "-o",
    stub,
  ]);
  await mustRun("cc", [
    ...options,
    folder.join("library.c"),
    stub,
    "-o",
    library,
  ]);
  for (const args of [["doctor"], ["doctor", "--json"]]) {
    const { code, stdout } = await ireeOfSources(args, {
      env: { IREE_RUNTIME_LIBRARY: library },
    });
    assertEquals(code, 1);
    assertStringIncludes(stdout, "`GLIBC_2.99' not found");
    assertStringIncludes(stdout, "older than the library requires (2.99)");
    assertStringIncludes(stdout, "./dev setup");
  }
});

test("Programs run with the permissions that iree doctor prints", async () => {
  using folder = new TemporaryFolder();
  const installed = folder.join(
    "iree-deno/library",
    `${runtime.packageVersion}-${Deno.build.target}`,
    runtime.platform!.library,
  );
  await Deno.mkdir(dirname(installed), { recursive: true });
  await Deno.copyFile(LIBRARY, installed);
  const cached = { ...inCache(folder.path), IREE_RUNTIME_LIBRARY: "" };
  for (const variables of [cached, { IREE_RUNTIME_LIBRARY: LIBRARY }]) {
    const env = { DENO_DIR, ...variables };
    const { stdout } = await ireeOfSources(["doctor"], { env });
    const permissions = /^permissions +([^]*?) +and --allow-read/m.exec(stdout)
      ?.[1];
    const flags = permissions!.trim().split(/\s+/);
    assert(flags.length >= 2, stdout);
    const run = async (flags: string[]) =>
      await execute(Deno.execPath(), [
        "run",
        "--no-prompt",
        ...denoFlags(),
        ...flags,
        join(ROOT, "cli.ts"),
        "doctor",
      ], { env });
    const enough = await run(flags);
    assertStringIncludes(enough.stdout, "result      programs can run here");
    for (const index of flags.keys()) {
      assertEquals((await run(flags.toSpliced(index, 1))).code, 1);
    }
  }
});
