import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { DEV, dev, exists, Sandbox } from "./sandbox.ts";

Deno.test("./dev sdk prints the SDK's prefix and nothing else", async () => {
  await dev("sdk");
  const { code, stdout, stderr } = await dev("sdk");
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^\/[^\n]+\n$/);
  const prefix = stdout.trim();
  for (
    const path of [
      "include/iree/vm/api.h",
      "include/iree_ffi.h",
      "lib/pkgconfig/iree-runtime.pc",
    ]
  ) {
    assert(Deno.statSync(`${prefix}/${path}`).isFile, path);
  }
});

Deno.test("./dev downloads and builds nothing if everything is there", async () => {
  using sandbox = new Sandbox();
  assertEquals((await sandbox.run(["sdk"])).code, 0);
  const { calls } = sandbox;
  const { code, stderr } = await sandbox.run(["sdk"]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(sandbox.calls, calls);
});

Deno.test("./dev uses the library of DEV_SDK and builds none", async () => {
  using sandbox = new Sandbox();
  const folder = `${sandbox.folder}/archive`;
  const env = { DEV_SDK: folder };
  const without = await sandbox.run(["sdk"], env);
  assertEquals(without.code, 1);
  assertStringIncludes(without.stderr, "DEV_SDK has no lib/libiree_runtime.so");
  await Deno.mkdir(`${folder}/lib`, { recursive: true });
  await Deno.writeTextFile(`${folder}/lib/libiree_runtime.so`, "");
  const { code, stdout, stderr } = await sandbox.run(["sdk"], env);
  assertEquals([code, stdout, stderr], [0, `${folder}\n`, ""]);
  assertEquals(sandbox.calls, []);
});

Deno.test("./dev sets the variables of the programs that it starts", async () => {
  const variables = [
    "IREE_RUNTIME_LIBRARY",
    "IREE_DENO_SDK",
    "IREE_DENO_TOOLS",
    "IREE_DENO_CACHE",
  ];
  const program = `for (const name of ${
    JSON.stringify(variables)
  }) console.log(Deno.env.get(name))`;
  const { stdout } = await dev("deno", "eval", program);
  const [library, sdk, tools, cache] = stdout.trim().split("\n");
  assert(Deno.statSync(library!).isFile);
  assertStringIncludes(library!, sdk!);
  assert(Deno.statSync(`${tools}/iree-compile`).isFile);
  assert(Deno.statSync(cache!).isDirectory);
});

Deno.test("./dev deno runs a script elsewhere that imports the package", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const script = `${folder}/script.ts`;
    Deno.writeTextFileSync(
      script,
      'import { load } from "@iree/runtime";\n' +
        'import { main } from "@iree/runtime/cli";\n' +
        "console.log(typeof load, typeof main);\n",
    );
    const printed = { code: 0, stdout: "function function\n", stderr: "" };
    assertEquals(await dev("deno", "run", "-A", script), printed);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("./dev docs makes the folder it writes to", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const { code, stderr } = await dev("docs", `${folder}/not/there`);
    assertEquals(code, 0, stderr);
    assert(exists(`${folder}/not/there/index.html`));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("./dev without a command prints its help", async () => {
  const { code, stdout } = await dev();
  assertEquals(code, 0);
  assertStringIncludes(stdout, "usage: ./dev COMMAND");
});

Deno.test("./dev works through a link from elsewhere", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.symlink(DEV, `${folder}/dev`);
    const key = async (command: string) => {
      const { stdout } = await new Deno.Command(command, {
        args: ["key"],
        cwd: folder,
      }).output();
      return new TextDecoder().decode(stdout);
    };
    assertMatch(await key(DEV), /^[0-9a-f]{20}\n$/);
    assertEquals(await key(`${folder}/dev`), await key(DEV));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("./dev rejects an unknown command with exit code 2", async () => {
  const { code, stdout, stderr } = await dev("frobnicate");
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, "unknown command 'frobnicate'");
});
