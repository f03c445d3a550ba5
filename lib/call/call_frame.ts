import type { CallBuffer } from "../../ffi/call.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import type { Producer } from "../../ffi/ownership/producer.ts";

/** A call in preparation: its native object, arguments and results. */
export interface CallFrame {
  readonly handle: Handle;
  readonly arguments: CallBuffer;
  readonly results: CallBuffer;
  /** Calls that will write the contents of its arguments. */
  producers: readonly Producer[];
}
