import type { CallBuffer } from "../../ffi/call.ts";
import type { Giver } from "../../ffi/ownership/producer.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";

/** A call that is being made: its native object and the values that cross. */
export interface PreparedCall {
  readonly handle: Handle;
  readonly arguments: CallBuffer;
  readonly results: CallBuffer;
  /** Calls that are to give the contents of its arguments. */
  givers: readonly Giver[];
}
