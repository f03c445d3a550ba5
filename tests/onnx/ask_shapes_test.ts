import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { load } from "../../mod.ts";
import {
  DENO_DIR,
  denoFlags,
  execute,
  ROOT,
  TemporaryFolder,
  tool,
} from "../support.ts";
import { testWithImporter, writeModels } from "./support.ts";

const models = await writeModels();
globalThis.addEventListener("unload", () => models[Symbol.dispose]());

const INPUT = "onnx::Shape_422";
const QUESTION = "Its shape, or nothing to keep it:";

/** A folder for a program, which is also the user's cache. */
class Work extends TemporaryFolder {
  /**
   * Runs `iree compile` on a terminal.
   *
   * @param answers The answers to its questions.
   * @param flags Its flags.
   * @param redirection Redirections of a shell.
   * @returns What it prints to the terminal.
   */
  async compile(
    answers: readonly string[],
    flags: readonly string[] = [],
    redirection = "",
  ): Promise<string> {
    const { code, stdout, stderr } = await execute(tool("python3"), [
      ...[join(ROOT, "tests/terminal.py"), QUESTION, JSON.stringify(answers)],
      ...["sh", "-c", `exec "$@" ${redirection}`, "sh"],
      ...[Deno.execPath(), "run", "-A", ...denoFlags(), join(ROOT, "cli.ts")],
      ...["compile", models.join("names.onnx"), "--output=names.vmfb"],
      ...["--target=generic", ...flags],
    ], {
      cwd: this.path,
      env: { DENO_DIR, XDG_CACHE_HOME: this.path, NO_COLOR: "1" },
    });
    assertEquals([code, stderr], [0, ""], stdout);
    return stdout;
  }

  /** The shape of the program's first input. */
  shape(): unknown {
    using program = load(this.join("names.vmfb"));
    return program.inputs[0]?.shape;
  }
}

testWithImporter(
  "On a terminal, iree compile asks for shapes that are dynamic",
  async () => {
    using work = new Work();
    const printed = await work.compile(["8x4"]);
    assertMatch(printed, /Input 'onnx::Shape_422' is \?x4\. Programs of fixed/);
    assertEquals(work.shape(), [8, 4]);
  },
);

testWithImporter(
  "A wrong answer is asked again, and no answer keeps the shape",
  async () => {
    using work = new Work();
    const printed = await work.compile(["8,4", "8x5", "4", ""]);
    assertMatch(printed, /8,4[^]*must be sizes such as \?x4, got '8,4'/);
    assertMatch(printed, /8x5[^]*must be sizes such as \?x4, got '8x5'/);
    assertMatch(printed, /got '4'[^]*Its shape/);
    assertEquals(work.shape(), [null, 4]);
  },
);

testWithImporter(
  "iree compile never asks without a terminal, for JSON, or for a given shape",
  async () => {
    using work = new Work();
    for (
      const [flags, redirection] of [
        [[], "< /dev/null"],
        [[], "> printed"],
        [["--json"], ""],
        [[`--shape=${INPUT}=?x4`], ""],
      ] as const
    ) {
      const printed = await work.compile([], flags, redirection);
      assert(!printed.includes("Its shape"), printed);
      assertEquals(work.shape(), [null, 4]);
    }
  },
);
