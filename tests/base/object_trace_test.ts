import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { denoFlags, execute, ROOT, TemporaryFolder } from "../support.ts";

const MOD = new URL("../../mod.ts", import.meta.url).href;

/** Runs a program in a process of its own; returns its stderr. */
async function run(
  body: string,
  permissions: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  using folder = new TemporaryFolder();
  const path = folder.join("main.ts");
  await Deno.writeTextFile(
    path,
    `import { BuiltinModule, Instance, List, load, runtime } from ${
      JSON.stringify(MOD)
    };
const library = Deno.args[0];
function makeList(instance: Instance): List {
  return List.from(instance, [1]);
}
${body}`,
  );
  const library = Deno.env.get("IREE_RUNTIME_LIBRARY")!;
  const { code, stderr } = await execute(
    Deno.execPath(),
    ["run", "--no-prompt", ...denoFlags(), ...permissions, path, library],
    { env, cwd: ROOT },
  );
  assertEquals(code, 0, stderr);
  return stderr;
}

const LEAK = `const instance = Instance.open({ library });
makeList(instance);
makeList(instance).dispose();
makeList(instance);
`;

Deno.test("IREE_TRACE_OBJECTS=1 prints at the end where live objects were created", async () => {
  for (const end of ["", "Deno.exit(0);"]) {
    const text = await run(LEAK + end, ["-A"], { IREE_TRACE_OBJECTS: "1" });
    assertStringIncludes(text, "iree: 3 objects were not disposed\n");
    assertStringIncludes(text, "1 Instance, created\n");
    assertStringIncludes(text, "1 List, created\n    at makeList (file:");
    assert(/\/main\.ts:6:/.test(text), text);
    assert(!/\/lib\/base\//.test(text), text);
  }
});

Deno.test("The stack of an object that load creates begins in the caller", async () => {
  const text = await run(
    `const instance = Instance.open({ library });
const module = BuiltinModule.create(instance, "vmvx");
load({ modules: [module] });`,
    ["-A"],
    { IREE_TRACE_OBJECTS: "1" },
  );
  assertStringIncludes(text, "iree: 4 objects were not disposed\n");
  assertMatch(text, /1 Context, created\n {4}at file:.*main\.ts:8:/);
  assertEquals(text.split("\n").filter((it) => it.includes("/lib/")), []);
});

Deno.test("Nothing is printed without the variable, or if all was disposed", async () => {
  for (const value of ["", "0"]) {
    const env = { IREE_TRACE_OBJECTS: value };
    assertEquals(await run(LEAK, ["-A"], env), "");
  }
  const clean = `using instance = Instance.open({ library });
using _list = makeList(instance);`;
  assertEquals(await run(clean, ["-A"], { IREE_TRACE_OBJECTS: "1" }), "");
});

Deno.test("The variable is neither read nor requested without permission", async () => {
  const library = Deno.env.get("IREE_RUNTIME_LIBRARY")!;
  const text = await run(
    LEAK,
    [`--allow-ffi=${library}`],
    { IREE_TRACE_OBJECTS: "1" },
  );
  assertEquals(text, "");
});

Deno.test("runtime.liveObjects lists objects created since traceObjects", async () => {
  const text = await run(
    `const instance = Instance.open({ library });
try {
  runtime.liveObjects();
} catch (error) {
  console.error(String(error).split("\\n")[0]);
}
runtime.traceObjects();
const lists = [1, 2, 3].map(() => makeList(instance));
lists.pop()!.dispose();
for (const { type, count, collected, stack } of runtime.liveObjects()) {
  console.error(type, count, collected, stack.split("\\n")[0].split(" (")[0]);
}
for (const list of lists) list.dispose();
console.error(runtime.liveObjects().length);`,
    ["-A"],
  );
  assertEquals(text.split("\n"), [
    "IreeError: FAILED_PRECONDITION: it is not recorded where objects are made",
    "List 2 0     at makeList",
    "0",
    "",
  ]);
});

Deno.test("Objects that were collected and not disposed are listed separately", async () => {
  const text = await run(
    `runtime.traceObjects();
const instance = Instance.open({ library });
for (let i = 0; i < 3; i++) makeList(instance);
declare const gc: () => void;
let list = runtime.liveObjects().find(({ type }) => type === "List")!;
while (list.collected < 3) {
  gc();
  await new Promise((resolve) => setTimeout(resolve, 1));
  list = runtime.liveObjects().find(({ type }) => type === "List")!;
}
console.error(list.count, list.collected);
instance.dispose();`,
    ["-A", "--v8-flags=--expose-gc"],
  );
  assertEquals(text, "3 3\n");
});
