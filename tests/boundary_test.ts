import { assert, assertEquals } from "@std/assert";
import { dirname, fromFileUrl, join, relative } from "@std/path";

// Not from support.ts, which opens the library.
const ROOT = fromFileUrl(new URL("..", import.meta.url));

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

/**
 * Mapping, diagnostics of the compiler, which it prints without, and modules in
 * TypeScript.
 */
const MAY_NEED_MORE = [
  "ffi/mapping.ts",
  "ffi/compiler/diagnostics.ts",
  "ffi/host/host.ts",
];

Deno.test("Only mapping, diagnostics and host modules need more than --allow-ffi=<library>", async () => {
  for await (const { path, text } of sources("ffi", "lib")) {
    if (MAY_NEED_MORE.includes(path)) continue;
    assertEquals(/Deno\.Unsafe\w+/.exec(text), null, path);
  }
});

/**
 * The rooms of `lib/`, and the rooms that each may import in addition to
 * `base`.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  files: [],
  tensor: [],
  npy: ["hal", "tensor", "files"],
  signature: ["tensor"],
  hal: ["tensor"],
  vm: ["hal", "tensor", "files", "signature"],
  parameters: ["vm", "files"],
  call: ["vm", "hal", "tensor", "signature"],
  host: ["call", "vm", "hal", "tensor", "signature"],
  inspect: ["vm", "signature", "tensor", "files"],
  tooling: ["vm", "hal", "tensor", "files"],
  tokenizer: ["files"],
  program: [
    ...[
      "call",
      "host",
      "parameters",
      "inspect",
      "profile",
      "vm",
      "hal",
      "tensor",
      "signature",
    ],
    "files",
  ],
  compiler: ["program", "vm", "hal", "files"],
  benchmark: ["call", "hal"],
  profile: ["hal", "files", "inspect"],
  replay: ["hal", "files"],
  tuning: [
    ...["compiler", "program", "call", "inspect", "vm", "hal", "signature"],
    "tensor",
  ],
  language: [
    ...["tokenizer", "compiler", "program", "call", "parameters", "hal"],
    ...["files", "tuning"],
  ],
  serve: [
    ...["language", "compiler", "program", "call", "vm", "signature", "tensor"],
  ],
};

/** The only import cycle: lists hold values, and values may be lists. */
const CIRCLE = ["lib/vm/list.ts", "lib/vm/value.ts"];

/** Paths of the repository's files that a source imports. */
function importsOf({ path, text }: Source): string[] {
  return [...text.matchAll(/(?:from |import\(|^import )"(\.[^"]*)"/gm)].map(
    ([, target]) => relative(ROOT, join(ROOT, dirname(path), target)),
  );
}

