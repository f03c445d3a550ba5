import { benchGroup } from "./deno_bench.ts";
import { MODELS } from "./workloads/models.ts";

await benchGroup("matmul of 512", MODELS, ["matmul_in_place", "matmul"]);
await benchGroup("convolutional network", MODELS, [
  "convnet_in_place",
  "convnet",
]);
