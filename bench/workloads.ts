import type { Workloads } from "./workload.ts";
import { CALLS } from "./workloads/calls.ts";
import { HOSTED } from "./workloads/hosted.ts";
import { LISTS } from "./workloads/lists.ts";
import { LOADING } from "./workloads/loading.ts";
import { MODELS } from "./workloads/models.ts";
import { TENSORS } from "./workloads/tensors.ts";
import { WORKERS } from "./workloads/workers.ts";

/** All workloads through the public API. */
export const WORKLOADS: Workloads = {
  ...CALLS,
  ...HOSTED,
  ...TENSORS,
  ...MODELS,
  ...LISTS,
  ...LOADING,
  ...WORKERS,
};
