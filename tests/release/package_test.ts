import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname, join } from "@std/path";
import config from "../../deno.json" with { type: "json" };
import { runtime } from "../../mod.ts";
import { composeManifest } from "../../release/manifest.ts";
import { makePackage } from "../../release/package.ts";
import { publishedFiles } from "../../release/published.ts";
import {
  execute,
  mustRun,
  ROOT,
  sampleModule,
  sampleProgram,
  SDK,
  TemporaryFolder,
  test,
  tool,
} from "../support.ts";
import { Registry } from "./registry.ts";

const deno = Deno.execPath();

test("deno publish --dry-run passes and includes only the package's files", async () => {
  await using registry = await Registry.open();
  const { code, stdout, stderr } = await execute(
    deno,
    ["publish", "--dry-run", "--allow-dirty"],
    { cwd: ROOT, env: registry.env },
  );
  assertEquals(code, 0, stderr);
  const output = stdout + stderr;
  assertStringIncludes(output, "Checking for slow types in the public API");
  // Packages of npm are downloaded only by those who use them, so they are not
  // found in the source.
  const places = [
    ...output.matchAll(/^(?:warning|error)\b(.*)\n(?: *--> (\S+?):)?/gim),
  ];
  assertEquals(
    places.map(([, problem, path]) => [problem, path?.slice(ROOT.length)]),
    ["lib/language/chat.ts", "lib/serve/grpc/grpc_library.ts"].map((path) => [
      "[unanalyzable-dynamic-import]: unable to analyze dynamic import",
      path,
    ]),
    output,
  );
  const listed = [...output.matchAll(/^ +file:\/\/(\S+) \(/gm)]
    .map(([, path]) => path.slice(ROOT.length));
  assertEquals(listed.sort(), await publishedFiles());
});

test("The package contains what users need and nothing else", async () => {
  const files = await publishedFiles();
  for (const path of ["mod.ts", "cli.ts", "README.md", "LICENSE"]) {
    assertEquals(files.includes(path), true, path);
  }
  const allowed = new RegExp(
    `^(?:${
      [
        String.raw`(?:mod|cli)\.ts`,
        String.raw`deno\.json|LICENSE`,
        String.raw`(?:README|CHANGELOG|CONTRIBUTING)\.md`,
        String.raw`bench/(?:LOAD|MODELS|README|RECIPES|RESULTS)\.md`,
        String.raw`docs/[\w-]+\.(?:ipynb|md|svg)`,
        String.raw`docs/deploy/(?:Containerfile|assemble|serve|\w+\.yaml)`,
        String.raw`ffi/(?:\w+/)*\w+\.ts`,
        String.raw`lib/(?:\w+/)*\w+\.ts|lib/cli/setup/release\.json`,
        String.raw`native/samples/custom_module/\w+\.\w+`,
      ].join("|")
    })$`,
  );
  for (const path of files) assertMatch(path, allowed);
  assertEquals(config.exports, {
    ".": "./mod.ts",
    "./cli": "./cli.ts",
    "./benchmark": "./lib/benchmark/mod.ts",
    "./compiler": "./lib/compiler/mod.ts",
    "./inspect": "./lib/inspect/mod.ts",
    "./language": "./lib/language/mod.ts",
    "./npy": "./lib/npy/mod.ts",
    "./profile": "./lib/profile/mod.ts",
    "./replay": "./lib/replay/mod.ts",
    "./serve": "./lib/serve/mod.ts",
    "./tokenizer": "./lib/tokenizer/mod.ts",
    "./tooling": "./lib/tooling/mod.ts",
    "./tuning": "./lib/tuning/mod.ts",
    "./types": "./lib/program/types.ts",
  });
  assertMatch(config.description, /^.{20,250}$/);
});

test("Links in the package's pages lead to the package's files", async () => {
  const files = await publishedFiles();
  const pages = files.filter((path) => path.endsWith(".md"));
  assertEquals(pages.includes("README.md"), true);
  for (const page of pages) {
    const text = await Deno.readTextFile(join(ROOT, page));
    for (const [, target] of text.matchAll(/\]\((?!https:|#)([^)#]+)/g)) {
      const path = join(dirname(page), target);
      assertEquals(files.includes(path), true, `${page}: ${target}`);
    }
  }
});

test("A newcomer with only Deno adds the package, installs the library and runs the sample", async () => {
  await using registry = await Registry.open();
  using folder = new TemporaryFolder();

  // The release: an archive, a manifest with its hash, the package.
  const { name } = await makePackage(SDK, folder.join("dist"));
  const checkout = folder.join("checkout");
  for (const path of await publishedFiles()) {
    await Deno.mkdir(join(checkout, path, ".."), { recursive: true });
    await Deno.copyFile(join(ROOT, path), join(checkout, path));
  }
  const asked: string[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      asked.push(new URL(request.url).pathname);
      return new Response(await Deno.readFile(folder.join("dist", name)));
    },
  );
  const manifest = JSON.parse(await composeManifest(folder.join("dist")));
  const { pathname } = new URL(manifest.base);
  manifest.base = `http://127.0.0.1:${server.addr.port}${
    decodeURIComponent(pathname)
  }`;
  await Deno.writeTextFile(
    join(checkout, "lib/cli/setup/release.json"),
    JSON.stringify(manifest),
  );
  await mustRun(
    deno,
    ["publish", "--allow-dirty", "--no-provenance", "--token=none"],
    { cwd: checkout, env: registry.env },
  );
  assertEquals(registry.filesOf(config.name), await publishedFiles());

  // The newcomer.
  const project = folder.join("project");
  await Deno.mkdir(project);
  const options = {
    cwd: project,
    env: {
      ...registry.env,
      XDG_CACHE_HOME: folder.join("cache"),
      IREE_RUNTIME_LIBRARY: "",
    },
  };
  await mustRun(deno, ["add", `jsr:${config.name}`], options);
  await Deno.writeTextFile(
    join(project, "main.ts"),
    `import { load, runtime } from "@iree/runtime";
     using program = load({ modules: Deno.args });
     program.main();
     console.log(runtime.libraryPath);`,
  );
  const sample = [`${await sampleModule()}@create_custom_module`]
    .concat(await sampleProgram());

  const early = await execute(
    deno,
    ["run", "-A", "main.ts", ...sample],
    options,
  );
  const command = /install it with `deno run -A (jsr:\S+\/cli) setup`/.exec(
    early.stderr,
  );
  assertEquals([early.code, command?.[1]], [
    1,
    `jsr:${config.name}@${config.version}/cli`,
  ]);

  // From the release's URL, and from a file.
  const cli = ["run", "-A", command![1]];
  const { env } = options;
  const other = { ...env, XDG_CACHE_HOME: folder.join("other") };
  assertStringIncludes(
    await mustRun(deno, [...cli, "setup"], { cwd: project, env: other }),
    "is installed\n",
  );
  assertEquals(asked.length, 1);
  assertMatch(asked[0], new RegExp(`/download/v${config.version}/${name}$`));
  const archive = `--from=${folder.join("dist", name)}`;
  await mustRun(deno, [...cli, "setup", archive], options);
  assertEquals(asked.length, 1);

  const library = folder.join(
    "cache/iree-deno/library",
    `${config.version}-${Deno.build.target}`,
    runtime.platform!.library,
  );
  assertEquals(
    await mustRun(deno, ["run", "-A", "main.ts", ...sample], options),
    `CREATE 5xi8=0 1 2 3 4\nPRINT 5xi8=0 1 2 3 4\n${library}\n`,
  );
  const modules = sample.map((module) => `--module=${module}`)
    .concat("--function=main");
  assertEquals(
    await mustRun(deno, [...cli, "run", ...modules], options),
    "EXEC @main\nCREATE 5xi8=0 1 2 3 4\nPRINT 5xi8=0 1 2 3 4\n",
  );
  // The types match this checkout's.
  await mustRun(deno, ["check", "main.ts"], options);

  // A native module of the newcomer's.
  await mustRun(deno, [...cli, "new", "module", "counting"], options);
  const made = JSON.parse(
    await Deno.readTextFile(join(project, "counting/deno.json")),
  );
  assertEquals(made.imports, {
    "@std/assert": "jsr:@std/assert@^1",
    [config.name]: `jsr:${config.name}@^${config.version}`,
  });
  // Compilers must not load a sanitizer.
  if (Deno.env.has("DEV_SANITIZE")) return;
  const path = `${join(tool("cmake"), "..")}:${Deno.env.get("PATH")}`;
  const tested = await mustRun(deno, ["task", "test"], {
    cwd: join(project, "counting"),
    env: { ...options.env, PATH: path },
  });
  assertStringIncludes(tested, "ok | 3 passed | 0 failed");
});
