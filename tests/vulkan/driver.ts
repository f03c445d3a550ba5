import { join } from "@std/path";
import { execute, ROOT } from "../support.ts";

/** Mesa's Vulkan driver for CPUs. */
export interface Lavapipe {
  /** Its folder in the cache. */
  readonly folder: string;
  /** The environment of a process that uses it. */
  readonly env: Readonly<Record<string, string>>;
  /** Why it is not there. */
  readonly ignore: string | undefined;
}

/** Downloads the driver, or finds it in the cache. */
export async function findLavapipe(): Promise<Lavapipe> {
  const { code, stdout, stderr } = await execute(
    join(ROOT, "tests/vulkan/lavapipe"),
    [Deno.env.get("IREE_DENO_CACHE")!],
  );
  const folder = stdout.trim();
  // The system's loader reads this variable only when a process starts.
  const inherited = Deno.env.get("LD_LIBRARY_PATH");
  const path = [
    join(folder, "lib"),
    join(folder, "loader"),
    ...(inherited ? [inherited] : []),
  ];
  return {
    folder,
    env: {
      LD_LIBRARY_PATH: path.join(":"),
      VK_ICD_FILENAMES: join(folder, "icd.json"),
    },
    ignore: code === 0 ? undefined : stderr.trim(),
  };
}

/** Finds the driver, and says so where tests are left out without it. */
export async function lavapipeForTests(): Promise<Lavapipe> {
  const lavapipe = await findLavapipe();
  if (lavapipe.ignore !== undefined) {
    console.log(`The tests of Vulkan are left out: ${lavapipe.ignore}`);
  }
  return lavapipe;
}
