import { benchGroup } from "./deno_bench.ts";
import { MODELS } from "./workloads/models.ts";

await benchGroup("matmul of 512", MODELS, ["matmul_views", "matmul"]);
await benchGroup("convolutional network", MODELS, ["convnet"]);
