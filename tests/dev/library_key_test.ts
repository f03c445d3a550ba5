import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { dev, finish, ROOT } from "./sandbox.ts";

Deno.test("The build rejects sources in which IREE has fixed memmove", async () => {
  const source = Deno.makeTempDirSync();
  try {
    Deno.mkdirSync(`${source}/runtime/src/iree/vm`, { recursive: true });
    Deno.writeTextFileSync(
      `${source}/runtime/src/iree/vm/instance.c`,
      "memmove(&instance->types[i], &instance->types[i + 1],\n  (instance->type_count - i - 1) * sizeof(instance->types[0]));",
    );
    const { code, stderr } = await finish(
      new Deno.Command(`${Deno.env.get("IREE_DENO_TOOLS")}/cmake`, {
        args: [
          "-S",
          `${ROOT}/native`,
          "-B",
          `${source}/build`,
          `-DIREE_SOURCE_DIR=${source}`,
        ],
        stdout: "piped",
        stderr: "piped",
      }).spawn(),
    );
    assertNotEquals(code, 0);
    assertStringIncludes(
      stderr.replace(/\s+/g, " "),
      "no longer has the faulty memmove",
    );
  } finally {
    Deno.removeSync(source, { recursive: true });
  }
});

Deno.test("The library's key depends on its inputs and nothing else", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const copy = await new Deno.Command("cp", {
      args: [
        "-R",
        `${ROOT}/dev`,
        `${ROOT}/native`,
        `${ROOT}/deno.json`,
        folder,
      ],
    }).output();
    assert(copy.success);
    const key = async (env: Record<string, string> = {}) =>
      (await finish(
        new Deno.Command(`${folder}/dev`, {
          args: ["key"],
          env,
          stdout: "piped",
          stderr: "piped",
        }).spawn(),
      )).stdout.trim();
    const change = (path: string) =>
      Deno.writeTextFileSync(`${folder}/${path}`, "\n// changed\n", {
        append: true,
        create: true,
      });

    const original = (await dev("key")).stdout.trim();
    assertMatch(original, /^[0-9a-f]{20}$/);
    assertEquals(await key(), original, "a second clone");

    Deno.mkdirSync(`${folder}/native/samples`, { recursive: true });
    change("native/samples/changed.cc");
    change("native/bench/calls.c");
    change("native/README.md");
    assertEquals(await key(), original, "what is built against the library");

    const keys = new Set([original]);
    for (
      const path of [
        "native/src/changed.c",
        "native/include/iree_ffi.h",
        "native/Cargo.lock",
        "native/CMakeLists.txt",
        "native/fixes/vm_instance.h",
      ]
    ) {
      change(path);
      keys.add(await key());
    }
    keys.add(await key({ DEV_SANITIZE: "thread" }));
    keys.add(await key({ CXX: "true" }));
    keys.add(await key({ IREE_SOURCE_DIR: folder }));
    const config = Deno.readTextFileSync(`${folder}/deno.json`);
    Deno.writeTextFileSync(
      `${folder}/deno.json`,
      config.replace(/"version": "[^"]*"/, '"version": "99.0.0"'),
    );
    keys.add(await key());
    assertEquals(keys.size, 10, "each change has a key of its own");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
