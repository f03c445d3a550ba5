import { describeHostCpu } from "./host_cpu.ts";
import { isForHost } from "./target.ts";

/** Changes when programs of the same key would differ. */
const KEY_VERSION = 1;

/** Everything that determines a program. */
export interface ProgramOrigin {
  /** The compiler's library. */
  readonly library: string;
  /** All flags of the compiler. */
  readonly flags: readonly string[];
  /** MLIR text or bytecode. */
  readonly source: Uint8Array<ArrayBuffer>;
}

/**
 * Returns the key of a program: a hash of everything that determines it.
 *
 * @param origin The sources of the key.
 * @returns The key; `undefined` if something cannot be read.
 */
export async function cacheKey(
  { library, flags, source }: ProgramOrigin,
): Promise<string | undefined> {
  const cpu = isForHost(flags) ? await describeHostCpu() : "";
  const compiler = await identify(library);
  if (cpu === undefined || compiler === undefined) return undefined;
  const files = await Promise.all(flags.map(hashNamedFile));
  const parts = [
    ...[KEY_VERSION, Deno.build.target, compiler, cpu, flags, files],
    await hash(source),
  ];
  return await hash(new TextEncoder().encode(JSON.stringify(parts)));
}

/** Identifies a compiler without opening it. */
async function identify(library: string): Promise<unknown> {
  try {
    const path = await Deno.realPath(library);
    const { size, mtime } = await Deno.stat(path);
    return [path, size, mtime?.getTime()];
  } catch {
    return undefined;
  }
}

/** Hashes a file that a flag names, such as a tuning specification. */
async function hashNamedFile(flag: string): Promise<string | undefined> {
  const path = /^--?[\w-]+=(.+)$/s.exec(flag)?.[1];
  if (path === undefined) return undefined;
  try {
    return (await Deno.stat(path)).isFile
      ? await hash(await Deno.readFile(path))
      : undefined;
  } catch {
    return undefined;
  }
}

async function hash(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
