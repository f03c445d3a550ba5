import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { Instance, ParameterIndex } from "../../mod.ts";
import {
  denoFlags,
  execute,
  IMPORT_ALL,
  LIBRARY,
  nativeModule,
  program,
  TemporaryFolder,
  test,
} from "../support.ts";

// Native code opens paths itself. It must open each path exactly where Deno
// checked it.

const arithmetic = await program("arithmetic.mlir");
const types = await nativeModule("fixtures/types_module.cc");
const plugin = await nativeModule("fixtures/plugin.cc");

const archives = new TemporaryFolder();
globalThis.addEventListener("unload", () => archives[Symbol.dispose]());
const archive = archives.join("a.irpa");
{
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  index.addData("a", new Float32Array(4));
  index.writeArchive(archive);
}

/** A way for a path to reach native code. */
interface Opening {
  readonly permission: "read" | "write" | "ffi";
  /** The file to open; absent for files that are written. */
  readonly file?: string;
  /** Passes `path` to native code. */
  readonly code: string;
  /** Opens the file, if that happens later. */
  readonly use?: string;
}

const setFlag = (name: string) =>
  `iree.setIreeFlags(instance, { ${name}: path });`;
const addFile = (mode: string): Opening => ({
  permission: "read",
  file: archive,
  code: `using index = iree.ParameterIndex.fromFile(instance, path, {
    mode: "${mode}" }); index.read("a");`,
});
const fromFile = (mode: string): Opening => ({
  permission: "read",
  file: arithmetic,
  code: `iree.BytecodeModule.fromFile(instance, path, {
    mode: "${mode}" }).dispose();`,
});

const OPENINGS: Readonly<Record<string, Opening>> = {
  "Instance.open": {
    permission: "ffi",
    file: LIBRARY,
    code: "iree.runtime.version(path); iree.runtime.statistics;",
    use: "using device = iree.Device.create(instance, 'local-sync');",
  },
  "BytecodeModule.fromFile preload": fromFile("preload"),
  "BytecodeModule.fromFile mmap": fromFile("mmap"),
  "DynamicModule.load": {
    permission: "ffi",
    file: types,
    code: "iree.DynamicModule.load(instance, path).dispose();",
  },
  "ParameterIndex.addFile file": addFile("file"),
  "ParameterIndex.addFile preload": addFile("preload"),
  "ParameterIndex.addFile mmap": addFile("mmap"),
  "ParameterIndex.writeArchive": {
    permission: "write",
    code: `using index = iree.ParameterIndex.create(instance);
      index.addData("a", new Float32Array(4));
      index.writeArchive(path);`,
  },
  "executable_plugin": {
    permission: "ffi",
    file: plugin,
    code: setFlag("executable_plugin"),
    use: "iree.Device.create(instance, 'local-sync').dispose();",
  },
  "executable_plugin embedded": {
    permission: "ffi",
    file: plugin,
    code: "path = 'embedded:' + path;" + setFlag("executable_plugin"),
    // Only reading a system library shows that it is not a portable one.
    use: `try {
      iree.Device.create(instance, 'local-sync').dispose();
    } catch (error) {
      if (error.code === "NOT_FOUND") throw error;
    }`,
  },
  "vulkan_libvulkan_search_path": {
    permission: "ffi",
    file: types,
    code: setFlag("vulkan_libvulkan_search_path"),
    // The file lacks Vulkan's functions; the message names the paths that were
    // tried.
    use: `const driver = iree.probeDrivers(instance)
        .find(({ name }) => name === "vulkan");
      const tried = driver.error.message;
      if (/cannot open shared object/.test(tried)) throw driver.error;`,
  },
  "device_profiling_output": {
    permission: "write",
    code: setFlag("device_profiling_output") +
      `iree.setIreeFlags(instance, { device_profiling_mode: "queue-events" });`,
    use: `{
      using device = iree.Device.create(instance, "local-task");
      using profiling = iree.Profiling.begin(device);
      profiling.end();
    }`,
  },
};

