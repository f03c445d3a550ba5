import { assert, assertEquals } from "@std/assert";
import { denoFlags, execute, program, ROOT } from "../support.ts";
import { runPolluted } from "./runner.ts";
import type { Programs } from "./pollution_calls.ts";

const programs: Programs = {
  mul: await program("mul.mlir"),
  arithmetic: await program("arithmetic.mlir"),
};

Deno.test("Changed prototypes cause errors, but no wrong results and no crashes", async () => {
  const { code, stdout, stderr } = await execute(Deno.execPath(), [
    "run",
    "-A",
    ...denoFlags(),
    `${ROOT}/tests/nonsense/pollution_process.ts`,
    JSON.stringify(programs),
  ]);
  const lines = stdout.trimEnd().split("\n");
  assertEquals(lines.filter((line) => line.startsWith("failed ")), []);
  const end = /^done (\d+)$/.exec(lines.at(-1)!);
  const last = lines.findLast((line) => line.startsWith("at "));
  assert(code === 0 && end !== null, `ended with ${code} ${last}: ${stderr}`);
  assert(Number(end[1]) > 10_000, `${end[1]} calls`);
});

Deno.test("No public function ends the process under a changed prototype", async () => {
  const { failures, count } = await runPolluted();
  assertEquals(failures, []);
  assert(count > 3000, `${count} calls`);
});
