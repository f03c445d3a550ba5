import { created } from "../library/status.ts";
import { Handle } from "./handle.ts";
import type { Kind } from "./kind.ts";

/**
 * Takes ownership of an object that a function created, or throws the failure.
 *
 * @param kind Kind of the object.
 * @param pointer Pointer returned by the function.
 * @param instance The instance it belongs to; omitted for the instance itself.
 * @returns Its handle.
 */
export function own(
  kind: Kind,
  pointer: Deno.PointerValue,
  instance?: Handle,
): Handle {
  return new Handle(kind, created(pointer), instance);
}
