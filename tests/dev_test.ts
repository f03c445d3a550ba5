// Tests of ./dev itself. Most run it over stand-ins for python3, cargo and the compilers, with an empty cache, so that they need no
// network and build nothing.

import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { waitUntil } from "./waiting.ts";

const ROOT = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
const DEV = `${ROOT}/dev`;

/** What ./dev may call from the system; PATH has nothing else in these tests. */
const SYSTEM = [
  ..."cat cksum cp cut date dirname env find grep head kill ln mkdir mktemp mv rm"
    .split(" "),
  ..."sed sh sha256sum shasum sleep sort tail tee touch tr uname xargs".split(
    " ",
  ),
];

/** Makes environments as python3 does, where `pip` and `cmake` are stand-ins too. */
const PYTHON = `#!/bin/sh
case "$*" in
  --version) echo "Python 3.0.0" ;;
  "-m venv "*)
    mkdir -p "$3/bin"
    cp "$0" "$3/bin/python"
    cp "$STUBS/cmake" "$STUBS/ninja" "$3/bin"
    ;;
  "-m pip install "*)
    echo "$*" >>"$CALLS"
    [ -z "$PIP_FAILS" ] || { echo "no route to the registry"; exit 1; }
    ;;
  *fcntl*) exec "$REAL_PYTHON" "$@" ;;
  *json*) echo /sources/iree ;;
esac
`;

const CMAKE = `#!/bin/sh
echo "cmake $*" >>"$CALLS"
if [ "$1" = --install ]; then
  while [ "$1" != --prefix ]; do shift; done
  mkdir -p "$2/lib"
  touch "$2/lib/libiree_runtime.so"
fi
`;

const COMPILER = `#!/bin/sh
echo "compiler 1.0"
`;

/** A PATH of stand-ins, an empty cache, and how to run ./dev over them. */
class Sandbox implements Disposable {
  readonly folder = Deno.makeTempDirSync();
  readonly cache = `${this.folder}/cache`;

  constructor(programs: Record<string, string> = {}) {
    Deno.mkdirSync(`${this.folder}/bin`);
    for (const name of SYSTEM) {
      const path = which(name);
      if (path) Deno.symlinkSync(path, `${this.folder}/bin/${name}`);
    }
    const all = {
      python3: PYTHON,
      cargo: "#!/bin/sh\n",
      cc: COMPILER,
      "c++": COMPILER,
      cmake: CMAKE,
      ninja: '#!/bin/sh\necho "ninja" >>"$CALLS"\n',
      ...programs,
    };
    for (const [name, script] of Object.entries(all)) {
      if (!script) continue;
      Deno.writeTextFileSync(`${this.folder}/bin/${name}`, script, {
        mode: 0o755,
      });
    }
  }

  /** Lines that the stand-ins wrote, one a call. */
  get calls(): string[] {
    try {
      return Deno.readTextFileSync(`${this.folder}/calls`).trim().split("\n");
    } catch {
      return [];
    }
  }

