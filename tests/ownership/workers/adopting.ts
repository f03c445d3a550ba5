/**
 * A worker, of either kind, that tries to import memory.
 *
 * @module
 */

import { parentPort } from "node:worker_threads";
import { pinMemory } from "../../../ffi/ownership/pinned_memory.ts";
import { BufferView, Device, Instance, IreeError } from "../../../mod.ts";

/** What became of it. */
export interface Attempt {
  /** Why the memory was not adopted. */
  refusal: string | undefined;
  /** The key that memory would have been kept under. */
  key: number;
}

function attempt(): Attempt {
  using instance = Instance.open();
  using device = Device.create(instance, "local-sync");
  const array = BufferView.alignedArray(instance, "f32", 4);
  let refusal: string | undefined;
  try {
    BufferView.import(device, array).dispose();
  } catch (error) {
    if (!(error instanceof IreeError)) throw error;
    refusal = `${error.code}: ${error.detail}`;
  }
  return { refusal, key: pinMemory(new ArrayBuffer(0)) };
}

// Only workers of Node have a port; only the others are a worker's scope.
const scope = globalThis as unknown as {
  postMessage(message: Attempt): void;
};
if (parentPort === null) scope.postMessage(attempt());
else parentPort.postMessage(attempt());
