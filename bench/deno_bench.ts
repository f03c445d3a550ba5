import { buildFolder } from "./folder.ts";
import type { Runner, Workloads } from "./workload.ts";

/**
 * Defines a group of benchmarks. `./dev bench` compares them with other
 * contestants.
 *
 * @param group Name of the group.
 * @param workloads The workloads by name.
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
  // Deno awaits only functions that are declared async.
  return runner.run(1) === undefined
    ? () => void runner.run(1)
    : async () => await runner.run(1);
}

/** Deno chooses the number of runs; the tests run each benchmark once. */
function repetitions(): Pick<Deno.BenchDefinition, "n" | "warmup"> {
  return Deno.env.has("IREE_BENCH_ONCE") ? { n: 1, warmup: 0 } : {};
}