  /** What is in the cache, without the log and the lock. */
  get cached(): string[] {
    const found: string[] = [];
    const walk = (folder: string, depth: number) => {
      for (
        const { name, isDirectory } of Deno.readDirSync(
          `${this.cache}/${folder}`,
        )
      ) {
        const path = folder ? `${folder}/${name}` : name;
        if (isDirectory && depth < 1) walk(path, depth + 1);
        else if (path !== "log" && path !== "lock") found.push(path);
      }
    };
    try {
      walk("", 0);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return found;
  }

  command(args: string[], env: Record<string, string> = {}): Deno.Command {
    return new Deno.Command(DEV, {
      args,
      clearEnv: true,
      env: {
        PATH: `${this.folder}/bin`,
        HOME: this.folder,
        IREE_DENO_CACHE: this.cache,
        STUBS: `${this.folder}/bin`,
        CALLS: `${this.folder}/calls`,
        REAL_PYTHON: `${Deno.env.get("IREE_DENO_TOOLS")}/python`,
        ...env,
      },
      stdout: "piped",
      stderr: "piped",
    });
  }

  run(args: string[], env?: Record<string, string>): Promise<Finished> {
    return finish(this.command(args, env).spawn());
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

async function finish(child: Deno.ChildProcess): Promise<Finished> {
  const { code, stdout, stderr } = await child.output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

function dev(...args: string[]): Promise<Finished> {
  return finish(
    new Deno.Command(DEV, { args, stdout: "piped", stderr: "piped" }).spawn(),
  );
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).size > 0;
  } catch {
    return false;
  }
}

function which(name: string): string | undefined {
  return (Deno.env.get("PATH") ?? "").split(":")
    .map((folder) => `${folder}/${name}`)
    .find((path) => {
      try {
        return Deno.statSync(path).isFile;
      } catch {
        return false;
      }
    });
}

Deno.test("./dev sdk prints the SDK's prefix and nothing else", async () => {
  await dev("sdk");
  const { code, stdout, stderr } = await dev("sdk");
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^\/[^\n]+\n$/);
  const prefix = stdout.trim();
  for (
    const path of [
      "include/iree/vm/api.h",
      "include/iree_ffi.h",
      "lib/pkgconfig/iree-runtime.pc",
    ]
  ) {
    assert(Deno.statSync(`${prefix}/${path}`).isFile, path);
  }
});

Deno.test("./dev downloads and builds nothing where all is there", async () => {
  using sandbox = new Sandbox();
  assertEquals((await sandbox.run(["sdk"])).code, 0);
  const { calls } = sandbox;
  const { code, stderr } = await sandbox.run(["sdk"]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(sandbox.calls, calls);
});

Deno.test("./dev tells the programs it starts where things are", async () => {
  const variables = [
    "IREE_RUNTIME_LIBRARY",
    "IREE_DENO_SDK",
    "IREE_DENO_TOOLS",
    "IREE_DENO_CACHE",
  ];
  const program = `for (const name of ${
    JSON.stringify(variables)
  }) console.log(Deno.env.get(name))`;
  const { stdout } = await dev("deno", "eval", program);
  const [library, sdk, tools, cache] = stdout.trim().split("\n");
  assert(Deno.statSync(library!).isFile);
  assertStringIncludes(library!, sdk!);
  assert(Deno.statSync(`${tools}/iree-compile`).isFile);
  assert(Deno.statSync(cache!).isDirectory);
});

Deno.test("./dev deno runs a script elsewhere that imports the package", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const script = `${folder}/script.ts`;
    Deno.writeTextFileSync(
      script,
      'import { load } from "@iree/runtime";\n' +
        'import { main } from "@iree/runtime/cli";\n' +
        "console.log(typeof load, typeof main);\n",
    );
    const printed = { code: 0, stdout: "function function\n", stderr: "" };
    assertEquals(await dev("deno", "run", "-A", script), printed);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("./dev docs makes the folder it writes to", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const { code, stderr } = await dev("docs", `${folder}/not/there`);
    assertEquals(code, 0, stderr);
    assert(exists(`${folder}/not/there/index.html`));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("./dev without a command explains itself", async () => {
  const { code, stdout } = await dev();
  assertEquals(code, 0);
  assertStringIncludes(stdout, "usage: ./dev COMMAND");
});

Deno.test("./dev works through a link from elsewhere", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.symlink(DEV, `${folder}/dev`);
    const key = async (command: string) => {
      const { stdout } = await new Deno.Command(command, {
        args: ["key"],
        cwd: folder,
      }).output();
      return new TextDecoder().decode(stdout);
    };
    assertMatch(await key(DEV), /^[0-9a-f]{20}\n$/);
    assertEquals(await key(`${folder}/dev`), await key(DEV));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("./dev refuses an unknown command with exit code 2", async () => {
  const { code, stdout, stderr } = await dev("frobnicate");
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, "no command 'frobnicate'");
});

Deno.test("./dev names what is missing and the line that installs it", async () => {
  using sandbox = new Sandbox({
    cargo: "",
    cc: "",
    "c++": "",
    "apt-get": "#!/bin/sh\n",
  });
  const { code, stdout, stderr } = await sandbox.run(["sdk"]);
  assertEquals([code, stdout], [1, ""]);
  assertStringIncludes(stderr, "cargo is missing: apt install cargo");
  assertStringIncludes(stderr, "a C compiler (cc) is missing: apt install gcc");
  assertStringIncludes(
    stderr,
    "a C++ compiler (c++) is missing: apt install g++",
  );
  assertEquals(sandbox.cached, []);
});

Deno.test("./dev names a missing python3, and a missing venv module", async () => {
  using without = new Sandbox({ python3: "", dnf: "#!/bin/sh\n" });
  assertStringIncludes(
    (await without.run(["setup"])).stderr,
    "python3 is missing: dnf install python3",
  );

  using half = new Sandbox({
    python3: '#!/bin/sh\ncase "$*" in *ensurepip*) exit 1 ;; esac\n',
    "apt-get": "#!/bin/sh\n",
  });
  assertStringIncludes(
    (await half.run(["setup"])).stderr,
    "apt install python3-venv",
  );
});

Deno.test("./dev leaves nothing half-made behind a failed download", async () => {
  using sandbox = new Sandbox();
  const { code, stderr } = await sandbox.run(["sdk"], { PIP_FAILS: "yes" });
  assertEquals(code, 1);
  assertStringIncludes(stderr, "no route to the registry");
  assertEquals(sandbox.cached, []);
});

Deno.test("./dev leaves nothing half-made behind a failed build, and builds the next time", async () => {
  using sandbox = new Sandbox({
    ninja:
      '#!/bin/sh\n[ -n "$COMPILES" ] || { echo "error: no such header"; exit 1; }\n',
  });
  const failed = await sandbox.run(["sdk"]);
  assertEquals([failed.code, failed.stdout], [1, ""]);
  assertStringIncludes(failed.stderr, "error: no such header");
  assertStringIncludes(failed.stderr, `${sandbox.cache}/log`);
  assertEquals(sandbox.cached.filter((path) => !path.startsWith("tools/")), []);

  const built = await sandbox.run(["sdk"], { COMPILES: "yes" });
  assertEquals(built.code, 0, built.stderr);
  assert(Deno.statSync(`${built.stdout.trim()}/lib/libiree_runtime.so`).isFile);
});

Deno.test("./dev stops at a signal, with its build, and leaves nothing half-made behind", async () => {
  using sandbox = new Sandbox({
    ninja: '#!/bin/sh\necho $$ >"$CALLS.ninja"\nexec sleep 60\n',
  });
  const child = sandbox.command(["sdk"]).spawn();
  const started = `${sandbox.folder}/calls.ninja`;
  await waitUntil(() => exists(started), "the build has begun");
  const build = Deno.readTextFileSync(started).trim();
  child.kill("SIGTERM");
  const { code } = await finish(child);

  assertEquals(code, 143);
  assertEquals(sandbox.cached.filter((path) => !path.startsWith("tools/")), []);
  const alive = await new Deno.Command("sh", {
    args: ["-c", `kill -0 ${build} 2>/dev/null`],
  }).output();
  assertNotEquals(alive.code, 0);
});

Deno.test("two ./dev at the same time build once and agree", async () => {
  using sandbox = new Sandbox({
    ninja:
      '#!/bin/sh\necho ninja >>"$CALLS"\nuntil [ -e "$CALLS.go" ]; do sleep 0.1; done\n',
    // What waits for the lock says so first.
    python3: PYTHON.replace(
      "  *fcntl*)",
      '  *LOCK_EX\\)*) touch "$CALLS.go"; exec "$REAL_PYTHON" "$@" ;;\n  *fcntl*)',
    ),
  });
  const [first, second] = await Promise.all([
    sandbox.run(["sdk"]),
    sandbox.run(["sdk"]),
  ]);
  assertEquals([first.code, second.code], [0, 0], first.stderr + second.stderr);
  assertEquals(first.stdout, second.stdout);
  assertEquals(sandbox.calls.filter((call) => call === "ninja").length, 1);
  assertStringIncludes(
    first.stderr + second.stderr,
    "waiting for another ./dev to finish",
  );
});

Deno.test("./dev says when IREE_SOURCE_DIR is not IREE's sources", async () => {
  using sandbox = new Sandbox({
    cmake: `#!/bin/sh\nexec "${Deno.env.get("IREE_DENO_TOOLS")}/cmake" "$@"\n`,
  });
  const { code, stderr } = await sandbox.run(["sdk"], {
    IREE_SOURCE_DIR: sandbox.folder,
  });
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    `IREE_SOURCE_DIR is not IREE's source tree: '${sandbox.folder}'`,
  );
});

Deno.test("the build refuses sources in which IREE's memmove is mended", async () => {
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

Deno.test("the library's key follows what the library is made of, and nothing else", async () => {
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

Deno.test("./dev test ends with the counts of the real run and fails when a test does", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const file = `${folder}/sample_test.ts`;
    Deno.writeTextFileSync(
      file,
      `Deno.test("a", () => {});
       Deno.test("b", async (t) => { await t.step("c", () => {}); });
       Deno.test.ignore("d", () => {});
       Deno.test("e", () => { if (Deno.env.get("FAIL")) throw new Error("told to"); });`,
    );
    const last = (text: string) => text.trimEnd().split("\n").at(-1);
    const good = await dev("test", file);
    assertEquals([good.code, last(good.stdout)], [
      0,
      "3 passed, 0 failed, 1 skipped",
    ]);

    const bad = await finish(
      new Deno.Command(DEV, {
        args: ["test", file],
        env: { FAIL: "1" },
        stdout: "piped",
        stderr: "piped",
      })
        .spawn(),
    );
    assertEquals([bad.code, last(bad.stdout)], [
      1,
      "2 passed, 1 failed, 1 skipped",
    ]);

    Deno.writeTextFileSync(file, `const text: string = 1;`);
    const broken = await dev("test", file);
    assertEquals([broken.code, last(broken.stdout)], [1, "0 passed, 1 failed"]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("CI adds up the checks and both runs of the tests", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.mkdirSync(`${folder}/.ci`);
    Deno.copyFileSync(`${ROOT}/.ci/run`, `${folder}/.ci/run`);
    // Whatever this machine lacks, the test installs nothing.
    const apt = `${folder}/apt-get`;
    Deno.writeTextFileSync(apt, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    const run = async (check: string, plain: string, asan: string) => {
      Deno.writeTextFileSync(
        `${folder}/dev`,
        `#!/bin/sh\ncase "$*" in check) ${check} ;; test) ${plain} ;; "test --asan") ${asan} ;; *) exit 9 ;; esac\n`,
        { mode: 0o755 },
      );
      const { code, stdout } = await finish(
        new Deno.Command("bash", {
          args: [`${folder}/.ci/run`],
          env: { PATH: `${folder}:${Deno.env.get("PATH")}` },
          stdout: "piped",
          stderr: "piped",
        }).spawn(),
      );
      return [code, stdout.trimEnd().split("\n").at(-1)];
    };
    const good = "echo 3 passed, 0 failed";
    assertEquals(await run("true", good, "echo 2 passed, 0 failed"), [
      0,
      "6 passed, 0 failed",
    ]);
    const skipped = "echo 2 passed, 0 failed, 4 skipped";
    assertEquals(await run("true", skipped, skipped), [
      0,
      "5 passed, 0 failed, 8 skipped",
    ]);
    const bad = "echo 1 passed, 2 failed; exit 1";
    assertEquals(await run("false", good, bad), [1, "4 passed, 3 failed"]);
    assertEquals(await run("true", "exit 134", good), [
      1,
      "4 passed, 1 failed",
    ]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("CI installs the shells that the tests need, where it may", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const bin = `${folder}/bin`;
    for (const path of [`${folder}/.ci`, bin]) Deno.mkdirSync(path);
    Deno.copyFileSync(`${ROOT}/.ci/run`, `${folder}/.ci/run`);
    for (
      const name of ["bash", "sh", "dirname", "mktemp", "rm", "tail", "tee"]
    ) {
      const path = which(name);
      if (path) Deno.symlinkSync(path, `${bin}/${name}`);
    }
    const log = `${folder}/log`;
    const script = (path: string, text: string) =>
      Deno.writeTextFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    script(`${bin}/apt-get`, `echo "$*" >>${log}; echo noise; exit $STATUS`);
    script(`${folder}/dev`, "echo 1 passed, 0 failed");
    const run = async (status: number) => {
      Deno.writeTextFileSync(log, "");
      const { code, stdout, stderr } = await finish(
        new Deno.Command(`${bin}/bash`, {
          args: [`${folder}/.ci/run`],
          env: { PATH: bin, STATUS: `${status}` },
          stdout: "piped",
          stderr: "piped",
        }).spawn(),
      );
      assertEquals(code, 0);
      assertEquals(stdout.includes("noise"), false);
      return { log: Deno.readTextFileSync(log), stderr };
    };
    if (Deno.uid() !== 0) {
      assertEquals(await run(0), { log: "", stderr: "" });
      return;
    }
    assertEquals(await run(0), {
      log: "update\ninstall --yes --no-install-recommends fish zsh\n",
      stderr: "",
    });
    assertEquals(await run(1), {
      log: "update\n",
      stderr: "cannot install fish zsh: noise\n",
    });
    // What is there is not installed.
    for (const name of ["fish", "zsh"]) script(`${bin}/${name}`, "exit 9");
    assertEquals(await run(0), { log: "", stderr: "" });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
