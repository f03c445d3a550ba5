/**
 * What the system tells of a process.
 *
 * @module
 */

/** Ticks in a second of the times in `/proc`; the same on every Linux. */
const TICKS = 100;

/**
 * Seconds that a process has worked; elsewhere than on Linux, where nobody
 * tells, the time.
 *
 * @param pid The process.
 */
export function cpuSeconds(pid: number): number {
  if (Deno.build.os !== "linux") return performance.now() / 1000;
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // The name before the closing bracket may hold spaces.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return 0; // It has ended.
  }
}

/**
 * Whether a process could go on if a processor were free: it has a thread that
 * runs, or is ready to, or waits for the disk. Elsewhere than on Linux it is
 * taken to wait.
 *
 * @param pid The process.
 */
export function isRunnable(pid: number): boolean {
  if (Deno.build.os !== "linux") return false;
  try {
    const threads = [...Deno.readDirSync(`/proc/${pid}/task`)];
    return threads.some(({ name }) => {
      const text = Deno.readTextFileSync(`/proc/${pid}/task/${name}/stat`);
      return /^[RD]/.test(text.slice(text.lastIndexOf(")") + 2));
    });
  } catch {
    return true; // It, or a thread, has just ended.
  }
}
