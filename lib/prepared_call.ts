import type { CallBuffer } from "../ffi/call.ts";
import type { Handle } from "../ffi/handle.ts";

/** A call that is being made: its native object and the values that cross. */
export interface PreparedCall {
  readonly handle: Handle;
  readonly arguments: CallBuffer;
  readonly results: CallBuffer;
}
