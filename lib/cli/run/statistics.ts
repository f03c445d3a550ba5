import type { LoadedProgram } from "../../../mod.ts";

/**
 * Prints the statistics of a program's devices, after releasing its context: what
 * is still live has leaked.
 *
 * @param program The program; its functions must be disposed.
 */
export function printStatistics(program: LoadedProgram): void {
  const { context, devices } = program;
  context.dispose();
  for (const module of context.modules) module.dispose();
  for (const device of devices) {
    console.error(`Device: ${device.id}\n${device.formatStatistics()}`);
  }
}
