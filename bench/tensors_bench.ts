import { benchGroup } from "./deno_bench.ts";
import { TENSORS } from "./workloads/tensors.ts";

await benchGroup("mul(4xf32)", TENSORS, ["mul", "mul_new", "mul_reused"]);
await benchGroup("to the device, 64 MiB", TENSORS, ["upload", "upload_new"]);
await benchGroup("from the device, 64 MiB", TENSORS, [
  "download",
  "download_new",
]);
await benchGroup("imports", TENSORS, ["import_64KiB", "import_64MiB"]);
await benchGroup("views", TENSORS, ["map_64KiB", "map_64MiB"]);
