/**
 * A worker that is terminated while its calls run.
 *
 * @module
 */

import { type BufferView, load, type LoadedProgram } from "../../../mod.ts";

/** The worker's task. */
export interface CallingMessage {
  /** Path of the program `sync_work`. */
  readonly syncWork: string;
  /** Path of the program `async_work`. */
  readonly asyncWork: string;
  /** Number of turns of the loop. */
  readonly turns: number;
}

const scope = self as unknown as {
  onmessage: (event: MessageEvent<CallingMessage>) => void;
  postMessage(message: string): void;
};

function open(path: string): LoadedProgram {
  return load({ modules: [path], device: "local-task" });
}

scope.onmessage = ({ data: { syncWork, asyncWork, turns } }) => {
  open(syncWork).lookupFunction("loop").callAsync(turns);
  const fenced = open(asyncWork);
  fenced.lookupFunction("power").submit(new Float32Array(65536), 100);
  const accumulate = fenced.lookupFunction("accumulate");
  // Memory of another device, which calls use after the worker has ended.
  const foreign = open(syncWork).call("mul", [1, 2, 3, 4], [1, 1, 1, 1]);
  // More calls than Deno has threads to wait for them.
  for (let i = 0; i < 50; i++) accumulate.submit(foreign as BufferView);
  scope.postMessage("running");
};
