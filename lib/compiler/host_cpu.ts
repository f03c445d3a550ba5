/** Name and features of this machine's CPU; `undefined` if unknown. */
let known: string | undefined;

/**
 * Describes this machine's CPU: its name and features.
 *
 * @returns The description; `undefined` where it cannot be read.
 */
export async function describeHostCpu(): Promise<string | undefined> {
  return known ??= await readHostCpu();
}

async function readHostCpu(): Promise<string | undefined> {
  try {
    if (Deno.build.os === "linux") {
      return describeLinux(await Deno.readTextFile("/proc/cpuinfo"));
    }
    const { cpus } = await import("node:os");
    return cpus()[0]?.model;
  } catch {
    // Without the permission, or in a container without it.
    return undefined;
  }
}

/** The lines that name the CPU and its features, on x86-64 and ARM. */
const LINES =
  /^(?:vendor_id|cpu family|model|model name|stepping|flags|CPU \w+|Features)\s*:.*$/gm;

/** Describes the first of `/proc/cpuinfo`. */
function describeLinux(text: string): string | undefined {
  const [first = ""] = text.split(/\n\s*\n/);
  return first.match(LINES)?.join("\n");
}