/**
 * `allowed`, which the permissions cover, beside `secret`, which they do not.
 */
class Folders extends TemporaryFolder {
  readonly allowed: string = this.join("allowed");
  readonly secret: string = this.join("secret");

  constructor() {
    super();
    for (const folder of ["allowed", "secret/inner", "elsewhere"]) {
      Deno.mkdirSync(this.join(folder), { recursive: true });
    }
    Deno.symlinkSync("../secret/inner", join(this.allowed, "link"), {
      type: "dir",
    });
  }

  /** Permissions for one opening: the folder `allowed` only. */
  flags({ permission }: Opening): string[] {
    const ffi = [LIBRARY, ...(permission === "ffi" ? [this.allowed] : [])];
    return [
      `--allow-ffi=${ffi.join(",")}`,
      `--allow-read=${this.allowed},${this.join("elsewhere")}`,
      ...(permission === "write" ? [`--allow-write=${this.allowed}`] : []),
    ];
  }

  /** Runs code that has `attempt(path)`; returns its output. */
  async run(opening: Opening, code: string): Promise<string> {
    const script = this.join("script.ts");
    const isLibrary = opening.file === LIBRARY;
    const open = `using instance = iree.Instance.open({ library: ${
      isLibrary ? "path" : JSON.stringify(LIBRARY)
    } });`;
    await Deno.writeTextFile(
      script,
      `${IMPORT_ALL}
      function attempt(path: string, before = () => {}) {
        try {
          ${open}
          ${opening.code}
          before();
          ${opening.use ?? ""}
          console.log("opened");
        } catch (error) {
          console.log(String(error));
        }
      }
      ${code}`,
    );
    const { stdout, stderr } = await execute(Deno.execPath(), [
      "run",
      "--no-prompt",
      "--no-check",
      ...denoFlags(),
      ...this.flags(opening),
      script,
    ], { cwd: this.allowed });
    assert(stdout !== "", stderr);
    return stdout;
  }
}

const quoted = (text: string) => JSON.stringify(text);

for (const [name, opening] of Object.entries(OPENINGS)) {
  const { file, permission } = opening;
  const base = name.startsWith("ParameterIndex") ? "x.irpa" : "x.so";

  test(`${name} opens a relative path in the working directory of the call`, async () => {
    using folders = new Folders();
    if (file !== undefined) {
      await Deno.copyFile(file, join(folders.allowed, base));
    }
    const elsewhere = quoted(folders.join("elsewhere"));
    const stdout = await folders.run(
      opening,
      `attempt("./${base}", () => Deno.chdir(${elsewhere}));`,
    );
    assertEquals(stdout, "opened\n");
    const written = await Deno.stat(join(folders.allowed, base));
    assert(written.isFile);
    assertEquals([...Deno.readDirSync(folders.join("elsewhere"))], []);
  });

  test(`${name} opens the file that Deno checked when links have parents`, async () => {
    using folders = new Folders();
    // The system resolves `link/..` to `secret`, Deno to `allowed`.
    const hidden = join(folders.secret, base);
    const contents = await Deno.readFile(file ?? archive);
    await Deno.writeFile(hidden, contents);
    const stdout = await folders.run(
      opening,
      `attempt(${quoted(`${folders.allowed}/link/../${base}`)});`,
    );
    if (file === undefined) assertEquals(stdout, "opened\n");
    else assertStringIncludes(stdout, join(folders.allowed, base));
    assertEquals(await Deno.readFile(hidden), contents);
  });

  if (file !== undefined) {
    test(`${name} follows a link in an allowed folder, as Deno does`, async () => {
      using folders = new Folders();
      await Deno.copyFile(file, join(folders.secret, "blob"));
      await Deno.symlink("../secret/blob", join(folders.allowed, base), {
        type: "file",
      });
      const stdout = await folders.run(
        opening,
        `Deno.statSync("./${base}"); attempt("./${base}");`,
      );
      assertEquals(stdout, "opened\n");
    });
  }

  test(`${name} rejects paths that Deno denies`, async () => {
    using folders = new Folders();
    const hidden = join(folders.secret, base);
    await Deno.copyFile(file ?? archive, hidden);
    const paths = [hidden, `${folders.allowed}/../secret/${base}`];
    const asked = name.endsWith("writeArchive") ? "read" : permission;
    const stdout = await folders.run(
      opening,
      paths.map((path) => `attempt(${quoted(path)});`).join("\n"),
    );
    for (const line of stdout.trimEnd().split("\n")) {
      assertStringIncludes(line, `NotCapable: Requires ${asked} access to "`);
    }
  });

  if (permission !== "ffi") continue;

  test(`${name} rejects tokens that the loader substitutes in a path`, async () => {
    using folders = new Folders();
    const names = ["ORIGIN", "{ORIGIN}", "LIB", "{LIB}", "PLATFORM"];
    const paths = names.map((name) => `${folders.allowed}/$${name}/../${base}`);
    const stdout = await folders.run(
      opening,
      paths.map((path) => `attempt(${quoted(path)});`).join("\n"),
    );
    const lines = stdout.match(
      /^.*INVALID_ARGUMENT: library path must not .*$/gm,
    );
    assertEquals(lines?.length, paths.length, stdout);
  });

  test(`${name} accepts a literal dollar sign`, async () => {
    using folders = new Folders();
    const path = join(folders.allowed, `$a${base}`);
    await Deno.copyFile(file!, path);
    const stdout = await folders.run(opening, `attempt(${quoted(path)});`);
    assertEquals(stdout, "opened\n");
  });
}

