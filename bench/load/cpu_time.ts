/** Microseconds of a clock tick. */
const TICK = 10_000;

/** Microseconds of CPU time that a process and its threads have used. */
export async function cpuTimeOf(pid: number): Promise<number> {
  const text = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}
