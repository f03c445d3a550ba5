import { benchGroup } from "./deno_bench.ts";
import { HOSTED } from "./workloads/hosted.ts";

await benchGroup("callbacks into TypeScript", HOSTED, [
  "host_scale",
  "pointer_scale",
  "host_double",
  "module_double",
]);
await benchGroup("tensors passed through TypeScript", HOSTED, [
  "host_pass_64KiB",
  "host_pass_64MiB",
  "module_pass_64MiB",
]);
await benchGroup("callbacks off the isolate's thread", HOSTED, [
  "host_scale_async",
  "host_scale_8_async",
]);
