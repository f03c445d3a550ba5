/**
 * Commits faults that a sanitizer must detect: `deno run -A faults.ts FAULT`.
 *
 * @module
 */

import { native } from "../../ffi/library/library.ts";
import { LIBRARY } from "../support.ts";

/** The faults. */
const FAULTS: Readonly<Record<string, () => void>> = {
  /** No fault, for comparison. */
  none: () => native.iree_ffi_statistics(new BigUint64Array(4)),
  /** Memory from IREE's allocator without any reference to it. */
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
    // Several, because a stale register may still point to the last one.
    for (let i = 0; i < 10; i++) {
      const size = new BigUint64Array([1000n]);
      symbols.iree_allocator_libc_ctl(null, 0, size, new BigUint64Array(1));
    }
  },
  /** Four numbers in memory for one. */
  write: () => {
    const memory = new BigUint64Array(100);
    native.iree_ffi_statistics(memory.subarray(99));
  },
  /** A store of u64 to an address that is not a multiple of 8. */
  undefined: () => {
    const bytes = new Uint8Array(1000);
    native.iree_ffi_statistics(
      bytes.subarray(1) as unknown as BigUint64Array<ArrayBuffer>,
    );
  },
};

FAULTS[Deno.args[0]]();
