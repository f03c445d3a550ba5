/**
 * The system's data about a process.
 *
 * @module
 */

/** Ticks per second of the times in `/proc`; the same on every Linux. */
const TICKS = 100;

/**
 * Seconds of CPU time of a process; on systems other than Linux, the current
 * time in seconds.
 *
 * @param pid The process.
 */
export function cpuSeconds(pid: number): number {
  if (Deno.build.os !== "linux") return performance.now() / 1000;
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // The name before the closing bracket may contain spaces.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return 0; // The process has ended.
  }
}

/**
 * Whether a process could continue on a free CPU: one of its threads runs, is
 * ready to run, or waits for the disk. False on systems other than Linux.
 *
 * @param pid The process.
 * @param others Whether to leave its first thread out, which asks about itself.
 */
export function isRunnable(pid: number, others: boolean = false): boolean {
  if (Deno.build.os !== "linux") return false;
  try {
    const threads = [...Deno.readDirSync(`/proc/${pid}/task`)];
    return threads.some(({ name }) => {
      if (others && name === `${pid}`) return false;
      const text = Deno.readTextFileSync(`/proc/${pid}/task/${name}/stat`);
      return /^[RD]/.test(text.slice(text.lastIndexOf(")") + 2));
    });
  } catch {
    return true; // The process or a thread of it has just ended.
  }
}
