import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { writeNpy } from "../../lib/npy/mod.ts";
import {
  denoFlags,
  execute,
  program,
  ROOT,
  TemporaryFolder,
  test,
  tool,
} from "../support.ts";

const large = await program("large_tensor.mlir");

/** Elements of a tensor of 256 MiB. */
const COUNT = 2 ** 26;

// Runs a command and prints its peak memory in KiB.
const PEAK = `
import os, sys
child = os.fork()
if child == 0:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.execvp(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
`;

async function peak(command: readonly string[], cwd: string): Promise<number> {
  const { code, stdout, stderr } = await execute(
    tool("python"),
    ["-c", PEAK, ...command],
    { cwd },
  );
  assertEquals(code, 0, stderr);
  return Number(stdout) * 1024;
}

/** The additional memory that a large tensor needs over a small one. */
async function growth(
  command: readonly string[],
  args: (count: number) => readonly string[],
  cwd: string,
): Promise<number> {
  const run = (count: number) =>
    peak([...command, `--module=${large}`, ...args(count)], cwd);
  return await run(COUNT) - await run(4);
}

const OURS: readonly string[] = [
  Deno.execPath(),
  ...["run", "-A", ...denoFlags(), join(ROOT, "cli.ts"), "run"],
];
const THEIRS: readonly string[] = [tool("iree-run-module")];

const WAYS: Readonly<Record<string, (count: number) => readonly string[]>> = {
  "an array of a file": (
    count,
  ) => ["--function=first", `--input=@${count}.npy`],
  "bytes of a file": (count) => [
    "--function=first",
    `--input=${count}xf32=@${count}.bin`,
  ],
  "a result to an array": (count) => [
    "--function=fill",
    `--input=${count}`,
    "--output=@out.npy",
  ],
  "a result to bytes": (count) => [
    "--function=fill",
    `--input=${count}`,
    "--output=@out.bin",
  ],
  "a result that is expected": (count) => [
    "--function=fill",
    `--input=${count}`,
    `--expected_output=@${count}.npy`,
  ],
};

test("iree run uses as much memory for files as iree-run-module, within a tenth", async () => {
  using folder = new TemporaryFolder();
  for (const count of [COUNT, 4]) {
    const data = new Float32Array(count).fill(1.5);
    writeNpy(folder.join(`${count}.npy`), data);
    const bytes = new Uint8Array(data.buffer);
    Deno.writeFileSync(folder.join(`${count}.bin`), bytes);
  }
  for (const [name, args] of Object.entries(WAYS)) {
    const ours = await growth(OURS, args, folder.path);
    const theirs = await growth(THEIRS, args, folder.path);
    assert(ours <= 1.1 * theirs, `${name}: ${ours} bytes, theirs ${theirs}`);
  }
});
