import { createWatchdog } from "../../ffi/tooling.ts";
import { toInteger } from "../base/checks.ts";
import { describeNumber } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";

/** The longest supported time: about three years. */
const MAX_MILLISECONDS = 1e11;

/**
 * Ends the process after a time, unless disposed before. Calls of a program cannot
 * be interrupted and block the thread, so this is how a command line enforces a
 * deadline. Nothing is cleaned up: exit handlers of Deno and of modules do not
 * run.
 *
 * @example
 * ```ts
 * import { Instance } from "@iree/runtime";
 * import { Watchdog } from "@iree/runtime/tooling";
 *
 * using instance = Instance.open();
 * using watchdog = Watchdog.start(instance, 60_000, "took too long\n");
 * // … calls that should take less than a minute
 * ```
 */
export class Watchdog extends NativeObject {
  /**
   * Starts the watchdog.
   *
   * @param instance The instance.
   * @param milliseconds The time.
   * @param message Written to stderr when the time is over.
   * @param exitStatus The exit status of the process.
   */
  static start(
    instance: Instance,
    milliseconds: number,
    message: string,
    exitStatus = 1,
  ): Watchdog {
    const isTime = typeof milliseconds === "number" && milliseconds > 0 &&
      milliseconds <= MAX_MILLISECONDS;
    if (!isTime) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `milliseconds must be more than 0 and at most ${MAX_MILLISECONDS}, ` +
          `got ${describeNumber(milliseconds)}`,
      );
    }
    const status = toInteger("exitStatus", exitStatus, 0, 255);
    const handle = handleOf(instance);
    return new Watchdog(
      createWatchdog(handle, milliseconds, status, message),
    );
  }
}
