import { describeNumber } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";

/**
 * The failure of a request that found the queue full. The same request can
 * succeed later.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { QueueFullError } from "@iree/runtime/serve";
 *
 * assertEquals(new QueueFullError(64).code, "RESOURCE_EXHAUSTED");
 * ```
 */
export class QueueFullError extends IreeError {
  /** Class name, also in workers and other realms. */
  override readonly name: string = "QueueFullError";

  /**
   * Creates the error.
   *
   * @param limit How many requests may wait.
   */
  constructor(limit: number) {
    super(
      "RESOURCE_EXHAUSTED",
      `the queue is full: ${describeNumber(limit)} requests wait`,
      { hint: "try again later, or raise maxQueue" },
    );
  }
}
