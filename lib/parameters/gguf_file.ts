import type { BinaryFile } from "../files/binary_file.ts";
import { NO_METADATA, type ParameterEntry } from "./entry.ts";
import { GgufReader, type GgufTensor, type GgufValue } from "./gguf_format.ts";
import { align } from "./irpa_format.ts";

const DEFAULT_ALIGNMENT = 32;

/**
 * Reads the entries of a GGUF file.
 *
 * @param file The file.
 * @returns The entries in order.
 */
export function parseGguf(file: BinaryFile): ParameterEntry[] {
  const reader = new GgufReader(file);
  const { tensorCount, pairCount } = reader.header();
  // Such a file has no contents, and may end before their alignment.
  if (tensorCount === 0) return [];
  let alignment = DEFAULT_ALIGNMENT;
  for (let i = 0; i < pairCount; i++) {
    alignment = reader.pair() ?? alignment;
  }
  const tensors: GgufTensor[] = [];
  for (let i = 0; i < tensorCount; i++) tensors.push(reader.tensor());
  const start = align(reader.at, alignment);
  const ends = tensors.map(({ offset }) => offset)
    .sort((left, right) => left - right);
  return tensors.map((tensor) => entryOf(file, tensor, start, ends));
}

/** A GGUF file with its metadata. */
export interface GgufModel {
  /** The metadata by key. */
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** The tensors in order, each with the entry for its contents. */
  readonly tensors: readonly {
    readonly tensor: GgufTensor;
    readonly entry: ParameterEntry;
  }[];
}

/**
 * Reads the metadata and the tensors of a GGUF file.
 *
 * @param file The file.
 */
export function parseGgufModel(file: BinaryFile): GgufModel {
  const reader = new GgufReader(file);
  const { tensorCount, pairCount } = reader.header();
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < pairCount; i++) {
    const [key, value] = reader.keyValue();
    metadata.set(key, value);
  }
  // Throws if the alignment or a tensor is wrong.
  const entries = parseGguf(file);
  const tensors: GgufTensor[] = [];
  for (let i = 0; i < tensorCount; i++) tensors.push(reader.tensor());
  return {
    metadata,
    tensors: tensors.map((tensor, at) => ({ tensor, entry: entries[at]! })),
  };
}

function entryOf(
  file: BinaryFile,
  { key, byteLength, offset, problem }: GgufTensor,
  start: number,
  offsets: readonly number[],
): ParameterEntry {
  const common = {
    key,
    metadata: NO_METADATA,
    path: file.path,
    offset: start + offset,
  };
  file.check(common.offset, byteLength ?? 0, `tensor '${key}'`);
  if (byteLength !== undefined && problem === undefined) {
    return { ...common, byteLength, storage: "file" };
  }
  return {
    ...common,
    byteLength: byteLength ?? roomOf(offset, offsets, file.length - start),
    storage: "unreadable",
    reason: problem ?? "unknown type",
  };
}

// Up to the next tensor, or the end of the file. Offsets are sorted.
function roomOf(
  offset: number,
  offsets: readonly number[],
  end: number,
): number {
  let [low, high] = [0, offsets.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (offsets[middle]! > offset) high = middle;
    else low = middle + 1;
  }
  return (offsets[low] ?? end) - offset;
}
