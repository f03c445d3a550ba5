import { benchGroup } from "./deno_bench.ts";
import { LOADING } from "./workloads/loading.ts";

await benchGroup("loading, mapped", LOADING, ["load_1MiB", "load_100MiB"]);
