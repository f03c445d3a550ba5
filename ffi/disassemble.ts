/**
 * Disassembly of programs, and what the CPU can do.
 *
 * @module
 */

import { toBigint } from "./base/intrinsics.ts";
import { type Bytes, bytesOf, lengthOf } from "./base/typed_array.ts";
import { native } from "./library/library.ts";
import { check, readRecord } from "./library/status.ts";

/** `IREE_FFI_ALL_FUNCTIONS` */
const ALL_FUNCTIONS = 0xffffffff;

/**
 * Disassembles functions of a program, which is verified first.
 *
 * @param source The program.
 * @param ordinal The function; `undefined` for all.
 * @param withOffsets Whether lines begin with offsets.
 * @returns The text of each function.
 */
export function disassembleProgram(
  source: Bytes,
  ordinal: number | undefined,
  withOffsets: boolean,
): string[] {
  const bytes = bytesOf(source, "a program");
  const reader = readRecord((buffer, capacity) =>
    native.iree_ffi_disassemble(
      bytes,
      toBigint(lengthOf(bytes)),
      ordinal ?? ALL_FUNCTIONS,
      withOffsets ? 1 : 0,
      buffer,
      capacity,
    )
  );
  return reader.list(() => reader.string());
}

/**
 * Throws INVALID_ARGUMENT if the FlatBuffer of a program is damaged.
 *
 * @param source The FlatBuffer, without its length prefix.
 */
export function verifyFlatbuffer(source: Bytes): void {
  const bytes = bytesOf(source, "a FlatBuffer");
  check(native.iree_ffi_flatbuffer_verify(bytes, toBigint(lengthOf(bytes))));
}

/** Returns LLVM's names of CPU features, and whether the CPU has them. */
export function readCpuFeatures(): [name: string, isPresent: boolean][] {
  const reader = readRecord((buffer, capacity) =>
    native.iree_ffi_cpu_features(buffer, capacity)
  );
  return reader.list(() => [reader.string(), reader.u32() !== 0]);
}
