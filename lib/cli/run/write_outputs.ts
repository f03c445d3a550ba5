import { type BufferView, type Instance, IreeError } from "../../../mod.ts";
import { writeFile } from "../common/write_file.ts";
import { asTensor } from "./as_tensor.ts";
import { makeNpyHeader } from "./npy_file.ts";
import type { Result, Results } from "./results.ts";

/**
 * Prints or writes results as `--output` specifies.
 *
 * @param results The results.
 * @param targets One text for each.
 * @param printResult Prints a result and its number.
 */
export async function writeOutputs(
  results: Results,
  targets: readonly string[],
  printResult: (result: Result, ordinal: number) => void,
): Promise<void> {
  const { items, instance } = results;
  if (targets.length !== items.length) {
    throw new IreeError(
      "OUT_OF_RANGE",
      `${targets.length} outputs specified but the provided variant list ` +
        `only has ${items.length} elements`,
    );
  }
  for (const [ordinal, result] of items.entries()) {
    const target = targets[ordinal] ?? "";
    if (target === "") continue;
    if (target === "-") {
      printResult(result, ordinal);
    } else {
      await writeResult(target, result, instance);
    }
  }
}

/** Prints lines that end with a line break. */
export function print(lines: string): void {
  if (lines !== "") console.log(lines.slice(0, -1));
}

async function writeResult(
  target: string,
  { value, type }: Result,
  instance: Instance,
): Promise<void> {
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
  const pieces = piecesOf(tensor, path.endsWith(".npy"));
  await writeFile(path, pieces, { append: target.startsWith("+") });
}

/** How much of a tensor is copied at a time. */
const PIECE_LENGTH = 2 ** 20;

function* piecesOf(
  tensor: BufferView,
  isNpy: boolean,
): Generator<Uint8Array<ArrayBuffer>> {
  if (isNpy) yield makeNpyHeader(tensor);
  const { byteLength } = tensor;
  const buffer = new Uint8Array(Math.min(PIECE_LENGTH, byteLength));
  for (let at = 0; at < byteLength; at += PIECE_LENGTH) {
    const piece = buffer.subarray(0, Math.min(PIECE_LENGTH, byteLength - at));
    tensor.readBytes(piece, at);
    yield piece;
  }
}
