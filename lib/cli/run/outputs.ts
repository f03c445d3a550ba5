import {
  type BufferView,
  type Instance,
  IreeError,
  type Value,
} from "../../../mod.ts";
import { writeOutput } from "../../files/output_file.ts";
import { asTensor } from "./as_tensor.ts";
import { asFileError } from "./file_error.ts";
import type { InputType } from "./inputs.ts";
import { makeNpyHeader } from "./npy_file.ts";
import type { Results } from "./results.ts";

/**
 * Does with results what `--output` says.
 *
 * @param results The results.
 * @param targets One text for each.
 * @param printResult Prints a result by its number.
 */
export function writeOutputs(
  results: Results,
  targets: readonly string[],
  printResult: (ordinal: number) => void,
): void {
  const { values, types, instance } = results;
  if (targets.length !== values.length) {
    throw new IreeError(
      "OUT_OF_RANGE",
      `${targets.length} outputs specified but the provided variant list ` +
        `only has ${values.length} elements`,
    );
  }
  for (const [ordinal, target] of targets.entries()) {
    if (target === "") continue;
    if (target === "-") {
      printResult(ordinal);
    } else {
      writeFile(target, values[ordinal], types[ordinal], instance);
    }
  }
}

/** Prints lines that end with a line break. */
export function print(lines: string): void {
  if (lines !== "") console.log(lines.slice(0, -1));
}

function writeFile(
  target: string,
  value: Value,
  type: InputType,
  instance: Instance,
): void {
  if (!/^[@+]/.test(target)) {
    throw new IreeError(
      "UNIMPLEMENTED",
      `unsupported output mode specification '${target}'`,
      { hint: "write @file to write a file, +file to append to one" },
    );
  }
  using stack = new DisposableStack();
  const tensor = asTensor(value, type, instance, stack);
  const path = target.slice(1);
  const header = path.endsWith(".npy")
    ? makeNpyHeader(tensor)
    : new Uint8Array();
  try {
    const append = target.startsWith("+");
    writeOutput(path, (writeBytes) => {
      writeBytes(header);
      writeContents(tensor, writeBytes);
    }, { append });
  } catch (error) {
    throw error instanceof IreeError ? error : asFileError(error, path);
  }
}

/** How much of a tensor is in memory at once, besides the tensor. */
const PIECE_LENGTH = 2 ** 20;

function writeContents(
  tensor: BufferView,
  writeBytes: (bytes: Uint8Array<ArrayBuffer>) => void,
): void {
  const { byteLength } = tensor;
  const buffer = new Uint8Array(Math.min(PIECE_LENGTH, byteLength));
  for (let at = 0; at < byteLength; at += PIECE_LENGTH) {
    const piece = buffer.subarray(0, Math.min(PIECE_LENGTH, byteLength - at));
    tensor.readBytes(piece, at);
    writeBytes(piece);
  }
}
