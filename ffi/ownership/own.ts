import { created } from "../library/status.ts";
import { Handle } from "./handle.ts";
import type { Kind } from "./kind.ts";

/**
 * Owns an object that a function created, or throws why there is none.
 *
 * @param kind What it is.
 * @param pointer What the function returned.
 * @param instance The instance it belongs to; none for an instance itself.
 * @returns Its handle.
 */
export function own(
  kind: Kind,
  pointer: Deno.PointerValue,
  instance?: Handle,
): Handle {
  return new Handle(kind, created(pointer), instance);
}
