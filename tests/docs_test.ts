import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { basename, dirname, join, toFileUrl } from "@std/path";
import config from "../deno.json" with { type: "json" };
import * as npy from "../lib/npy/mod.ts";
import * as api from "../mod.ts";
import { type Block, findBlocks, isOutput } from "./docs/blocks.ts";
import {
  DENO_DIR,
  denoFlags,
  execute,
  mustRun,
  ROOT,
  TemporaryFolder,
  tool,
} from "./support.ts";

/** Modules of the package. */
const ENTRIES = Object.values(config.exports);

/** How many blocks of each page are only to be read. */
const IGNORED: Readonly<Record<string, number>> = {
  "CONTRIBUTING.md": 4,
  "README.md": 1,
  "bench/README.md": 1,
  "bench/LANGUAGE.md": 3,
  "bench/LOAD.md": 1,
  "bench/MODELS.md": 1,
  "bench/RECIPES.md": 1,
  "bench/TOKENIZERS.md": 1,
  "examples/README.md": 1,
  "docs/coming-from.md": 1,
  "docs/command-line.md": 5,
  "docs/deploying.md": 2,
  "docs/devices.md": 2,
  "docs/from-a-model.md": 4,
  "docs/getting-started.md": 1,
  "docs/installing.md": 2,
  "docs/language-models.md": 11,
  "docs/serving.md": 6,
  "native/README.md": 3,
};

/**
 * Pages for readers with a checkout, and the folder that their commands need.
 */
const IN_CHECKOUT: Readonly<Record<string, string>> = {
  "README.md": ".",
  "CONTRIBUTING.md": ".",
  "bench/README.md": ".",
  "bench/LANGUAGE.md": ".",
  "bench/LOAD.md": ".",
  "bench/MODELS.md": ".",
  "bench/RECIPES.md": ".",
  "bench/RESULTS.md": ".",
  "bench/TOKENIZERS.md": ".",
  "examples/README.md": "examples",
  "native/README.md": ".",
  "native/samples/custom_module/README.md": "native/samples/custom_module",
};

const PAGES = [
  ...Object.keys(IN_CHECKOUT),
  ...Array.from(Deno.readDirSync(join(ROOT, "docs")), ({ name }) => name)
    .filter((name) => name.endsWith(".md")).sort().map((it) => `docs/${it}`),
];

/** Environment of a sanitized library, for Deno only. */
const PRELOAD = Deno.env.get("LD_PRELOAD") ?? "";

/** The command line's own tests look for its leaks, which takes long. */
const WITHOUT_LEAKS = PRELOAD === ""
  ? ""
  : 'ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0"';

/** For checks of types and texts, in which a sanitizer finds nothing. */
function testOfTexts(name: string, body: () => Promise<void>): void {
  Deno.test({ name, fn: body, ignore: Deno.env.has("DEV_SANITIZE") });
}

const pages = new Map(
  PAGES.map((page) => [
    page,
    findBlocks(page, readPage(page)),
  ]),
);

function readPage(page: string): string {
  return Deno.readTextFileSync(join(ROOT, page));
}

/** Link targets of a page's headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-")
  );
}

/** Configuration that resolves this package and its imports by bare names. */
const IMPORTS: readonly string[] = [
  "--no-config",
  // Deno's warning about `request.signal` depends on the machine's speed.
  "--unstable-no-legacy-abort",
  `--import-map=data:application/json,${
    encodeURIComponent(JSON.stringify({ imports: readImports() }))
  }`,
];

function readImports(): Record<string, string> {
  const [, path] = denoFlags()[0].split("=");
  const { imports } = JSON.parse(Deno.readTextFileSync(path));
  const targets = Object.entries(imports as Record<string, string>);
  return {
    ...api.runtime.imports,
    "@iree/runtime/cli": toFileUrl(api.runtime.cli).href,
    ...Object.fromEntries(
      targets.flatMap(([name, target]) =>
        target.startsWith("jsr:")
          ? [[name, target], [`${name}/`, `${target.replace(":", ":/")}/`]]
          : [[name, toFileUrl(join(dirname(path), target)).href]]
      ),
    ),
  };
}

