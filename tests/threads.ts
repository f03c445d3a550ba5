/**
 * Threads of processes, which Linux lists.
 *
 * @module
 */

/**
 * Finds threads by name. A thread has its name some time after it started.
 *
 * @param start The beginning of their names.
 * @param pid Their process; by default this one.
 * @returns Their names.
 */
export function namedThreads(start: string, pid: number = Deno.pid): string[] {
  return [...Deno.readDirSync(`/proc/${pid}/task`)]
    .map(({ name }) => nameOf(`/proc/${pid}/task/${name}`))
    .filter((name) => name.startsWith(start));
}

/** A thread's name; empty if the thread has ended meanwhile. */
function nameOf(folder: string): string {
  try {
    return Deno.readTextFileSync(`${folder}/comm`).trimEnd();
  } catch {
    return "";
  }
}
