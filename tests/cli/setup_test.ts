import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { basename, join } from "@std/path";
import {
  BUILD_FILE,
  install,
  type Installation,
  isInstalled,
} from "../../lib/cli/setup/install.ts";
import { IreeError, runtime } from "../../mod.ts";
import { makePackage } from "../../release/package.ts";
import {
  DENO_DIR,
  denoFlags,
  execute,
  inCache,
  ireeOfSources,
  type Output,
  program,
  ROOT,
  SDK,
  TemporaryFolder,
  test,
  tool,
} from "../support.ts";
import {
  file,
  hashOf,
  installable,
  pathsUnder,
  Server,
  smallArchive,
} from "./archives.ts";

const INSTALLED = `${runtime.packageVersion}-${Deno.build.target}`;
const LIBRARY = `${INSTALLED}/${runtime.platform!.library}`;

const NO_FILE = `cannot read the archive: ${
  Deno.build.os === "windows" ? "File not found" : "No such file"
}`;

/** A user with a separate cache. */
class User extends TemporaryFolder {
  readonly library = this.join("iree-deno/library");
  readonly env: Record<string, string> = {
    DENO_DIR,
    ...inCache(this.path),
    IREE_RUNTIME_LIBRARY: "",
  };

  setup(args: string[], env: Record<string, string> = {}): Promise<Output> {
    return ireeOfSources(["setup", ...args], { env: { ...this.env, ...env } });
  }

  /** The cache's contents. */
  left(): Promise<string[]> {
    return pathsUnder(this.library);
  }

  /** Writes an archive to the user's folder. */
  async save(bytes: Uint8Array, name = "archive.tar.gz"): Promise<string> {
    await Deno.writeFile(this.join(name), bytes);
    return this.join(name);
  }
}

test("iree setup --from installs the archive of ./dev package, and programs run", async () => {
  using user = new User();
  const { name, sha256 } = await makePackage(SDK, user.join("dist"));
  const from = user.join("dist", name);
  const first = await user.setup([`--from=${from}`, `--sha256=${sha256}`]);
  assertEquals([first.code, first.stderr], [0, ""]);
  assertStringIncludes(first.stdout, `${INSTALLED} is installed\n`);

  const module = await program("single.mlir");
  const run = await ireeOfSources(
    ["run", `--module=${module}`, "--input=21"],
    user,
  );
  assertEquals([run.code, run.stderr], [0, ""]);
  assertStringIncludes(run.stdout, "i32=42");
  for (
    const path of ["include/iree/vm/api.h", "lib/pkgconfig/iree-runtime.pc"]
  ) {
    assert((await Deno.stat(join(user.library, INSTALLED, path))).isFile);
  }
});

test("The archive has the library, the SDK and all licences of this build", async () => {
  using user = new User();
  const { name, sha256, size } = await makePackage(SDK, user.path);
  assertEquals(
    name,
    `iree-runtime-${runtime.packageVersion}-${Deno.build.target}.tar.gz`,
  );
  const bytes = await Deno.readFile(user.join(name));
  assertEquals([size, sha256], [bytes.length, await hashOf(bytes)]);
  const entry = JSON.parse(await Deno.readTextFile(user.join(`${name}.json`)));
  assertEquals(entry, { [Deno.build.target]: { name, sha256, size } });

  await user.setup([`--from=${user.join(name)}`, `--sha256=${sha256}`]);
  const paths = await pathsUnder(join(user.library, INSTALLED));
  const ours = ["installed.json", BUILD_FILE];
  assertEquals(
    paths.filter((path) => !ours.includes(path)),
    // CMake makes folders for headers even if they stay empty.
    (await pathsUnder(SDK)).filter((path) => !path.endsWith("/")),
  );
  const licences = ["flatcc", "iree", "iree-deno", "vulkan-headers"];
  const found = paths.filter((path) => path.startsWith("share/licenses/"));
  const names = new Set(found.map((path) => path.split("/")[2]));
  assertEquals([...names].sort(), licences);
});

test("iree setup does nothing the second time and repairs damaged files", async () => {
  using user = new User();
  const { bytes, sha256 } = await smallArchive();
  await using server = new Server(bytes);
  const args = [`--from=${server.url}`, `--sha256=${sha256.toUpperCase()}`];
  assertEquals((await user.setup(args)).code, 0);
  const second = await user.setup(args);
  assertEquals([second.code, second.stderr], [0, ""]);
  assertStringIncludes(second.stdout, "is already installed\n");
  assertEquals(server.ranges.length, 1);

  const library = join(user.library, LIBRARY);
  const whole = await Deno.readFile(library);
  await Deno.writeFile(library, whole.slice(0, 100));
  const third = await user.setup(args);
  assertEquals(third.code, 0);
  assertEquals(await Deno.readFile(library), whole);
  assertEquals(server.ranges.length, 2);
});

