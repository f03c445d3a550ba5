import { runWorker } from "../../compiler/compile_worker.ts";
import {
  COMPILE_WORKER,
  registerWorker,
} from "../../compiler/worker_command.ts";
import { MEASURE_WORKER } from "../../tuning/measuring_child.ts";
import { runMeasuringWorker } from "../../tuning/measuring_worker.ts";

/** Argument of `iree compile` in the child processes of a bundle. */
const WORKER = "--iree-compile-worker";

registerWorker(["compile", WORKER]);

/** What the child processes do, by name. */
const WORK: Readonly<Record<string, (key: string) => Promise<void>>> = {
  [COMPILE_WORKER.name]: runWorker,
  [MEASURE_WORKER.name]: runMeasuringWorker,
};

/** Whether this process works for another one. */
export function isWorker(args: readonly string[]): boolean {
  return args[0] === WORKER;
}

/** Works for another process, until the end of stdin. */
export async function runAsWorker(args: readonly string[]): Promise<number> {
  const [, name = "", key = ""] = args;
  await WORK[name]?.(key);
  return 0;
}
