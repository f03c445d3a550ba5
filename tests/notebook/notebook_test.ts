// The notebook of the documentation, in Deno's kernel and without it.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname, join, toFileUrl } from "@std/path";
import { cachedFolder } from "../../bench/cached_folder.ts";
import config from "../../deno.json" with { type: "json" };
import {
  DENO_DIR,
  denoFlags,
  execute,
  LIBRARY,
  mustRun,
  ROOT,
  TemporaryFolder,
  tool,
} from "../support.ts";

const NOTEBOOK = join(ROOT, "docs/edges.ipynb");

/** What speaks to kernels; downloaded once. */
const CLIENT = "jupyter_client==8.6.3";

/** A cell's output, by media type. */
type Output = Readonly<Record<string, string>>;

interface Cell {
  readonly cell_type: "code" | "markdown";
  readonly source: readonly string[];
  readonly outputs?: readonly { readonly data: Output }[];
}

const { cells } = JSON.parse(await Deno.readTextFile(NOTEBOOK)) as {
  cells: readonly Cell[];
};
const code = cells.filter(({ cell_type }) => cell_type === "code");

/** The outputs that the notebook shows. */
const shown = code.map(({ outputs = [] }) => outputs.map(({ data }) => data));

// deno-lint-ignore no-control-regex -- colours of a terminal
const COLOUR = /\x1b\[\d+m/g;

/** Compares outputs with those of the notebook, but for colours. */
function assertShown(actual: readonly (readonly Output[])[]): void {
  const plain = actual.map((outputs) =>
    outputs.map((data) =>
      Object.fromEntries(
        Object.entries(data).map(([type, text]) => [
          type,
          text.replaceAll(COLOUR, ""),
        ]),
      )
    )
  );
  assertEquals(plain, shown);
}

/** A project that has added the package, with a Python that has `onnx`. */
class Project extends TemporaryFolder {
  readonly options = {
    cwd: this.path,
    env: {
      DENO_DIR,
      IREE_RUNTIME_LIBRARY: LIBRARY,
      LD_PRELOAD: "",
      PATH: `${dirname(tool("python"))}:${Deno.env.get("PATH")}`,
      VIRTUAL_ENV: dirname(dirname(tool("python"))),
      XDG_CACHE_HOME: this.join("cache"),
    },
  };

  /** Copies the package, so that its imports are those of the test. */
  async addPackage(): Promise<void> {
    const sources = ["mod.ts", "lib", "ffi"].map((it) => join(ROOT, it));
    await mustRun("cp", ["-r", ...sources, this.path]);
    const [, path = ""] = denoFlags()[0]!.split("=");
    const { imports } = JSON.parse(await Deno.readTextFile(path));
    const entries = Object.entries(imports as Record<string, string>)
      .filter(([name]) => name.startsWith("@std/"))
      .map(([name, target]) => [name, resolve(target, path)]);
    const text = JSON.stringify({
      ...config,
      imports: {
        ...Object.fromEntries(entries),
        "@iree/runtime": "./mod.ts",
        "@iree/runtime/compiler": "./lib/compiler/mod.ts",
      },
    });
    await Deno.writeTextFile(this.join("deno.json"), text);
  }
}

function resolve(target: string, map: string): string {
  return target.startsWith("jsr:")
    ? target
    : toFileUrl(join(dirname(map), target)).href;
}

/** The folder of the client, or why it is missing. */
async function findClient(): Promise<{ folder: string } | { reason: string }> {
  try {
    const folder = await cachedFolder(
      "jupyter",
      [tool(""), CLIENT],
      async (target) => {
        await mustRun(tool("python"), [
          ..."-m pip install --disable-pip-version-check --no-input".split(" "),
          ...["--quiet", "--target", target, CLIENT],
        ]);
      },
    );
    return { folder };
  } catch (error) {
    return { reason: String(error).split("\n")[0]! };
  }
}

// Under a sanitizer, programs such as Python do not start.
const isSanitized = Deno.env.has("DEV_SANITIZE");
const client = isSanitized ? { reason: "a sanitizer" } : await findClient();

Deno.test({
  name: "The notebook's cells show what it has, in Deno's kernel" +
    ("reason" in client ? ` (no client: ${client.reason})` : ""),
  ignore: "reason" in client,
  async fn() {
    assert("folder" in client);
    using project = new Project();
    await project.addPackage();
    const { options } = project;
    const { code: status, stdout, stderr } = await execute(tool("python"), [
      join(ROOT, "tests/notebook/run_notebook.py"),
      ...[NOTEBOOK, project.path, Deno.execPath()],
    ], { ...options, env: { ...options.env, PYTHONPATH: client.folder } });
    assertEquals(status, 0, stderr);
    assertShown(JSON.parse(stdout));
  },
});

Deno.test({
  name: "The notebook's cells show what it has, as a program",
  ignore: isSanitized,
  async fn() {
    using project = new Project();
    const parts = code.map(({ source }) =>
      source.join("").replace(/^(.*);$(?![^]*;$)/m, "await show($1);")
    );
    const script = project.join("notebook.ts");
    await Deno.writeTextFile(script, `${SHOW}\n${parts.join("\n")}\nend();\n`);
    const { code: status, stdout, stderr } = await execute(
      Deno.execPath(),
      ["run", "-A", "--no-check", ...denoFlags(), script],
      project.options,
    );
    assertEquals(status, 0, stderr);
    assertShown(JSON.parse(stdout));
  },
});

/** Displays values as the kernel does. */
const SHOW = `const shown = [];
async function show(value) {
  const display = value?.[Symbol.for("Jupyter.display")];
  shown.push(
    value === undefined
      ? []
      : [display ? await display.call(value) : {
        "text/plain": Deno.inspect(value),
      }],
  );
}
function end() {
  console.log(JSON.stringify(shown));
}`;

Deno.test("The notebook starts from ONNX and ends with a picture", () => {
  assertStringIncludes(code[0]!.source.join(""), "edges.onnx");
  const pictures = shown.flat().filter((it) => "image/png" in it);
  assertEquals(pictures.length, 2);
});
