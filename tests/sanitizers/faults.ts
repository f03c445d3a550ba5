/**
 * Does on purpose what a sanitizer must see: `deno run -A faults.ts FAULT`.
 *
 * @module
 */

import { native } from "../../ffi/library/library.ts";
import { LIBRARY } from "../support.ts";

/** What can be done wrong. */
const FAULTS: Readonly<Record<string, () => void>> = {
  /** Nothing, for comparison. */
  none: () => native.iree_ffi_statistics(new BigUint64Array(4)),
  /** Memory from IREE's allocator that nobody has any more. */
  leak: () => {
    const { symbols } = Deno.dlopen(
      LIBRARY,
      {
        iree_allocator_libc_ctl: {
          parameters: ["pointer", "u32", "buffer", "buffer"],
          result: "pointer",
        },
      } as const,
    );
    // More than one, since an old register may still point to the last.
    for (let i = 0; i < 10; i++) {
      const size = new BigUint64Array([1000n]);
      symbols.iree_allocator_libc_ctl(null, 0, size, new BigUint64Array(1));
    }
  },
  /** Four numbers, where there is memory for one. */
  write: () => {
    const memory = new BigUint64Array(100);
    native.iree_ffi_statistics(memory.subarray(99));
  },
  /** A store of u64 to an address that is no multiple of 8. */
  undefined: () => {
    const bytes = new Uint8Array(1000);
    native.iree_ffi_statistics(
      bytes.subarray(1) as unknown as BigUint64Array<ArrayBuffer>,
    );
  },
};

FAULTS[Deno.args[0]]();
