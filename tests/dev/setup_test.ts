import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { waitUntil } from "../waiting.ts";
import { exists, finish, PYTHON, Sandbox } from "./sandbox.ts";

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

Deno.test("./dev leaves nothing unfinished after a failed download", async () => {
  using sandbox = new Sandbox();
  const { code, stderr } = await sandbox.run(["sdk"], { PIP_FAILS: "yes" });
  assertEquals(code, 1);
  assertStringIncludes(stderr, "no route to the registry");
  assertEquals(sandbox.cached, []);
});

Deno.test("./dev leaves nothing unfinished after a failed build, and builds the next time", async () => {
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

Deno.test("./dev and its build stop at a signal and leave nothing unfinished", async () => {
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

Deno.test("Two ./dev at the same time build once and agree", async () => {
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
