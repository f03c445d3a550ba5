import { createWatchdog } from "../../ffi/tooling.ts";
import { IreeError } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { handleOf, NativeObject } from "../base/native_object.ts";

/** The longest time that is taken: about three years. */
const MAX_MILLISECONDS = 1e11;

/**
 * Ends the process after a time, unless it is disposed before. A call of a
 * program cannot be interrupted, nor can anything else run meanwhile; for a
 * command line this is the way to end in time nevertheless. Nothing is cleaned
 * up: what Deno or modules would do at the end of the process is not done.
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
   * Starts the time.
   *
   * @param instance The instance.
   * @param milliseconds The time.
   * @param message What is written to stderr at its end.
   * @param exitStatus How the process ends then.
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
        `a watchdog waits for more than 0 and up to ${MAX_MILLISECONDS} ` +
          `milliseconds, not ${String(milliseconds)}`,
      );
    }
    if (!(Number.isInteger(exitStatus) && (exitStatus & 255) === exitStatus)) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `an exit status is a whole number from 0 to 255, not ${exitStatus}`,
      );
    }
    const handle = handleOf(instance);
    return new Watchdog(
      createWatchdog(handle, milliseconds, exitStatus, message),
    );
  }
}
