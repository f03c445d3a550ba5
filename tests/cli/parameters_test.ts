import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { resolve } from "@std/path";
import { Instance, ParameterIndex } from "../../mod.ts";
import { bytesOf, gguf, safetensors } from "../parameters/parameter_files.ts";
import {
  denoFlags,
  execute,
  iree,
  mustRun,
  type Output,
  ROOT,
  TemporaryFolder,
  test,
  tool,
} from "../support.ts";
import { forEach } from "./peer.ts";

type Action = "dump" | "convert" | "create";

function ours(action: Action, ...args: string[]): Promise<Output> {
  return iree(["parameters", action, ...args]);
}

function theirs(action: Action, ...args: string[]): Promise<Output> {
  return execute(tool(`iree-${action}-parameters`), args);
}

/** Writes files of every format into a folder. */
function writeFiles(folder: TemporaryFolder) {
  const paths = {
    irpa: folder.join("a.irpa"),
    gguf: folder.join("b.gguf"),
    safetensors: folder.join("c.safetensors"),
  };
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  const metadata = new Uint8Array([1, 255]);
  index.addData("data", new Float32Array([1, 2, 3]), { metadata });
  index.addSplat("splat", 64, new Float32Array([0.5]));
  index.addData("a::b", new Uint8Array([7]));
  index.writeArchive(paths.irpa);
  const contents = bytesOf(new Float32Array([4, 5]));
  Deno.writeFileSync(
    paths.gguf,
    gguf({ "tensor": { type: 0, shape: [2], contents } }),
  );
  Deno.writeFileSync(paths.safetensors, safetensors({ "x": [6], "y": [7, 8] }));
  return paths;
}

function same(output: Output, peer: Output, what: string): void {
  assertEquals([peer.code, peer.stderr], [0, ""], `theirs: ${what}`);
  assertEquals(output, peer, what);
}

test("dump prints the same as iree-dump-parameters, byte for byte", async () => {
  using folder = new TemporaryFolder();
  const { irpa, gguf, safetensors } = writeFiles(folder);
  const cases = [
    [irpa],
    [gguf],
    [safetensors],
    [gguf, safetensors],
    [`model=${irpa}`, `other=${gguf}`, `model=${safetensors}`, gguf],
  ];
  await forEach(cases, async (files) => {
    const args = files.map((file) => `--parameters=${file}`);
    const peer = await theirs("dump", ...args);
    same(await ours("dump", ...args), peer, args.join(" "));
    same(await ours("dump", ...files), peer, files.join(" "));
  });
  const mode = "--parameter_mode=preload";
  const args = [`--parameters=${irpa}`, mode];
  same(await ours("dump", ...args), await theirs("dump", ...args), mode);
});

test("dump --json prints data", async () => {
  using folder = new TemporaryFolder();
  const { irpa, safetensors } = writeFiles(folder);
  const { code, stdout } = await ours(
    "dump",
    "--json",
    `m=${irpa}`,
    safetensors,
  );
  assertEquals(code, 0);
  const scopes = JSON.parse(stdout);
  assertEquals(scopes.map(({ scope }: { scope: string }) => scope), ["m", ""]);
  const [data, splat] = scopes[0].parameters;
  assertEquals(data, {
    key: "data",
    byteLength: 12,
    storage: "file",
    path: irpa,
    offset: 384,
    metadata: "01ff",
  });
  assertEquals(splat, {
    key: "splat",
    byteLength: 64,
    storage: "splat",
    pattern: "0000003f",
    metadata: "",
  });
});