test("iree setup replaces another build of the same version", async () => {
  using user = new User();
  const archives = [await smallArchive(), await smallArchive()];
  const installed = [];
  for (const { bytes, sha256 } of archives) {
    const from = await user.save(bytes);
    await user.setup([`--from=${from}`, `--sha256=${sha256}`]);
    installed.push(await Deno.readFile(join(user.library, LIBRARY)));
  }
  assert(await hashOf(installed[0]) !== await hashOf(installed[1]));
  assertEquals((await user.left()).length, 5);
});

test("An interrupted download resumes, within one setup and in the next", async () => {
  using user = new User();
  const { bytes, sha256 } = await smallArchive();
  const args = (server: Server) => [
    `--from=${server.url}`,
    `--sha256=${sha256}`,
  ];
  await using flaky = new Server(bytes, [{ breaksAfter: 1000 }], user.library);
  assertEquals((await user.setup(args(flaky))).code, 0);
  assertEquals(flaky.ranges, [null, "bytes=1000-"]);

  using other = new User();
  await Deno.mkdir(other.library, { recursive: true });
  await Deno.writeFile(
    join(other.library, `${sha256}.partial`),
    bytes.slice(0, 2000),
  );
  await using server = new Server(bytes);
  assertEquals((await other.setup(args(server))).code, 0);
  assertEquals(server.ranges, ["bytes=2000-"]);
  assertEquals(await other.left(), await user.left());
});

test("A wrong hash is rejected before unpacking and leaves nothing behind", async () => {
  using user = new User();
  const { bytes, sha256 } = await smallArchive();
  await using server = new Server(bytes);
  const wrong = "0".repeat(64);
  for (const from of [server.url.href, await user.save(bytes)]) {
    const args = [`--from=${from}`, `--sha256=${wrong}`];
    const { code, stderr } = await user.setup(args);
    assertEquals(code, 1);
    assertStringIncludes(stderr, `SHA-256 must be ${wrong}, got ${sha256}`);
    assertEquals(await user.left(), ["lock"]);
  }
});

test("An archive that is truncated or leads out of the folder leaves nothing behind", async () => {
  using user = new User();
  const good = await smallArchive();
  const escaping = await smallArchive([
    ...installable(),
    file("../../../escaped", "x"),
  ]);
  const cut = good.bytes.slice(0, -100);
  const other = await smallArchive([
    ...installable().slice(1),
    file(BUILD_FILE, `{"version":"0.0.1","target":"pdp11-dec-unix"}`),
  ]);
  const without = await smallArchive(installable().slice(1));
  for (
    const [bytes, words] of [
      [cut, "the archive is truncated"],
      [escaping.bytes, "has '../../../escaped', which is not a path inside"],
      [other.bytes, "got version 0.0.1 for pdp11-dec-unix"],
      [without.bytes, `the archive has no '${BUILD_FILE}'`],
    ] as const
  ) {
    const from = await user.save(bytes);
    const sha256 = await hashOf(bytes);
    const { code, stderr } = await user.setup([
      `--from=${from}`,
      `--sha256=${sha256}`,
    ]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, words);
    assertEquals(await user.left(), ["lock"]);
  }
  assertEquals((await pathsUnder(user.path)).includes("escaped"), false);
});

test("An archive cannot choose the version to install", async () => {
  for (const path of ["installed.json", "Installed.JSON"]) {
    using folder = new TemporaryFolder();
    const { bytes, sha256 } = await smallArchive([
      ...installable(),
      file(path, "{}"),
    ]);
    const error = await assertRejects(
      () =>
        install(bytes, {
          folder: folder.join("installed"),
          version: runtime.packageVersion,
          target: Deno.build.target,
          library: runtime.platform!.library,
          sha256,
        }),
      IreeError,
      "has 'installed.json', which is reserved for installations",
    );
    assertEquals(error.code, "DATA_LOSS");
    assertEquals(Array.from(Deno.readDirSync(folder.path)), []);
  }
});

test("A full disk while unpacking is an error and keeps the installed version", async () => {
  using user = new User();
  const folder = user.join("library");
  const installation = (sha256: string): Installation => ({
    folder,
    version: runtime.packageVersion,
    target: Deno.build.target,
    library: runtime.platform!.library,
    sha256,
  });
  const [before, after] = [await smallArchive(), await smallArchive()];
  const mockOfFullDisk: typeof Deno.writeFile = (path, data, options) =>
    `${path}`.endsWith("api.h")
      ? Promise.reject(new Error("No space left on device (os error 28)"))
      : Deno.writeFile(path, data, options);
  const attempt = () =>
    assertRejects(
      () =>
        install(after.bytes, installation(after.sha256), {
          writeFile: mockOfFullDisk,
        }),
      IreeError,
      "No space left on device (os error 28); nothing was left behind",
    );
  await attempt();
  assertEquals(await pathsUnder(user.path), []);
  await install(before.bytes, installation(before.sha256));
  const paths = await pathsUnder(user.path);
  await attempt();
  assertEquals(await pathsUnder(user.path), paths);
  assert(await isInstalled(installation(before.sha256)));
  assert(!await isInstalled(installation(after.sha256)));
});

