import type { Listening } from "../../serve/mod.ts";
import type { CommandStatus } from "../common/command.ts";
import type { ServerLog } from "./log.ts";

/** Seconds that requests under way may take after a signal. */
const GRACE = 30;

/**
 * Waits for a signal that ends the server.
 *
 * @param resources Owns the listeners.
 * @returns The signal's name.
 */
export function nextSignal(resources: DisposableStack): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    // Windows has no SIGTERM.
    if (name === "SIGTERM" && Deno.build.os === "windows") continue;
    const listener = () => resolve(name);
    Deno.addSignalListener(name, listener);
    resources.defer(() => Deno.removeSignalListener(name, listener));
  }
  return promise;
}

/**
 * Closes the ports once their requests are answered.
 *
 * @param ports The ports.
 * @param name The signal's name, for the log.
 * @param grace Seconds that requests may take; `undefined` for the default.
 * @param log The log.
 */
export async function endPorts(
  ports: readonly Listening[],
  name: string,
  grace: number | undefined,
  log: ServerLog,
): Promise<CommandStatus> {
  const seconds = grace ?? GRACE;
  log.event(`ending on ${name}`);
  const wholes = await Promise.all(
    ports.map((it) => it.shutdown(1000 * seconds)),
  );
  if (wholes.every(Boolean)) {
    log.event("ended");
    return 0;
  }
  log.failure("ended early", `requests took longer than ${seconds} s`);
  return 1;
}