Deno.test("Imports point one way: cli.ts, mod.ts, the rooms of lib/, ffi/", async () => {
  for await (const source of sources("ffi")) {
    for (const target of importsOf(source)) {
      // Only deno.json holds the package's version.
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

/** Files that a file of `lib/` or of the top level may import. */
function allowedImports(path: string): RegExp {
  if (path === "mod.ts") return /^lib\/(?!cli\/)\w+\/mod\.ts$/;
  if (path === "cli.ts" || path.startsWith("lib/cli/")) {
    // They share name lookup, the formatting of words in errors, output files,
    // the watch of files, stdin, and how the library is bound.
    const shared =
      "base/few_calls|base/own_value|base/suggestion|base/shell_word|" +
      "files/file_changes|files/output_file|files/stdin";
    const worker = "compiler/compile_worker|compiler/worker_command|" +
      "compiler/onnx_description|compiler/vulkan_target|" +
      "tuning/measuring_child|tuning/measuring_worker";
    const entries =
      "benchmark/mod|compiler/mod|inspect/mod|language/mod|npy/mod|" +
      "profile/mod|replay/mod|serve/mod|tokenizer/mod|tooling/mod|tuning/mod|" +
      `program/types|profile/print_report|replay/print_recording|${worker}`;
    return new RegExp(
      `^(?:mod\\.ts$|lib/cli/|lib/(?:${shared}|${entries})\\.ts$)`,
    );
  }
  const [, room] = path.split("/");
  assert(room in ROOMS, `${path} is in none of the rooms of lib/`);
  const rooms = [room, "base", ...ROOMS[room]];
  return new RegExp(`^(?:ffi/|lib/(?:${rooms.join("|")})/)`);
}

Deno.test("Each room says what lives there, in its mod.ts and in CONTRIBUTING.md", () => {
  const rooms = [...Deno.readDirSync(join(ROOT, "lib"))]
    .map(({ name }) => name).filter((name) => name !== "cli").toSorted();
  assertEquals(rooms, Object.keys(ROOMS).toSorted());
  for (const room of rooms) {
    const text = Deno.readTextFileSync(join(ROOT, "lib", room, "mod.ts"));
    assert(/^\/\*\*\n \* \S[^]*?\n \* @module\n \*\//.test(text), room);
  }
  const page = Deno.readTextFileSync(join(ROOT, "CONTRIBUTING.md"));
  const listed = [...page.matchAll(/^\| `(\w+)\/` +\|/gm)].map(([, name]) =>
    name
  );
  const folders = new Set(["native", "ffi", "lib", "release", "tests", "bench"])
    .union(new Set(["docs", "examples"]));
  assertEquals(
    listed.filter((name) => !folders.has(name)).toSorted(),
    [...rooms, "cli"].toSorted(),
  );
});

Deno.test("Only lists and values import each other in a cycle", async () => {
  const imports = new Map<string, string[]>();
  for await (const source of sources("ffi", "lib")) {
    imports.set(source.path, importsOf(source));
  }
  const state = new Map<string, "open" | "done">();
  const visit = (path: string, way: readonly string[]): void => {
    if (state.get(path) === "open") {
      const circle = way.slice(way.indexOf(path)).toSorted();
      assertEquals(
        circle,
        CIRCLE,
        `in a circle: ${[...way, path].join(" → ")}`,
      );
    }
    if (state.has(path)) return;
    state.set(path, "open");
    for (const target of imports.get(path) ?? []) visit(target, [...way, path]);
    state.set(path, "done");
  };
  for (const path of imports.keys()) visit(path, []);
});

Deno.test("Lengths of memory for native code do not come from a prototype", async () => {
  const memory = "bytes|dims|record|target|memory|part|ends|ids";
  const length = new RegExp(
    `\\b(?:${memory})\\.(?:byteLength|length)\\b|` +
      `\\b(?:byteLength|length)\\b[^}]*\\} = (?:${memory})\\b`,
  );
  for await (const { path, text } of sources("ffi")) {
    if (path === "ffi/library/standalone.ts") continue; // only compares
    assertEquals(length.exec(text)?.[0], undefined, `${path}: use lengthOf`);
  }
});

Deno.test("cli.ts imports a command only when it runs", async () => {
  const text = await Deno.readTextFile(join(ROOT, "cli.ts"));
  const imports = [
    ...text.matchAll(/^import (?!type ).*?from "\.\/(lib\/cli\/[^"]*)"/gm),
  ].map(([, target]) => target);
  assertEquals(imports, [
    "lib/cli/common/failure.ts",
    "lib/cli/common/interruption.ts",
    "lib/cli/common/terminal.ts",
    "lib/cli/common/usage_error.ts",
  ]);
  assert(text.includes('import("./lib/cli/run/command.ts")'));
});

// All of `@std/path` is a hundred modules; the package needs a few.
/** Rooms that the core does not import: importing Node's modules takes long. */
const IMPORTS_NODE = /^lib\/(?:benchmark|tuning)\//;

Deno.test("The core imports Node's modules only when it needs them", async () => {
  for await (const { path, text } of sources("ffi", "lib")) {
    if (IMPORTS_NODE.test(path)) continue;
    const found = /^import (?!type\b)[^;]*"node:\w+"/m.exec(text);
    assertEquals(found, null, path);
  }
});

Deno.test("Modules that every program loads import single functions of packages", async () => {
  const importsAll = /^(?:import|}).* from "@std\/\w+"/m;
  for await (const { path, text } of sources("ffi", "lib")) {
    if (path.startsWith("lib/cli/")) continue;
    assertEquals(importsAll.exec(text), null, path);
  }
});

Deno.test("The symbol table matches the header", async () => {
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