test("Two setups at the same time both succeed, and one of them downloads", async () => {
  using user = new User();
  const { bytes, sha256 } = await smallArchive();
  await using server = new Server(bytes, [{ breaksAfter: 500 }], user.library);
  const args = [`--from=${server.url}`, `--sha256=${sha256}`];
  const outputs = await Promise.all(
    Array.from({ length: 4 }, () => user.setup(args)),
  );
  assertEquals(outputs.map(({ code }) => code), [0, 0, 0, 0]);
  assertEquals(server.ranges, [null, "bytes=500-"]);
  const already = outputs.filter(({ stdout }) => stdout.includes("already"));
  assertEquals(already.length, 3);
  assertEquals((await user.left()).length, 5);
});

test("iree setup uses the proxy in the environment", async () => {
  using user = new User();
  const { bytes, sha256 } = await smallArchive();
  const asked: string[] = [];
  await using proxy = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => {
      asked.push(request.url);
      return new Response(bytes);
    },
  );
  const args = [
    "--from=http://releases.invalid/v1/archive.tar.gz",
    `--sha256=${sha256}`,
  ];
  const { code, stderr } = await user.setup(args, {
    HTTP_PROXY: `http://127.0.0.1:${proxy.addr.port}`,
  });
  assertEquals([code, asked.length], [0, 1], stderr);
  assertStringIncludes(asked[0], "/v1/archive.tar.gz");
});

test("iree setup needs no network for a file", async () => {
  using user = new User();
  const { bytes, sha256 } = await smallArchive();
  const from = await user.save(bytes, "name with spaces, ü.tar.gz");
  const { code, stderr } = await user.setup([
    `--from=${basename(from)}`,
    `--sha256=${sha256}`,
  ].map((arg) => arg.replace(basename(from), from)));
  assertEquals([code, stderr], [0, ""]);
});

test("Leftovers of a killed setup are cleaned up", async () => {
  using user = new User();
  const { bytes, sha256 } = await smallArchive();
  const args = [`--from=${await user.save(bytes)}`, `--sha256=${sha256}`];
  for (const left of [`${INSTALLED}.1234`, `${INSTALLED}.1234.old`]) {
    await Deno.mkdir(join(user.library, left, "lib"), { recursive: true });
  }
  assertEquals((await user.setup(args)).code, 0);
  const left = await user.left();
  assertEquals(left.filter((path) => path.includes("1234")), []);
  assertEquals(left.length, 5);
});

test("A download shows progress on a terminal and one line elsewhere", async () => {
  using user = new User();
  const { bytes, sha256 } = await smallArchive();
  await using server = new Server(
    bytes,
    [{ breaksAfter: 20_000 }],
    user.library,
  );
  const args = ["setup", `--from=${server.url}`, `--sha256=${sha256}`];
  const script = "import pty, sys; pty.spawn(sys.argv[1:])";
  const cli = ["run", "-A", ...denoFlags(), join(ROOT, "cli.ts")];
  const { code, stdout } = await execute(
    tool("python"),
    ["-c", script, Deno.execPath(), ...cli, ...args],
    { env: user.env },
  );
  assertEquals(code, 0);
  assertMatch(stdout, /\r\S*downloading http:\S+: 0\.0 MB of 0\.1 MB \(\d+%\)/);
  // The progress line is erased before the last one.
  const [, last] = stdout.split("\r\x1b[Kthe runtime library ");
  assertStringIncludes(last, " is installed\r\n");

  using other = new User();
  const plain = await other.setup(args.slice(1));
  assertEquals([plain.code, plain.stderr], [0, `downloading ${server.url}\n`]);
});

test("iree setup rejects wrong arguments", async () => {
  using user = new User();
  for (
    const [args, code, words] of [
      [
        [],
        1,
        "version 0.1.0 is not released yet: nothing to download",
      ],
      [
        ["--from=x.tar.gz"],
        2,
        "--from needs --sha256: the hash of 'x.tar.gz' is unknown",
      ],
      [
        ["--sha256=abc"],
        2,
        "--sha256 must be 64 hexadecimal digits, got 'abc'",
      ],
      [[`--sha256=${"0".repeat(64)}`], 2, "--sha256 needs --from"],
      [["--from=ftp://x/y"], 2, "--from must be a path or an http(s) URL"],
      [["--from=http:"], 2, "--from must be a path or an http(s) URL"],
      [["x.tar.gz"], 2, "unexpected argument 'x.tar.gz'"],
      [
        ["--from=nope.tar.gz", `--sha256=${"0".repeat(64)}`],
        1,
        NO_FILE,
      ],
    ] as const
  ) {
    const output = await user.setup([...args]);
    assertEquals(output.code, code, output.stderr);
    assertStringIncludes(output.stderr, words);
  }
  assertMatch((await user.setup(["--help"])).stdout, /^Installs the runtime/);
});
