import type { FlagTable } from "../common/flags.ts";

const NO_REPLAY = ["the capture of replays is not in this library"];
const NO_CUDA = ["the CUDA driver is not in this library"];
const NO_HIP = ["the HIP driver is not in this library"];

/**
 * Flags of `iree-run-module` for what is not here. They are taken with the
 * values that they have by themselves, so that the flag file which
 * `iree-run-module --help` prints can be used.
 */
export const REFUSED_FLAGS: FlagTable = {
  agents_md: { kind: "refused", default: "false", help: NO_REPLAY },
  device_replay_output: { kind: "refused", default: "", help: NO_REPLAY },
  device_replay_file_policy: {
    kind: "refused",
    default: "reference",
    help: NO_REPLAY,
  },
  device_replay_file_validation: {
    kind: "refused",
    default: "identity",
    help: NO_REPLAY,
  },
  cuda_use_streams: { kind: "refused", default: "true", help: NO_CUDA },
  cuda_allow_inline_execution: {
    kind: "refused",
    default: "false",
    help: NO_CUDA,
  },
  cuda_async_allocations: { kind: "refused", default: "true", help: NO_CUDA },
  cuda_tracing: { kind: "refused", default: "2", help: NO_CUDA },
  cuda_default_index: { kind: "refused", default: "0", help: NO_CUDA },
  cuda_default_index_from_mpi: {
    kind: "refused",
    default: "true",
    help: NO_CUDA,
  },
  hip_dylib_path: { kind: "refused", help: NO_HIP },
  hip_use_streams: { kind: "refused", default: "true", help: NO_HIP },
  hip_allow_inline_execution: {
    kind: "refused",
    default: "false",
    help: NO_HIP,
  },
  hip_async_allocations: { kind: "refused", default: "true", help: NO_HIP },
  hip_async_caching: { kind: "refused", default: "true", help: NO_HIP },
  hip_tracing: { kind: "refused", default: "2", help: NO_HIP },
  hip_default_index: { kind: "refused", default: "0", help: NO_HIP },
  task_abort_on_failure: {
    kind: "refused",
    default: "false",
    help: ["a failure ends the command, and never the process by force"],
  },
  task_topology_snapshot: {
    kind: "refused",
    default: "",
    help: ["processors are those of this machine"],
  },
};
