import { runWorker } from "../../compiler/worker.ts";
import { registerWorker } from "../../compiler/worker_command.ts";

/** Argument of `iree compile` in the child process of a bundle. */
const WORKER = "--iree-compile-worker";

registerWorker(["compile", WORKER]);

/** Whether this process is the child that compiles. */
export function isWorker(args: readonly string[]): boolean {
  return args[0] === WORKER;
}

/** Compiles the sources that arrive on stdin. */
export async function runAsWorker(args: readonly string[]): Promise<number> {
  await runWorker(args[1] ?? "");
  return 0;
}
