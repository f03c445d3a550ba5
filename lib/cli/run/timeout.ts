import type { Instance } from "../../../mod.ts";
import type { Watchdog } from "../../tooling/mod.ts";
import { formatError } from "../common/terminal.ts";

/**
 * Starts what ends the command after `--timeout`.
 *
 * @param instance The instance.
 * @param seconds The timeout.
 */
export async function startWatchdog(
  instance: Instance,
  seconds: number | undefined,
): Promise<Watchdog | undefined> {
  if (seconds === undefined) return undefined;
  const { Watchdog } = await import("../../tooling/mod.ts");
  const message = "DEADLINE_EXCEEDED: the command did not end within the " +
    `${seconds} s of --timeout`;
  return Watchdog.start(
    instance,
    1000 * seconds,
    `${formatError(message)}\n`,
  );
}
