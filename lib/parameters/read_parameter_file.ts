import { IreeError } from "../base/error.ts";
import { ownValue } from "../base/own_value.ts";
import { BinaryFile } from "../files/binary_file.ts";
import { withFile } from "../files/byte_source.ts";
import type { ParameterEntry } from "./entry.ts";
import { parseGguf } from "./gguf_file.ts";
import { parseIrpa } from "./irpa_format.ts";
import { parseSafetensors } from "./safetensors_format.ts";

const FORMATS: Readonly<
  Record<string, (file: BinaryFile) => ParameterEntry[]>
> = { irpa: parseIrpa, gguf: parseGguf, safetensors: parseSafetensors };

/**
 * Reads the parameter list of a file; its extension determines the format. The
 * program must be able to read the file. Does not read contents.
 *
 * @param path The file.
 * @param name Its name in entries and messages.
 * @returns Its parameters, in order.
 */
export function readParameterFile(
  path: string,
  name: string,
): ParameterEntry[] {
  const extension = /\.([^./\\]*)$/.exec(path)?.[1]?.toLowerCase() ?? "";
  const read = ownValue(FORMATS, extension);
  if (read === undefined) {
    throw new IreeError(
      "UNIMPLEMENTED",
      `'${name}': unsupported file format \`${extension}\``,
      {
        hint: "ensure the extension matches one of the supported formats: " +
          ".irpa, .gguf, .safetensors",
      },
    );
  }
  return withFile(
    path,
    (source) => read(new BinaryFile(name, source)),
  );
}
