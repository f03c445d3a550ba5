import { benchGroup } from "./deno_bench.ts";
import { LISTS } from "./workloads/lists.ts";

await benchGroup("lists", LISTS, ["list_1000", "list_10000", "list_100000"]);