test("dump --extract writes contents of every kind, unlike iree-dump-parameters", async () => {
  using folder = new TemporaryFolder();
  const { irpa, gguf } = writeFiles(folder);
  const expected: Record<string, Uint8Array<ArrayBuffer>> = {
    "m::data": bytesOf(new Float32Array([1, 2, 3])),
    "m::splat": bytesOf(new Float32Array(16).fill(0.5)),
    "m::a::b": new Uint8Array([7]),
    "tensor": bytesOf(new Float32Array([4, 5])),
  };
  for (const [name, bytes] of Object.entries(expected)) {
    const path = folder.join("extracted.bin");
    const args = [
      `--parameters=m=${irpa}`,
      `--parameters=${gguf}`,
      `--extract=${name}=${path}`,
    ];
    const { code, stdout, stderr } = await ours("dump", ...args);
    assertEquals([code, stderr], [0, ""], name);
    assertStringIncludes(
      stdout,
      `Extracting parameter \`${name}\` (${bytes.length}b) to \`${path}\`...\n`,
    );
    assertEquals(Deno.readFileSync(path), bytes, name);
    const peer = await theirs("dump", ...args);
    assertEquals(peer.code, 1, `theirs: ${name}`);
    const preloaded = [...args, "--parameter_mode=preload"];
    if (name === "m::data" || name === "tensor") {
      same(
        await ours("dump", ...preloaded),
        await theirs("dump", ...preloaded),
        name,
      );
      assertEquals(Deno.readFileSync(path), bytes, name);
    }
  }
  const json = await ours(
    "dump",
    "--json",
    gguf,
    `--extract=tensor=${folder.join("tensor.bin")}`,
  );
  assertEquals(JSON.parse(json.stdout)[0].parameters.length, 1);
  assertStringIncludes(json.stderr, "Extracting parameter `tensor` (8b)");
});

test("create writes the same archive as iree-create-parameters", async () => {
  using folder = new TemporaryFolder();
  const cases = [
    [],
    ["--splat=a=4096xf32=4.1", "--splat=b=2x3xi16=-5"],
    ["--data=zero=4096xf32", "--data=byte=10xi8=7", "--splat=s=8xf64=0.5"],
    ["--data=u=3xui8=255", "--data=v=i8"],
    ["--splat=scalar=f16=1.5", "--data=i=1x1xi8=-1"],
    ["--splat=d=3xi1=01"],
  ];
  await forEach(cases, async (args) => {
    const [mine, peer] = [crypto.randomUUID(), crypto.randomUUID()]
      .map((name) => folder.join(`${name}.irpa`));
    same(
      await ours("create", ...args, `--output=${mine}`),
      await theirs("create", ...args, `--output=${peer}`),
      args.join(" "),
    );
    assertEquals(Deno.readFileSync(mine), Deno.readFileSync(peer), `${args}`);
  });
});

test("create --data writes a pattern of several bytes, unlike iree-create-parameters", async () => {
  using folder = new TemporaryFolder();
  const values: Record<string, ArrayBufferView<ArrayBuffer>> = {
    "3xi16=-2": new Int16Array(3).fill(-2),
    "8x2xf32=2.1": new Float32Array(16).fill(2.1),
    "2xf64=0.1": new Float64Array(2).fill(0.1),
    "2xi64=-9007199254740993": new BigInt64Array(2).fill(-9007199254740993n),
  };
  await forEach(Object.entries(values), async ([value, array]) => {
    const path = folder.join(`${crypto.randomUUID()}.irpa`);
    const args = [`--data=a=${value}`, `--output=${path}`];
    const peer = await theirs("create", ...args);
    assertEquals(peer.code, 1, value);
    assertStringIncludes(peer.stderr, "write failed");
    const { code, stderr } = await ours("create", ...args);
    assertEquals([code, stderr], [0, ""], value);
    using instance = Instance.open();
    using index = ParameterIndex.fromFile(instance, path);
    assertEquals(index.lookup("a").storage, "file");
    assertEquals(index.read("a"), bytesOf(array), value);
  });
});

