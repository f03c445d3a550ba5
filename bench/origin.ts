import { runtime } from "../mod.ts";
import { mustRun, ROOT, tool } from "../tests/support.ts";
import { ONNX_PACKAGE } from "./contestants.ts";
import type { Origin } from "./result.ts";

/**
 * Describes the machine and the software of a run.
 *
 * @param load The machine's load before the run.
 * @param rounds Number of measurements per row.
 */
export async function describeOrigin(
  load: number,
  rounds: number,
): Promise<Origin> {
  return {
    date: new Date().toISOString(),
    commit: await commit(),
    machine: await machine(),
    versions: {
      Deno: Deno.version.deno,
      IREE: runtime.version().iree,
      "iree-base-runtime": await peerVersion(),
      "onnxruntime-node": ONNX_PACKAGE.split("@")[1],
    },
    load,
    rounds,
  };
}

async function commit(): Promise<string> {
  const options = { cwd: ROOT };
  try {
    const hash = await mustRun(
      "git",
      ["rev-parse", "--short", "HEAD"],
      options,
    );
    const changes = await mustRun("git", ["status", "--porcelain"], options);
    return hash.trim() + (changes === "" ? "" : "+");
  } catch {
    return "unknown";
  }
}

async function machine(): Promise<string> {
  const { os, arch } = Deno.build;
  const cores = `${navigator.hardwareConcurrency} cores`;
  const system = `${os} ${Deno.osRelease()}`;
  return [await processorName() ?? arch, cores, system].join(", ");
}

async function processorName(): Promise<string | undefined> {
  try {
    const text = await Deno.readTextFile("/proc/cpuinfo");
    return /^model name\s*: (.*)$/m.exec(text)?.[1].trim();
  } catch {
    return undefined;
  }
}

async function peerVersion(): Promise<string> {
  const script = "from importlib.metadata import version; " +
    "print(version('iree-base-runtime'))";
  return (await mustRun(tool("python"), ["-c", script])).trim();
}
