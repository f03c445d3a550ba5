import { assertEquals, assertStringIncludes } from "@std/assert";
import { load } from "../../mod.ts";
import { compile, Compiler, PHASES } from "../../lib/compiler/mod.ts";
import { failureOf, mustRun, TemporaryFolder, test, tool } from "../support.ts";
import { COMPILER, fixture, TWICE } from "./support.ts";

for (const isolate of [true, false]) {
  const where = isolate ? "in a child process" : "in this process";
  const options = { isolate, cache: false, library: COMPILER };

  test(`compile ${where} makes the same program as iree-compile`, async () => {
    using folder = new TemporaryFolder();
    const source = await Deno.readTextFile(fixture("mul.mlir"));
    const path = folder.join("source.mlir");
    await Deno.writeTextFile(path, source);
    const flags = [
      "--iree-hal-target-backends=llvm-cpu",
      "--iree-llvmcpu-target-cpu=host",
    ];
    const output = folder.join("peer.vmfb");
    const args = [...flags, "source.mlir", "-o", output];
    await mustRun(tool("iree-compile"), args, { cwd: folder.path });
    assertEquals(
      await compile(source, options),
      await Deno.readFile(output),
    );
  });

  test(`compile ${where} reports its phases in order`, async () => {
    const phases: string[] = [];
    const onPhase = (phase: string) => phases.push(phase);
    await compile(TWICE, { ...options, target: "vmvx", onPhase });
    assertEquals(phases, [...PHASES]);
  });
}

test("A source that cannot be downloaded is UNAVAILABLE", async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response("gone", { status: 410 }),
  );
  const url = new URL(`http://127.0.0.1:${server.addr.port}/source.mlir`);
  const attempt = () => failureOf(compile(url, { library: COMPILER }));
  const refused = await attempt();
  await server.shutdown();
  const unreachable = await attempt();
  for (const error of [refused, unreachable]) {
    assertEquals(error.code, "UNAVAILABLE");
    assertStringIncludes(error.message, `cannot download '${url}': `);
  }
});

test("A Compiler compiles several sources, also at the same time", async () => {
  await using compiler = await Compiler.open({
    library: COMPILER,
    cache: false,
  });
  const run = async (source: string) => {
    using program = load(await compiler.compile(source));
    return program.twice(21);
  };
  assertEquals(await run(TWICE), 42);
  const other = TWICE.replace("addi", "muli");
  assertEquals(await Promise.all([run(TWICE), run(other)]), [42, 441]);
});
