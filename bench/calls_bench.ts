import { benchGroup } from "./deno_bench.ts";
import { CALLS } from "./workloads/calls.ts";

await benchGroup("calls of scalars", CALLS, ["add", "mixed", "module"]);
