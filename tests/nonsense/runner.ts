/**
 * Runs the calls of this folder in processes of their own.
 *
 * @module
 */

import { findCompiler } from "../../lib/compiler/find_compiler.ts";
import { encodeNpy } from "../../lib/npy/mod.ts";
import { Instance, ParameterIndex } from "../../mod.ts";
import {
  denoFlags,
  execute,
  program,
  ROOT,
  sampleModule,
  TemporaryFolder,
  WITHOUT_LEAKS,
} from "../support.ts";
import { tiktokenFile } from "../tokenizer/made_tokenizers.ts";
import type { Fixtures } from "./things.ts";

/** What became of the calls. */
export interface Summary {
  /** What no call may do, and the end of the process before all were made. */
  readonly failures: readonly string[];
  /** How many calls were made. */
  readonly count: number;
}

/** Compiles what the calls need. */
export async function makeFixtures(): Promise<Fixtures> {
  return {
    program: await program("mul.mlir"),
    arithmetic: await program("arithmetic.mlir"),
    library: await sampleModule(),
    exportName: "create_custom_module",
    structures: await program("structures.mlir"),
    host: await program("host.mlir"),
    compiler: await findCompiler(),
  };
}

/** Which calls are made. */
export interface Selection {
  /** Pattern of the names of functions; left out, all. */
  readonly only?: string | undefined;
  /** Whether to make all calls, rather than a part. */
  readonly all?: boolean;
}

/**
 * Calls public functions with nonsense.
 *
 * @param selection Which calls.
 */
export function runNonsense(selection: Selection = {}): Promise<Summary> {
  return runProcess("process.ts", selection);
}

/**
 * Calls public functions while a prototype is changed.
 *
 * @param selection Which calls.
 */
export function runPolluted(selection: Selection = {}): Promise<Summary> {
  // Deno's own functions fail under some changes. A call on another thread is
  // kept then: it may run, and releasing it would be worse.
  return runProcess("polluted_process.ts", selection, WITHOUT_LEAKS);
}

async function runProcess(
  script: string,
  { only = "", all = false }: Selection,
  env: Readonly<Record<string, string>> = {},
): Promise<Summary> {
  const fixtures = await makeFixtures();
  using folder = new TemporaryFolder();
  Deno.writeFileSync(folder.join("array.npy"), encodeNpy(new Float32Array(2)));
  Deno.writeFileSync(folder.join("cl100k_base.tiktoken"), tiktokenFile());
  writeWeights(folder.join("weights.irpa"));
  const { code, stdout, stderr } = await execute(Deno.execPath(), [
    "run",
    "-A",
    ...denoFlags(),
    `${ROOT}/tests/nonsense/${script}`,
    JSON.stringify(fixtures),
    only,
    all ? "all" : "part",
  ], { cwd: folder.path, env });
  const lines = stdout.trimEnd().split("\n");
  const failures = lines.filter((line) => line.startsWith("failed "));
  const end = /^done (\d+)$/.exec(lines[lines.length - 1]);
  if (code !== 0 || end === null) {
    const last = lines.findLast((line) => line.startsWith("at "));
    failures.push(`ended with ${code} ${last}: ${stderr}`);
  }
  return { failures, count: Number(end?.[1] ?? 0) };
}

function writeWeights(path: string): void {
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  index.addData("file", new Uint8Array([1, 2, 3, 4]));
  index.writeArchive(path);
}