test("Flags keep quotes, spaces and empty paths unchanged", async () => {
  using folders = new Folders();
  const hidden = join(folders.secret, "prof.out");
  const code = (path: string) => `attempt(${quoted(path)});`;
  const output = OPENINGS.device_profiling_output;
  // IREE strips quotes from a value that begins and ends with them.
  assertStringIncludes(
    await folders.run(output, code(`"${hidden}"`)),
    `NOT_FOUND: failed to open file '${folders.allowed}/"${hidden}"'`,
  );
  assertEquals([...Deno.readDirSync(folders.secret)].length, 1);
  const blank = join(folders.allowed, "prof.out ");
  assertStringIncludes(
    await folders.run(output, code(blank)),
    "INVALID_ARGUMENT: device_profiling_output must not end with white space",
  );
  assertStringIncludes(
    await folders.run(OPENINGS.executable_plugin, code("")),
    "INVALID_ARGUMENT: path must not be empty",
  );
});

test("A plugin and a profile file must be regular files", async () => {
  using folders = new Folders();
  const pipe = join(folders.allowed, "pipe.so");
  await execute("mkfifo", [pipe]);
  for (const name of ["executable_plugin", "device_profiling_output"]) {
    assertStringIncludes(
      await folders.run(OPENINGS[name], `attempt(${quoted(pipe)});`),
      `INVALID_ARGUMENT: '${pipe}' is not a regular file`,
    );
  }
});

test("A link to a system file is rejected as in Deno", async () => {
  using folders = new Folders();
  const link = join(folders.allowed, "link.vmfb");
  await Deno.symlink("/proc/self/environ", link);
  for (
    const name of [
      "BytecodeModule.fromFile mmap",
      "ParameterIndex.addFile file",
    ]
  ) {
    assertStringIncludes(
      await folders.run(
        OPENINGS[name],
        `attempt(${quoted(link)});`,
      ),
      "NotCapable: Requires all access to",
    );
  }
});

test("Setting the flag of a capture file checks its permission", async () => {
  using folders = new Folders();
  const capture: Opening = {
    permission: "write",
    code: `iree.setIreeFlags(instance, { device_capture_file: path });`,
  };
  const stdout = await folders.run(
    capture,
    `attempt(${quoted(join(folders.secret, "x"))}); attempt("./x");`,
  );
  assertStringIncludes(stdout, "NotCapable: Requires write access");
  assertStringIncludes(stdout, "opened\n");
});
