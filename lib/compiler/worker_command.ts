import { IreeError } from "../base/error.ts";

/** Whether this module is source code, with the worker's script beside it. */
const isSource = import.meta.url.endsWith(".ts") && !Deno.build.standalone;

let ownWorker: readonly string[] | undefined;

/**
 * Registers that the main program runs `runWorker` for these arguments, as the
 * command line does when it is bundled.
 *
 * @param args The arguments; the key of the messages follows.
 */
export function registerWorker(args: readonly string[]): void {
  ownWorker = args;
}

/** Whether a child process can compile. */
export function canIsolate(): boolean {
  return isSource || ownWorker !== undefined;
}

/** Arguments for Deno, or for a standalone binary, that start a worker. */
export function workerArguments(key: string): string[] {
  const flags = ["run", "--quiet", "--no-config", "--no-prompt", "--allow-ffi"];
  if (isSource) {
    return [...flags, new URL("worker.ts", import.meta.url).href, key];
  }
  if (ownWorker === undefined) {
    throw new IreeError(
      "FAILED_PRECONDITION",
      "isolate must be false in a bundled or standalone program, which " +
        "contains no script for a child process",
    );
  }
  return Deno.build.standalone
    ? [...ownWorker, key]
    : [...flags, Deno.mainModule, ...ownWorker, key];
}
