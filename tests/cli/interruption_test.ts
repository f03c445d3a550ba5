import { assertEquals, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path";
import { Instance, ParameterIndex } from "../../mod.ts";
import {
  DENO_DIR,
  denoFlags,
  execute,
  program,
  ROOT,
  TemporaryFolder,
  test,
} from "../support.ts";
import { smallArchive } from "./archives.ts";

// A command receives the signal within the first write of a file: the scripts
// below send it to themselves there, so that no test depends on time.

const SCRIPT = `
  import { main } from ${JSON.stringify(toFileUrl(`${ROOT}/cli.ts`).href)};
  const [signal, after, ...args] = Deno.args;
  let writes = 0;
  let arrived = Promise.resolve();
  const signalled = () => {
    if (++writes !== Number(after)) return;
    arrived = new Promise((resolve) => Deno.addSignalListener(signal, resolve));
    Deno.kill(Deno.pid, signal);
  };
  // The event loop's next turn comes when the signal has arrived.
  const { setTimeout } = globalThis;
  globalThis.setTimeout = (resolve, ...args) =>
    setTimeout(() => arrived.then(resolve), ...args);
  const { writeSync } = Deno.FsFile.prototype;
  Deno.FsFile.prototype.writeSync = function (bytes) {
    const count = writeSync.call(this, bytes);
    signalled();
    return count;
  };
  for (const name of ["writeFile", "writeTextFile"]) {
    const write = Deno[name];
    Deno[name] = async (path, contents, options) => {
      const written = await write(path, contents, options);
      signalled();
      await arrived;
      return written;
    };
  }
  Deno.exit(await main(args));
`;

const STATUS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const echo = await program("echo.mlir");
const source = `${ROOT}/tests/fixtures/single.mlir`;
const archive = await smallArchive();

/** A folder with the script and the files that commands read. */
class Folder extends TemporaryFolder {
  constructor() {
    super();
    Deno.writeTextFileSync(this.join("script.ts"), SCRIPT);
    Deno.writeFileSync(this.join("archive.tar.gz"), archive.bytes);
    using instance = Instance.open();
    using index = ParameterIndex.create(instance);
    index.addData("key", new Uint8Array(4096));
    index.writeArchive(this.join("weights.irpa"));
  }

  /** Runs a command that is signalled in its write of that number. */
  async run(
    signal: keyof typeof STATUS,
    after: number,
    args: readonly string[],
  ): Promise<void> {
    const env = { XDG_CACHE_HOME: this.join("cache"), DENO_DIR };
    const { code, stdout, stderr } = await execute(Deno.execPath(), [
      ...["run", "-A", "--no-check", ...denoFlags(), "script.ts"],
      ...[signal, `${after}`, ...args],
    ], { cwd: this.path, env });
    assertEquals(code, STATUS[signal], stdout + stderr);
    assertEquals(stderr, "");
  }

  /** All files by name, without those that commands read. */
  files(folder = this.path): string[] {
    return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
      isDirectory ? [`${name}/`, ...this.files(`${folder}/${name}`)] : [name]
    ).filter((name) => !READ.has(name));
  }
}

const READ: ReadonlySet<string> = new Set([
  ...["script.ts", "archive.tar.gz", "weights.irpa"],
  // Folders and locks that stay.
  ...["cache/", "iree-deno/", "programs/", "library/", "lock"],
]);

const RUN = ["run", echo, "--function=view", "--input=4xi8"];

/** Command lines that write a file `new`, by name. */
const WAYS: Readonly<Record<string, readonly string[]>> = {
  "iree run --output=@": [...RUN, "--output=@new"],
  "iree run --output=@ as .npy": [...RUN, "--output=@new.npy"],
  "iree parameters create": [
    ...["parameters", "create", "--output=new.irpa", "--data=key=16xi8=1"],
  ],
  "iree parameters convert": [
    ...["parameters", "convert", "weights.irpa", "--output=new.irpa"],
  ],
  "iree parameters dump --extract": [
    ...["parameters", "dump", "weights.irpa", "--extract=key=new"],
  ],
  "iree inspect --output": ["inspect", echo, "--types", "--output=new.ts"],
  "iree compile": [
    ...["compile", source, "--output=new.vmfb", "--no-cache"],
  ],
  "iree compile into the cache": [
    ...["compile", source, "--output=new.vmfb"],
  ],
  "iree new": ["new", "app", "new"],
  "iree setup": [
    ...["setup", "--from=archive.tar.gz", `--sha256=${archive.sha256}`],
  ],
};

for (const [name, args] of Object.entries(WAYS)) {
  test(`A signal leaves no unfinished file: ${name}`, async () => {
    using folder = new Folder();
    await folder.run("SIGINT", 1, args);
    const left = folder.files();
    // Programs in the cache are complete, and can be used.
    const isCached = name.endsWith("cache");
    assertEquals(left.filter((it) => /\.(?:part|partial)$/.test(it)), []);
    assertEquals(isCached ? [] : left, []);
  });
}

test("Signals that end processes empty a file that is replaced, and keep one that is appended to", async () => {
  using folder = new Folder();
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    for (const [mode, left] of [["@", ""], ["+", "before"]]) {
      Deno.writeTextFileSync(folder.join("old"), "before");
      await folder.run(signal, 1, [...RUN, `--output=${mode}old`]);
      assertEquals(Deno.readTextFileSync(folder.join("old")), left);
    }
  }
});

test("A signal ends a command that waits for a pipe's reader", async () => {
  if (Deno.build.os === "windows") return;
  using folder = new TemporaryFolder();
  await new Deno.Command("mkfifo", { args: [folder.join("pipe")] }).output();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", ...denoFlags(), `${ROOT}/cli.ts`],
      ...[...RUN, `--output=@${folder.join("pipe")}`],
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  assertStringIncludes(new TextDecoder().decode(value), "EXEC @view");
  child.kill("SIGTERM");
  const { signal } = await child.status;
  await reader.cancel();
  assertEquals(signal, "SIGTERM");
});
