import { type Instance, IreeError, type Value } from "../../../mod.ts";
import { writeOutput } from "../../files/output_file.ts";
import { asTensor } from "./as_tensor.ts";
import { asFileError } from "./input_files.ts";
import type { InputType } from "./inputs.ts";
import { makeNpyFile } from "./npy_file.ts";
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
  const contents = tensor.toBytes();
  const bytes = path.endsWith(".npy")
    ? makeNpyFile(tensor, contents)
    : contents;
  try {
    const append = target.startsWith("+");
    writeOutput(path, (writeBytes) => writeBytes(bytes), { append });
  } catch (error) {
    throw asFileError(error, path);
  }
}
