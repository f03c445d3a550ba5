import type { BinaryFile } from "../files/binary_file.ts";
import { NO_METADATA, type ParameterEntry } from "./entry.ts";

// A u64 with the length of a JSON object, the object, and the contents. The
// object has a tensor for each name; its offsets count from the object's end.

/** Name of what is no tensor. */
const METADATA_NAME = "__metadata__";

/**
 * Reads the entries of a safetensors file.
 *
 * @param file The file.
 * @returns The entries in their order.
 */
export function parseSafetensors(file: BinaryFile): ParameterEntry[] {
  const length = file.u64(0, "the length of the header");
  const start = 8 + length;
  const size = file.length - start;
  return Object.entries(parseHeader(file, length))
    .filter(([key]) => key !== METADATA_NAME)
    .map(([key, tensor]) => {
      const [begin, end] = readOffsets(file, key, tensor);
      if (begin > end || end > size) {
        throw file.corrupt(
          `tensor '${key}' has data offsets outside of the available data: ` +
            `from ${begin} to ${end} of ${size} bytes`,
        );
      }
      return {
        key,
        byteLength: end - begin,
        metadata: NO_METADATA,
        storage: "file",
        path: file.path,
        offset: start + begin,
      };
    });
}

function parseHeader(file: BinaryFile, length: number): object {
  const text = file.text(8, length, "the header");
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (cause) {
    throw file.corrupt(
      "its header is not JSON, so it is no safetensors",
      cause,
    );
  }
  if (typeof header === "object" && header !== null && !Array.isArray(header)) {
    return header;
  }
  throw file.corrupt("its header is no JSON object, so it is no safetensors");
}

function readOffsets(
  file: BinaryFile,
  key: string,
  tensor: unknown,
): readonly [number, number] {
  const { data_offsets: offsets } = Object(tensor);
  if (
    Array.isArray(offsets) && offsets.length === 2 && offsets.every(isOffset)
  ) {
    return [offsets[0], offsets[1]];
  }
  throw file.corrupt(
    `tensor '${key}' has no data_offsets, two whole numbers in an array`,
  );
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
