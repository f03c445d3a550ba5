/**
 * A worker that calls `mul` of its own program.
 *
 * @module
 */

import type { Runner } from "../workload.ts";
import { TENSORS } from "./tensors.ts";
import type { WorkerOrder } from "./workers.ts";

declare const self: {
  onmessage: (event: MessageEvent<WorkerOrder>) => void;
  postMessage(message: null): void;
};

let runner: Runner | undefined;

self.onmessage = async ({ data }) => {
  if ("folder" in data) runner = await TENSORS.mul(data.folder);
  else await runner?.run(data.count);
  self.postMessage(null);
};
