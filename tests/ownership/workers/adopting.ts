/**
 * A worker, of either kind, that tries to import memory.
 *
 * @module
 */

import { parentPort } from "node:worker_threads";
import { pinMemory } from "../../../ffi/ownership/pinned_memory.ts";
import { BufferView, Device, Instance, IreeError } from "../../../mod.ts";

/** The outcome. */
export interface Attempt {
  /** The reason why memory could not be imported. */
  refusal: string | undefined;
  /** The key that memory would have had. */
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

// Only Node workers have a port; only web workers have a worker scope.
const scope = globalThis as unknown as {
  postMessage(message: Attempt): void;
};
if (parentPort === null) scope.postMessage(attempt());
else parentPort.postMessage(attempt());
