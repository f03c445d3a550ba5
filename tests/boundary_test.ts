import { assert, assertEquals } from "@std/assert";
import { join, relative } from "@std/path";
import { ROOT } from "./support.ts";

interface Source {
  readonly path: string;
  readonly text: string;
}

async function* sources(...folders: string[]): AsyncGenerator<Source> {
  for (const folder of folders) {
    for await (const entry of Deno.readDir(join(ROOT, folder))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory) yield* sources(path);
      else if (path.endsWith(".ts")) {
        yield { path, text: await Deno.readTextFile(join(ROOT, path)) };
      }
    }
  }
  if (folders.includes("lib")) {
    for (const path of ["mod.ts", "cli.ts"]) {
      yield { path, text: await Deno.readTextFile(join(ROOT, path)) };
    }
  }
}

Deno.test("Only ffi/ names Deno.dlopen, pointers and symbols", async () => {
  let count = 0;
  for await (const { path, text } of sources("lib")) {
    count++;
    const found = /Deno\.(?:dlopen|Unsafe\w+)|\biree_ffi_|\.pointer\b/.exec(
      text,
    );
    assertEquals(found, null, path);
  }
  assert(count > 20);
});

Deno.test("Nothing but mapping needs more than --allow-ffi=<library>", async () => {
  for await (const { path, text } of sources("ffi", "lib")) {
    if (path === "ffi/mapping.ts") continue;
    assertEquals(/Deno\.Unsafe\w+/.exec(text), null, path);
  }
});

Deno.test("Imports point one way: cli.ts, lib/, ffi/", async () => {
  const importsOf = ({ path, text }: Source) =>
    [...text.matchAll(/(?:from |import\()"(\.[^"]*)"/g)].map(([, target]) =>
      relative(ROOT, join(ROOT, path, "..", target))
    );
  for await (const source of sources("ffi")) {
    for (const target of importsOf(source)) {
      // The version of the package is in deno.json alone.
      const allowed = target.startsWith("ffi/") || target === "deno.json";
      assert(allowed, `${source.path} imports ${target}`);
    }
  }
  for await (const source of sources("lib")) {
    const allowed = allowedImports(source.path);
    for (const target of importsOf(source)) {
      assert(allowed.test(target), `${source.path} imports ${target}`);
    }
  }
});

/** Which files a file of `lib/` or of the top may import. */
function allowedImports(path: string): RegExp {
  if (path === "mod.ts") return /^lib\/(?!cli\/)/;
  if (path === "cli.ts" || path.startsWith("lib/cli/")) {
    return /^(?:mod\.ts$|lib\/cli\/)/;
  }
  return /^(?:ffi|lib)\/(?!cli\/)/;
}

Deno.test("cli.ts imports a command only when it runs", async () => {
  const text = await Deno.readTextFile(join(ROOT, "cli.ts"));
  const imports = [
    ...text.matchAll(/^import (?!type ).*?from "\.\/(lib\/cli\/[^"]*)"/gm),
  ].map(([, target]) => target);
  assertEquals(imports, [
    "lib/cli/common/terminal.ts",
    "lib/cli/common/usage_error.ts",
  ]);
  assert(text.includes('import("./lib/cli/run/command.ts")'));
});

// The whole of `@std/path` is a hundred modules, of which few are needed.
Deno.test("What every program imports takes single functions of packages", async () => {
  const importsAll = /^(?:import|}).* from "@std\/\w+"/m;
  for await (const { path, text } of sources("ffi", "lib")) {
    if (path.startsWith("lib/cli/")) continue;
    assertEquals(importsAll.exec(text), null, path);
  }
});

Deno.test("The symbol table is the header's", async () => {
  const header = await Deno.readTextFile(
    join(ROOT, "native/include/iree_ffi.h"),
  );
  const table = await Deno.readTextFile(join(ROOT, "ffi/library/symbols.ts"));
  const declared = [...header.matchAll(/^IREE_API_EXPORT[^;]*;/gm)].map((
    [text],
  ) => text.replace(/^IREE_API_EXPORT /, "").replace(/\s+/g, " "));
  assert(declared.length > 40);
  for (const declaration of declared) {
    const wanted = declaration.slice(0, -1).replace(/\( /g, "(");
    const comments = table.replace(/\n *\/\/ */g, " ").replace(/\s+/g, " ")
      .replace(/\( /g, "(");
    assert(
      comments.includes(wanted),
      `not in ffi/library/symbols.ts: ${wanted}`,
    );
  }
});
