import { buildFolder } from "./folder.ts";
import type { Runner, Workloads } from "./workload.ts";

/**
 * Defines a group of benchmarks. Those who run the same work elsewhere are in
 * `./dev bench`.
 *
 * @param group Name of the group.
 * @param workloads Where the workloads are.
 * @param names The workloads of the group; the first one is the baseline.
 */
export async function benchGroup(
  group: string,
  workloads: Workloads,
  names: readonly string[],
): Promise<void> {
  const folder = await buildFolder();
  for (const [ordinal, name] of names.entries()) {
    const runner = await workloads[name](folder);
    const baseline = ordinal === 0;
    const fn = benchmarkOf(runner);
    Deno.bench({ name, group, baseline, fn, ...repetitions() });
  }
}

function benchmarkOf(runner: Runner): Deno.BenchDefinition["fn"] {
  const { before } = runner;
  if (before !== undefined) {
    return (context) => {
      before();
      context.start();
      runner.run(1);
      context.end();
    };
  }
  // Only of what is declared asynchronous does Deno await the end.
  return runner.run(1) === undefined
    ? () => void runner.run(1)
    : async () => await runner.run(1);
}

/** How often Deno repeats it: as it likes, or for the tests once. */
function repetitions(): Pick<Deno.BenchDefinition, "n" | "warmup"> {
  return Deno.env.has("IREE_BENCH_ONCE") ? { n: 1, warmup: 0 } : {};
}
