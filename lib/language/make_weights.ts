import { basename } from "@std/path/basename";
import { join } from "@std/path/join";
import { findCacheFolder } from "../../ffi/library/cache_folder.ts";
import type { Instance } from "../base/instance.ts";
import { ParameterIndex } from "../parameters/parameter_index.ts";
import { convertTensor } from "./convert_tensor.ts";
import { type WeightOptions, writeConverted } from "./converted_archive.ts";
import type { ModelSource } from "./model_source.ts";
import { planWeights, type WeightPlan } from "./weight_plan.ts";

/**
 * Makes the parameters of a model: those that programs can use in place are
 * mapped from the model's files, others are converted once, into the user's cache.
 *
 * @param instance The instance.
 * @param source The model.
 * @param options The element type, and how to report.
 * @returns The index, which the caller must dispose.
 */
export async function makeWeights(
  instance: Instance,
  source: ModelSource,
  options: WeightOptions,
): Promise<ParameterIndex> {
  const plan = planWeights(source, options.type);
  const index = ParameterIndex.create(instance);
  try {
    mapInPlace(instance, index, plan);
    if (plan.converted.length > 0) {
      await addConverted(index, source, plan, options);
    }
    return index;
  } catch (error) {
    index.dispose();
    throw error;
  }
}

function mapInPlace(
  instance: Instance,
  index: ParameterIndex,
  { mapped }: WeightPlan,
): void {
  for (const path of new Set(mapped.map(({ tensor }) => tensor.path))) {
    using file = ParameterIndex.fromFile(instance, path, { mode: "mmap" });
    for (const { key, tensor } of mapped) {
      if (tensor.path === path) index.addFrom(file, tensor.name, key);
    }
  }
}

async function addConverted(
  index: ParameterIndex,
  source: ModelSource,
  plan: WeightPlan,
  options: WeightOptions,
): Promise<void> {
  const folder = cacheFolder();
  if (folder !== undefined) {
    const path = join(
      folder,
      `${basename(source.path)}-${await plan.id()}.irpa`,
    );
    await writeConverted(path, plan, options);
    index.addFile(path, { mode: "mmap" });
    return;
  }
  for (const entry of plan.converted) {
    for (const { key, pieces } of convertTensor(entry)) {
      options.signal?.throwIfAborted();
      index.addData(key, joined(pieces));
    }
  }
}

function joined(pieces: Iterable<Uint8Array<ArrayBuffer>>): Uint8Array {
  const all = [...pieces];
  const bytes = new Uint8Array(
    all.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const piece of all) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

// Without permissions for the cache, weights are converted in memory.
function cacheFolder(): string | undefined {
  const { path } = findCacheFolder();
  if (path === undefined) return undefined;
  const folder = join(path, "models");
  const isAllowed = (["read", "write"] as const).every((name) =>
    Deno.permissions.querySync({ name, path: folder }).state === "granted"
  );
  return isAllowed ? folder : undefined;
}
