import { dirname } from "@std/path/dirname";
import { IreeError } from "../base/error.ts";
import { NO_METADATA, type ParameterEntry } from "../parameters/entry.ts";
import { encodeArchiveHeader } from "../parameters/archive_header.ts";
import {
  type ArchiveLayout,
  layOutArchive,
} from "../parameters/archive_layout.ts";
import type { WeightType } from "./configuration.ts";
import { convertTensor } from "./convert_tensor.ts";
import type { ConvertedWeight, WeightPlan } from "./weight_plan.ts";

/** The length of an archive is a multiple of this, so that it can be mapped. */
const PAGE = 4096;

/** How far the conversion of weights is. */
export interface ConversionProgress {
  /** Bytes that are written. */
  readonly written: number;
  /** Bytes of all converted weights. */
  readonly total: number;
}

/** Options for the weights of a model. */
export interface WeightOptions {
  /** The element type of matrices. */
  readonly type: WeightType;
  /** Receives the progress of the conversion, if there is one. */
  readonly onProgress?: ((progress: ConversionProgress) => void) | undefined;
  /** Stops the conversion; the next one continues it. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes converted weights, unless they exist. They are first written under
 * another name, so that a file with the final name is complete. An interrupted
 * conversion is continued at the tensor that it was in.
 *
 * @param path The archive.
 * @param plan The weights.
 * @param options How to report.
 */
export async function writeConverted(
  path: string,
  plan: WeightPlan,
  options: WeightOptions,
): Promise<void> {
  const partial = `${path}.partial`;
  try {
    if (exists(path)) return;
    Deno.mkdirSync(dirname(path), { recursive: true });
    using file = Deno.openSync(partial, {
      read: true,
      write: true,
      create: true,
    });
    // Another process may convert the same model.
    await file.lock(true);
    if (exists(path)) return;
    await writeContents(file, plan, options);
    await file.sync();
    Deno.renameSync(partial, path);
  } catch (error) {
    if (options.signal?.aborted || error instanceof Deno.errors.NotCapable) {
      throw error;
    }
    if (error instanceof IreeError) {
      // Something is wrong with the model, so it cannot be continued.
      if (exists(partial)) Deno.removeSync(partial);
      throw error;
    }
    throw conversionFailure(path, error);
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function writeContents(
  file: Deno.FsFile,
  { converted }: WeightPlan,
  { onProgress, signal }: WeightOptions,
): Promise<void> {
  const layout = layOutArchive(converted.flatMap(entriesOf), {});
  const offsets = offsetsOf(layout);
  const header = encodeArchiveHeader(layout);
  const total = layout.storageLength;
  const done = file.seekSync(0, Deno.SeekMode.End);
  const rest = converted.filter((weight) => endOf(weight, offsets) > done);
  // The size is known before anything is written.
  const start = rest[0] && offsets.get(rest[0].key)!;
  if (start !== undefined) {
    onProgress?.({ written: start - layout.storageOffset, total });
  }
  writeAll(file, 0, header);
  for (const weight of rest) {
    for (const { key, pieces } of convertTensor(weight)) {
      let at = offsets.get(key)!;
      for (const piece of pieces) {
        signal?.throwIfAborted();
        writeAll(file, at, piece);
        at += piece.length;
        onProgress?.({ written: at - layout.storageOffset, total });
        // Between pieces the event loop runs.
        await new Promise((resolve) => setTimeout(resolve));
      }
    }
  }
  const length = layout.storageOffset + total;
  file.truncateSync(Math.ceil(length / PAGE) * PAGE);
}

function entriesOf(
  { key, byteLength, scales }: ConvertedWeight,
): ParameterEntry[] {
  const places = [{ key, byteLength }, ...scales === undefined ? [] : [scales]];
  return places.map((place): ParameterEntry => ({
    ...place,
    metadata: NO_METADATA,
    storage: "file",
    offset: 0,
  }));
}

function offsetsOf(layout: ArchiveLayout): ReadonlyMap<string, number> {
  return new Map(
    layout.placed.map(({ entry, offset }) =>
      [entry.key, layout.storageOffset + offset] as const
    ),
  );
}

function endOf(
  weight: ConvertedWeight,
  offsets: ReadonlyMap<string, number>,
): number {
  const { key, byteLength } = weight.scales ?? weight;
  return offsets.get(key)! + byteLength;
}

function writeAll(
  file: Deno.FsFile,
  offset: number,
  bytes: Uint8Array<ArrayBuffer>,
): void {
  file.seekSync(offset, Deno.SeekMode.Start);
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

function conversionFailure(path: string, cause: unknown): IreeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new IreeError(
    "UNAVAILABLE",
    `cannot write converted weights to '${path}': ${reason}`,
    { cause, hint: "free space there; the next attempt continues" },
  );
}