test("create --data writes all values, and a splat writes one", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("a.irpa");
  const output = `--output=${path}`;
  const { code, stderr } = await ours(
    "create",
    "--data=a=2x3xf32=1,2,3,4,5,6",
    "--data=b=2x2xi16=[[1 2][3 4]]",
    "--data=c=xf32=2",
    output,
  );
  assertEquals([code, stderr], [0, ""]);
  using instance = Instance.open();
  using index = ParameterIndex.fromFile(instance, path);
  const { a, b, c } = {
    a: new Float32Array([1, 2, 3, 4, 5, 6]),
    b: new Int16Array([1, 2, 3, 4]),
    c: new Float32Array([2]),
  };
  for (const [key, array] of Object.entries({ a, b, c })) {
    assertEquals(index.read(key), bytesOf(array), key);
  }
  const splat = await ours("create", "--splat=a=2xf32=1,2", output);
  assertEquals(splat.code, 2);
  assertStringIncludes(
    splat.stderr,
    "must have one value; use --data for several",
  );
  const short = await ours("create", "--data=a=3xf32=1,2", output);
  assertEquals(short.code, 1);
  assertStringIncludes(short.stderr, "OUT_OF_RANGE");
});

test("Unreadable GGUF entries are listed but never written", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("model.gguf");
  const contents = new Uint8Array(8);
  Deno.writeFileSync(
    path,
    gguf({
      a: { type: 99, shape: [2], contents },
      b: { type: 0, shape: [2], contents },
    }),
  );
  const reason = "cannot be read: GGML tensor type 99 is not supported";
  const list = await ours("dump", path);
  assertStringIncludes(list.stdout, `\`a\` (${reason})`);
  const json = await ours("dump", "--json", path);
  assertEquals(
    JSON.parse(json.stdout)[0].parameters.map((
      it: Record<string, unknown>,
    ) => [it.key, it.storage, it.reason]),
    [
      ["a", "unreadable", "GGML tensor type 99 is not supported"],
      ["b", "file", undefined],
    ],
  );
  const written = folder.join("written");
  const failing: readonly [Action, ...string[]][] = [
    ["dump", path, `--extract=a=${written}`],
    ["convert", path, `--output=${written}`],
    ["convert", "--strip", path, `--output=${written}`],
  ];
  for (const args of failing) {
    const { code, stderr } = await ours(...args);
    assertEquals(code, 1);
    assertStringIncludes(stderr, reason);
    assertThrows(() => Deno.statSync(written), Deno.errors.NotFound);
  }
  const { code } = await ours(
    "convert",
    "--exclude=a",
    path,
    `--output=${written}.irpa`,
  );
  assertEquals(code, 0);
});

test("create --alignment aligns contents", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("a.irpa");
  await mustRun(Deno.execPath(), [
    ...["run", "-A", ...denoFlags(), `${ROOT}/cli.ts`, "parameters", "create"],
    ...["--data=a=3xi8=1", "--data=b=3xi8=2", "--alignment=4096", "--quiet"],
    `--output=${path}`,
  ]);
  using instance = Instance.open();
  using index = ParameterIndex.fromFile(instance, path);
  const offsets = index.entries.map((entry) =>
    entry.storage === "file" ? entry.offset : -1
  );
  assertEquals(offsets, [4096, 8192]);
  assertEquals(index.read("b"), new Uint8Array(3).fill(2));
});

test("convert writes the same archive as iree-convert-parameters", async () => {
  using folder = new TemporaryFolder();
  const { irpa, gguf, safetensors } = writeFiles(folder);
  const all = [irpa, gguf, safetensors].map((it) => `--parameters=${it}`);
  const cases = [
    [`--parameters=${safetensors}`],
    all,
    [...all, "--exclude=y", "--rename=x=the x", "--exclude=data"],
    [...all, "--splat=x=f32=4.5", "--splat=tensor", "--splat=splat=i8=3"],
    [...all, "--strip", "--splat=data=x32=CAFEF00D"],
    [`--parameters=m=${gguf}`, `--parameters=n=${irpa}`, "--rename=data=d=e"],
    [...all, "--parameter_mode=preload", "--quiet"],
  ];
  await forEach(cases, async (args) => {
    const [mine, peer] = [crypto.randomUUID(), crypto.randomUUID()]
      .map((name) => folder.join(`${name}.irpa`));
    same(
      await ours("convert", ...args, `--output=${mine}`),
      await theirs("convert", ...args, `--output=${peer}`),
      args.join(" "),
    );
    assertEquals(Deno.readFileSync(mine), Deno.readFileSync(peer), `${args}`);
  });
});

