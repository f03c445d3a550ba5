import type { FlagTable } from "../common/flags.ts";

const NO_GUIDE = ["`iree run --help` and the pages describe recordings"];
const NO_HIP = ["the HIP driver is not in this library"];

/**
 * Flags of `iree-run-module` for features that this build lacks. Their default
 * values are accepted, so that the flag file that `iree-run-module --help`
 * prints works.
 */
export const REFUSED_FLAGS: FlagTable = {
  agents_md: { kind: "refused", default: "false", help: NO_GUIDE },
  cuda_allow_inline_execution: {
    kind: "refused",
    default: "false",
    help: ["IREE's CUDA driver does not read it"],
  },
  cuda_tracing: {
    kind: "refused",
    default: "2",
    help: ["it needs a build with Tracy, which this library is not"],
  },
  cuda_default_index_from_mpi: {
    kind: "refused",
    default: "true",
    help: ["no environment variables are read; use --cuda_default_index"],
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
    help: ["failures end the command normally and never abort the process"],
  },
  task_topology_snapshot: {
    kind: "refused",
    default: "",
    help: ["the CPU topology is always this machine's"],
  },
};
