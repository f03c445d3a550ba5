/**
 * Crashes of LeakSanitizer's own thread, which reads the memory of threads that
 * it stopped. A few of a hundred thousand processes end so, with SIGABRT and
 * after their work. Nothing was checked then, so the process runs again.
 *
 * @module
 */

const CRASH = /^Tracer caught signal \d+/m;

/**
 * Takes the report of a process whose leak checker crashed.
 *
 * @param program Name of the program.
 * @param pid Its process.
 * @param options Its `ASAN_OPTIONS`.
 * @returns Whether there was one; it is removed.
 */
export async function takeCheckerCrash(
  program: string,
  pid: number,
  options: string | undefined,
): Promise<boolean> {
  const folder = reportFolder(options);
  if (folder === undefined) return false;
  const path = `${folder}/report.${program}.${pid}`;
  try {
    if (!CRASH.test(await Deno.readTextFile(path))) return false;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  await Deno.remove(path);
  return true;
}

/**
 * Returns the folder of the sanitizers' reports.
 *
 * @param options The process's `ASAN_OPTIONS`, of which the last one wins.
 */
export function reportFolder(options = ""): string | undefined {
  return /.*log_path=([^:]+)\/report/.exec(options)?.[1];
}