test("convert rejects a duplicate key, which iree-convert-parameters mixes up", async () => {
  using folder = new TemporaryFolder();
  const [a, b, output] = ["a", "b", "out"].map((name) => folder.join(name));
  Deno.writeFileSync(`${a}.safetensors`, safetensors({ "x": [1] }));
  Deno.writeFileSync(`${b}.safetensors`, safetensors({ "x": [2] }));
  const args = [
    `--parameters=a=${a}.safetensors`,
    `--parameters=b=${b}.safetensors`,
    `--output=${output}.irpa`,
  ];
  const peer = await theirs("convert", ...args);
  assertEquals(peer.code, 0);
  const extracted = await theirs(
    "dump",
    `--parameters=${output}.irpa`,
    "--parameter_mode=preload",
    `--extract=x=${output}.bin`,
  );
  assertEquals(extracted.code, 0);
  // Their file has the second entry's contents in the first one's place.
  const bytes = Deno.readFileSync(`${output}.bin`);
  assertEquals(new Float32Array(bytes.buffer)[0], 2);
  Deno.removeSync(`${output}.irpa`);
  const { code, stderr } = await ours("convert", ...args);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "parameter 'x' is in the index already");
  assertStringIncludes(stderr, "--rename");
  assert(
    !Array.from(Deno.readDirSync(folder.path)).some(({ name }) =>
      name.startsWith("out.irpa")
    ),
  );
});

test("Wrong usage of iree parameters names the help to read", async () => {
  const cases: [string[], string, string?][] = [
    [[], "no action given; actions: dump, convert, create"],
    [["bogus"], "unknown action 'bogus'"],
    [["dump"], "no parameter file given", "dump"],
    [["dump", "--bogus"], "flag 'bogus' not recognized", "dump"],
    [
      ["dump", "a.irpa", "--extract=a"],
      "--extract must be [scope::]key=file",
      "dump",
    ],
    [["convert", "a.irpa"], "no output archive given", "convert"],
    [["convert", "--output=b.irpa"], "no parameter file given", "convert"],
    [
      ["convert", "a.irpa", "--output=b.irpa", "--rename=a"],
      "--rename must be old=new, got 'a'",
      "convert",
    ],
    [
      ["convert", "a.irpa", "--output=b", "--splat=a", "--splat=a=i8=1"],
      "--splat names 'a' twice",
      "convert",
    ],
    [["create"], "no output archive given", "create"],
    [["create", "a", "--output=b.irpa"], "unexpected 'a'", "create"],
    [["create", "--output=b.irpa", "--data=a"], "has no type", "create"],
    [
      ["create", "--output=b.irpa", "--alignment=1k"],
      "'alignment' must be an integer from 1",
      "create",
    ],
  ];
  await forEach(cases, async ([args, words, action]) => {
    const { code, stdout, stderr } = await iree(["parameters", ...args]);
    assertEquals([code, stdout], [2, ""], stderr);
    assertStringIncludes(stderr, words);
    const command = ["iree", "parameters", ...(action ? [action] : [])];
    assertStringIncludes(stderr, `see \`${command.join(" ")} --help\``);
  });
});

