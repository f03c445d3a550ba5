import { assert, assertEquals } from "@std/assert";
import { toFileUrl } from "@std/path";
import {
  denoFlags,
  execute,
  program,
  ROOT,
  TemporaryFolder,
} from "../support.ts";

const mul = await program("mul.mlir");

// Prints which functions are bound with a trampoline, which Deno compiles for
// functions without structures.
const SCRIPT = `
  const { dlopen } = Deno;
  const compiled = [];
  let count = 0;
  Deno.dlopen = (path, symbols) => {
    for (const [name, { parameters }] of Object.entries(symbols)) {
      count++;
      if (parameters.every((it) => typeof it === "string")) compiled.push(name);
    }
    return dlopen(path, symbols);
  };
  const { main } = await import(${
  JSON.stringify(toFileUrl(`${ROOT}/cli.ts`).href)
});
  const status = await main(Deno.args);
  console.log(JSON.stringify({ status, count, compiled }));
`;

interface Bindings {
  readonly status: number;
  readonly count: number;
  readonly compiled: readonly string[];
  readonly output: readonly string[];
}

async function bindingsOf(args: readonly string[]): Promise<Bindings> {
  using folder = new TemporaryFolder();
  const script = folder.join("script.js");
  await Deno.writeTextFile(script, SCRIPT);
  const { stdout, stderr } = await execute(Deno.execPath(), [
    ...["run", "-A", "--no-check", ...denoFlags(), script, ...args],
  ]);
  const output = stdout.trimEnd().split("\n");
  const last = output.pop() ?? "";
  assert(last.startsWith("{"), stderr);
  return { ...JSON.parse(last), output };
}

const RUN = ["run", mul, "4xf32=1 2 3 4", "4xf32=2 2 2 2"];

Deno.test("iree run binds functions without compiling trampolines", async () => {
  const { status, count, compiled, output } = await bindingsOf(RUN);
  assertEquals([status, output.at(-1)], [0, "4xf32=2 4 6 8"]);
  assert(count > 20);
  assertEquals(compiled, []);
});

Deno.test("iree run --repeat compiles those of the functions that calls use", async () => {
  const { status, compiled } = await bindingsOf([...RUN, "--repeat=2"]);
  assertEquals(status, 0);
  assert(compiled.includes("iree_ffi_call_invoke"));
  assert(compiled.includes("iree_ffi_release"));
  assert(!compiled.includes("iree_ffi_context_create"), compiled.join());
});
