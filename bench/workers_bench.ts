import { benchGroup } from "./deno_bench.ts";
import { WORKERS } from "./workloads/workers.ts";

// Each call waits for messages to and from the workers.
await benchGroup("a call of each worker", WORKERS, [
  "workers_1",
  "workers_2",
  "workers_4",
]);
