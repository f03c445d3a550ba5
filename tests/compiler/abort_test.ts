import { assertEquals, assertRejects } from "@std/assert";
import { load } from "../../mod.ts";
import { Compiler } from "../../lib/compiler/mod.ts";
import { failureOf, test } from "../support.ts";
import { waitTurns } from "../waiting.ts";
import { COMPILER, SLOW, TWICE } from "./support.ts";

for (const isolate of [true, false]) {
  const where = isolate ? "in a child process" : "in this process";
  const options = { isolate, cache: false, library: COMPILER };

  test(`An aborted compile ${where} rejects with the signal's reason`, async () => {
    await using compiler = await Compiler.open(options);
    const reason = new Error("enough");
    const abortIn = async (phase: string | undefined) => {
      const { signal, abort } = controller(reason);
      if (phase === undefined) abort();
      const compile = compiler.compile(SLOW, {
        signal,
        onPhase: (it) => it === phase && abort(),
      });
      assertEquals(await assertRejects(() => compile), reason);
    };
    await abortIn(undefined);
    await abortIn("input");
    await abortIn("flow");
    // The compiler can be used further.
    using program = load(await compiler.compile(TWICE));
    assertEquals(program.twice(21), 42);
  });

  test(`The event loop turns during a phase of a compile ${where}`, async () => {
    await using compiler = await Compiler.open(options);
    let turns: Promise<void> | undefined;
    let phase: string | undefined;
    let phaseAfter: string | undefined;
    await compiler.compile(SLOW, {
      onPhase: (it) => {
        phase = it;
        if (it !== "executable-targets") return;
        turns = waitTurns().then(() => {
          phaseAfter = phase;
        });
      },
    });
    await turns;
    assertEquals(phaseAfter, "executable-targets");
  });
}

test("A compile whose child process is killed is reported", async () => {
  await using compiler = await Compiler.open({
    cache: false,
    library: COMPILER,
  });
  const compile = compiler.compile(SLOW, {
    onPhase: (phase) => phase === "flow" && killChild(),
  });
  assertEquals(
    (await failureOf(compile)).message,
    "INTERNAL: the compiler crashed (SIGKILL) in the phase 'flow' and printed " +
      "nothing",
  );
});

function controller(reason: Error) {
  const it = new AbortController();
  return { signal: it.signal, abort: () => it.abort(reason) };
}

/** Kills the child process of this one that compiles. */
function killChild(): void {
  for (const { name } of Deno.readDirSync("/proc")) {
    const pid = Number(name);
    if (Number.isInteger(pid) && isWorker(pid)) Deno.kill(pid, "SIGKILL");
  }
}

function isWorker(pid: number): boolean {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return status.includes(`\nPPid:\t${Deno.pid}\n`) &&
      Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes(
        "compile_worker.ts",
      );
  } catch {
    return false;
  }
}