/** A folder for following a page, with the commands that it uses. */
class Reader implements Disposable {
  readonly #folder = new TemporaryFolder();
  readonly #checkout: string | undefined;
  readonly #env: Record<string, string>;
  readonly #scripts: string[] = [];

  constructor(page: string) {
    const folder = IN_CHECKOUT[page];
    this.#checkout = folder && join(ROOT, folder);
    const commands = this.#folder.join("bin");
    Deno.mkdirSync(commands);
    // As in a project that has added the package, where JSR is unreachable.
    this.#addCommand("deno", `"$command" ${IMPORTS.join(" ")} "$@"`);
    const cli = join(ROOT, "cli.ts");
    this.#addCommand(
      "iree",
      `run -A ${denoFlags()} ${cli} "$command" "$@"`,
      WITHOUT_LEAKS,
    );
    this.#env = {
      PATH: `${commands}:${dirname(tool("python"))}:${Deno.env.get("PATH")}`,
      LD_PRELOAD: "",
      // Pages also clear the cache.
      XDG_CACHE_HOME: this.#folder.join("cache"),
      DENO_DIR,
    };
  }

  #addCommand(name: string, args: string, environment = ""): void {
    const path = this.#folder.join("bin", name);
    const text = "#!/bin/sh\ncommand=$1\nshift\n" +
      `LD_PRELOAD='${PRELOAD}' ${environment} exec ${Deno.execPath()} ${args}\n`;
    Deno.writeTextFileSync(path, text, { mode: 0o755 });
  }

  /** The page's scripts, and the configuration that checks their types. */
  get scripts(): readonly string[] {
    return this.#scripts;
  }

  /** Puts a file into the folder. */
  write(name: string, text: string): string {
    const path = this.#folder.join(name);
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.writeTextFileSync(path, this.#here(text));
    if (path.endsWith(".ts")) this.#scripts.push(path);
    return path;
  }

  /** Runs a block; returns what is wrong with it. */
  async follow(block: Block, index: number): Promise<string | undefined> {
    if (block.kind === "ignored") return undefined;
    if (block.kind === "file") {
      this.write(block.name, block.code);
      return undefined;
    }
    const { language, place } = block;
    const command = {
      sh: () => ["sh", "-e", "-c", this.#here(block.code)],
      ts:
        () => ["deno", "run", "-A", this.write(`block${index}.ts`, block.code)],
      python: () => ["python", "-c", block.code],
    }[language]();
    const cwd = this.#checkout ?? this.#folder.path;
    // One stream, as on a terminal.
    const args = ["-c", 'exec "$@" 2>&1', "sh", ...command];
    const { code, stdout } = await execute("sh", args, { cwd, env: this.#env });
    const printed = stdout.replaceAll(this.#folder.path, "/tmp");
    if (code !== 0) return `${place} failed:\n${printed}`;
    const { output = "…" } = block;
    if (isOutput(printed, output)) return undefined;
    return `${place} prints\n${printed}\nnot\n${output}`;
  }

  // Files that a page puts into /tmp go into the folder.
  #here(text: string): string {
    return this.#checkout !== undefined
      ? text.replaceAll("/tmp/", `${this.#folder.path}/`)
      : text;
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

const readers: Reader[] = [];

/** Pages with programs into which no sanitizer may be loaded. */
const UNSANITIZED = new Set(["docs/from-a-model.md", "examples/README.md"]);

for (const [page, blocks] of pages) {
  const ignore = UNSANITIZED.has(page) && Deno.env.has("DEV_SANITIZE");
  const name = `Code on ${page} runs and prints the output on the page`;
  Deno.test({ name, ignore }, async () => {
    const reader = new Reader(page);
    readers.push(reader);
    const problems: string[] = [];
    for (const [index, block] of blocks.entries()) {
      problems.push(await reader.follow(block, index) ?? "");
    }
    assertEquals(problems.join(""), "");
  });
}

Deno.test("The README's API in 20 lines stays about that long", () => {
  const [short, long] = pages.get("README.md")!.filter((it) =>
    it.kind === "run" && it.language === "ts"
  );
  assert(short.code.split("\n").length <= 10, short.code);
  assert(long.code.split("\n").length <= 30, long.code);
});

Deno.test("Few documentation blocks do not run, and each says why", () => {
  const ignored = Object.fromEntries(
    [...pages].map(([page, blocks]) => [
      page,
      blocks.filter(({ kind }) => kind === "ignored").length,
    ]).filter(([, count]) => count !== 0),
  );
  assertEquals(ignored, IGNORED);
});

Deno.test("Documentation links lead to existing targets", () => {
  for (const page of pages.keys()) {
    const text = readPage(page);
    for (const [, target] of text.matchAll(/\]\((?!https:)([^)]+)\)/g)) {
      const [path, anchor] = target.split("#");
      const linked = path === "" ? page : join(dirname(page), path);
      const place = `${page}: ${target}`;
      assert(Deno.statSync(join(ROOT, linked)), place);
      if (anchor === undefined) continue;
      assert(anchorsOf(readPage(linked)).includes(anchor), place);
    }
  }
});

Deno.test("Instructions to install the compiler name the matching version", () => {
  const pinned = readPage("requirements.txt").match(
    /^iree-base-compiler==.*$/m,
  );
  assert(pinned !== null);
  const [, version] = pinned[0].split("==");
  let count = 0;
  for (const page of [...pages.keys(), "lib/cli/new/project.ts"]) {
    for (const [line] of readPage(page).matchAll(/pip install .*compiler.*/g)) {
      assertStringIncludes(line, `==${version}`, page);
      count++;
    }
  }
  assert(count >= 4, `${count} times`);
});

testOfTexts("./dev docs writes a page for every export", async () => {
  using folder = new TemporaryFolder();
  await mustRun(join(ROOT, "dev"), ["docs", folder.path]);
  for (const [entry, exported] of Object.entries({ "": api, "npy/": npy })) {
    for (const name of Object.keys(exported)) {
      const path = folder.join(`${entry}~/${name}.html`);
      assertStringIncludes(await Deno.readTextFile(path), name);
    }
  }
  const page = await Deno.readTextFile(folder.join("~/BufferView.html"));
  assertStringIncludes(page, "a tensor on a device");
});

/** A file's entry in the output of `deno doc --json`. */
interface Documentation {
  readonly nodes: Readonly<Record<string, { readonly symbols: DocSymbol[] }>>;
}

interface DocSymbol {
  readonly name: string;
  readonly declarations: {
    readonly kind: string;
    readonly jsDoc?: { readonly tags?: { readonly kind: string }[] };
  }[];
}

testOfTexts("Every exported class has an example", async () => {
  const text = await mustRun(Deno.execPath(), [
    "doc",
    "--json",
    ...denoFlags(),
    ...ENTRIES.map((entry) => join(ROOT, entry)),
  ]);
  const { nodes }: Documentation = JSON.parse(text);
  const classes = Object.values(nodes).flatMap(({ symbols }) => symbols)
    .filter(({ declarations }) => declarations[0].kind === "class");
  assert(classes.length > 15);
  for (const { name, declarations: [{ jsDoc }] } of classes) {
    assert(jsDoc?.tags?.some(({ kind }) => kind === "example"), name);
  }
});

testOfTexts(
  "API examples that do not run have the types that they state",
  async () => {
    using folder = new TemporaryFolder();
    const scripts: string[] = [];
    for (const source of [...sourcesIn("lib"), "mod.ts"]) {
      const text = await Deno.readTextFile(join(ROOT, source));
      for (const [, example] of text.matchAll(/```ts ignore\n(.*?)```/gs)) {
        const path = folder.join(`${scripts.length}_${basename(source)}`);
        await Deno.writeTextFile(path, example.replaceAll(/^ *\* ?/gm, ""));
        scripts.push(path);
      }
    }
    assert(scripts.length > 5);
    await mustRun(Deno.execPath(), ["check", ...IMPORTS, ...scripts]);
  },
);

function sourcesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(join(ROOT, folder))).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory) return sourcesIn(path);
    return path.endsWith(".ts") ? [path] : [];
  });
}

Deno.test("TypeScript in the documentation has the types that it states", async () => {
  const scripts = readers.flatMap((it) => it.scripts);
  assert(scripts.length > 0);
  if (PRELOAD === "") {
    await mustRun(Deno.execPath(), ["check", ...IMPORTS, ...scripts]);
  }
  for (const reader of readers) reader[Symbol.dispose]();
});