test("Failures of iree parameters leave nothing behind", async () => {
  using folder = new TemporaryFolder();
  const { irpa, gguf } = writeFiles(folder);
  const output = `--output=${folder.join("out.irpa")}`;
  const before = Array.from(Deno.readDirSync(folder.path)).length;
  const cases: [Action, string[], string][] = [
    [
      "dump",
      ["/none.irpa"],
      `NOT_FOUND: failed to open file '${resolve("/none.irpa")}'`,
    ],
    ["dump", ["cli.ts"], "unsupported file format `ts`"],
    ["dump", [irpa, "--extract=x::data=x.bin"], "no parameters of scope 'x'"],
    ["dump", [irpa, "--extract=nope=x.bin"], "no parameter found"],
    ["convert", [gguf, output, "--exclude=nope"], "key 'nope'"],
    ["convert", [gguf, output, "--rename=nope=x"], "key 'nope'"],
    ["convert", [gguf, output, "--splat=nope"], "key 'nope'"],
    [
      "convert",
      [irpa, output, "--splat=a::b=f32=1"],
      "must have 1, 2, 4, 8 or 16 bytes and divide",
    ],
    ["convert", [irpa, output, "--splat=data=f99=1"], "f99"],
    ["convert", [irpa, output, "--splat=data=x32=CAFE"], "not 32 bits"],
    ["create", [output, "--splat=a=4xi8=300"], "300"],
    ["create", [output, "--data=a=8xi4=1"], "smaller than a byte"],
    ["create", [output, "--data=a=4xf32=1", "--splat=a=1xi8"], "'a' is in"],
    ["create", [output, "--data=a=4xi8", "--alignment=3"], "power of two"],
    ["create", ["--output=/none/a.irpa"], "archive '/none/a.irpa' cannot be"],
  ];
  await forEach(cases, async ([action, args, words]) => {
    const { code, stderr } = await ours(action, ...args);
    assertEquals(code, 1, `${action} ${args.join(" ")}: ${stderr}`);
    assert(stderr.startsWith("error: "), stderr);
    assertStringIncludes(stderr, words);
  });
  assertEquals(Array.from(Deno.readDirSync(folder.path)).length, before);
});

test("iree parameters --help prints the actions, and each action its flags", async () => {
  const { code, stdout } = await iree(["parameters", "--help"]);
  assertEquals(code, 0);
  assertEquals((await iree(["help", "parameters"])).stdout, stdout);
  const flags = {
    dump: ["parameters=[SCOPE=]FILE", "extract=", "json"],
    convert: ["output=FILE", "exclude=", "rename=", "splat=", "strip", "quiet"],
    create: ["output=FILE", "data=", "splat=", "alignment=", "quiet"],
  };
  await forEach(Object.entries(flags), async ([action, names]) => {
    assertStringIncludes(stdout, `\n  ${action}`);
    const help = await iree(["parameters", action, "--help"]);
    assertEquals([help.code, help.stderr], [0, ""]);
    for (const name of names) {
      assertStringIncludes(help.stdout, `\n  --${name}`);
    }
    const file = "--flagfile=FILE";
    assertStringIncludes(help.stdout, `\n  ${file}\n`);
  });
});

const TERMINAL = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";

test("An archive's progress is shown only on a terminal", async () => {
  using folder = new TemporaryFolder();
  const path = folder.join("a.irpa");
  const command = [
    Deno.execPath(),
    ...["run", "-A", ...denoFlags(), `${ROOT}/cli.ts`, "parameters", "create"],
    ...["--data=a=100000000xi16=1", "--quiet", `--output=${path}`],
  ];
  const quiet = await execute(command[0], command.slice(1));
  assertEquals(quiet, { code: 0, stdout: "", stderr: "" });
  const size = Deno.statSync(path).size;
  const shown = await mustRun(tool("python"), ["-c", TERMINAL, ...command]);
  assertStringIncludes(shown, `writing ${path}: `);
  assertStringIncludes(shown, "of 200.0 MB (");
  assert(shown.endsWith("\r\x1b[K"), JSON.stringify(shown.slice(-20)));
  assertEquals(Deno.statSync(path).size, size);
});
