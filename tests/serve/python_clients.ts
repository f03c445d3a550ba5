import { join } from "@std/path";
import { execute, mustRun, ROOT, tool } from "../support.ts";

/** What pip prints where it reaches no registry. */
const UNREACHABLE =
  /NewConnectionError|ConnectTimeout|NameResolution|Temporary failure in name|ProxyError|Network is unreachable|No matching distribution/;

/** Python with the clients of `requirements.txt`. */
export interface PythonClients {
  /** Its path; `undefined` where no registry can be reached. */
  readonly python: string | undefined;
  /** Why there is none. */
  readonly reason: string;
}

/**
 * Installs the clients into an environment of their own in the cache, as
 * `./dev` does with its tools.
 *
 * @param path The file of requirements: all packages, with what they need.
 */
export async function installClients(
  path = "tests/serve/requirements.txt",
): Promise<PythonClients> {
  const requirements = join(ROOT, path);
  const text = await Deno.readTextFile(requirements);
  const bytes = new TextEncoder().encode(text + Deno.build.target);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  const key = new Uint8Array(digest).toHex().slice(0, 20);
  const folder = join(Deno.env.get("IREE_DENO_CACHE")!, "clients", key);
  const python = join(folder, "bin/python");
  const stamp = join(folder, ".complete");
  if (await exists(stamp)) return { python, reason: "" };
  // No sanitizer in pip and what it starts.
  const env = { LD_PRELOAD: "" };
  await Deno.mkdir(folder, { recursive: true });
  // Another process of the tests may install at the same time.
  using lock = await Deno.open(join(folder, ".lock"), {
    create: true,
    write: true,
  });
  await lock.lock(true);
  if (await exists(stamp)) return { python, reason: "" };
  await mustRun(tool("python3"), ["-m", "venv", folder], { env });
  const { code, stderr } = await execute(
    python,
    [
      ...["-m", "pip", "install", "--disable-pip-version-check", "--no-input"],
      ...["--quiet", "--no-deps", "--retries=1", "-r", requirements],
    ],
    { env },
  );
  if (code === 0) {
    await Deno.writeTextFile(stamp, "");
    return { python, reason: "" };
  }
  if (UNREACHABLE.test(stderr)) return { python: undefined, reason: stderr };
  throw new Error(`pip install: exit ${code}\n${stderr}`);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}
