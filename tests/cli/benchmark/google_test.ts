// How benchmarks are run and reported like Google's library does, over a clock
// that the tests move.

import { assert, assertEquals } from "@std/assert";
import { ConsoleReporter } from "../../../lib/cli/benchmark/google/console.ts";
import { CsvReporter } from "../../../lib/cli/benchmark/google/csv.ts";
import { JsonReporter } from "../../../lib/cli/benchmark/google/json.ts";
import type { MachineContext } from "../../../lib/cli/benchmark/google/machine.ts";
import { formatMachine } from "../../../lib/cli/benchmark/google/machine.ts";
import {
  general,
  humanReadable,
  scientific,
} from "../../../lib/cli/common/c_number_text.ts";
import type { Run } from "../../../lib/cli/benchmark/google/run.ts";
import {
  type Benchmark,
  runBenchmarks,
  type RunnerOptions,
} from "../../../lib/cli/benchmark/google/runner.ts";
import { FakeClock } from "../../benchmark/fake_clock.ts";

const MACHINE: MachineContext = {
  date: "2026-01-02T03:04:05+00:00",
  hostName: "host",
  executable: "iree benchmark",
  cpuCount: 4,
  megahertz: 2445.4,
  isScaling: true,
  caches: [{ type: "Data", level: 1, byteLength: 32768, sharing: 2 }],
  loadAverage: [1.5, 2, 0.25],
  version: "1.2.3",
  custom: { commit: "abc" },
};

async function run(
  benchmarks: readonly Benchmark[],
  options: Partial<RunnerOptions> & Pick<RunnerOptions, "clock">,
): Promise<{ runs: Run[]; failure: unknown }> {
  const runs: Run[] = [];
  const failure = await runBenchmarks(benchmarks, {
    effort: { seconds: 0.5 },
    warmUpSeconds: 0,
    repetitions: 1,
    isShuffled: false,
    random: () => 0,
    ...options,
  }, (more) => runs.push(...more));
  return { runs, failure };
}

function fixed(
  clock: FakeClock,
  name: string,
  milliseconds: number,
  batchSize = 1,
): Benchmark & { readonly counts: number[] } {
  const counts: number[] = [];
  return {
    name,
    batchSize,
    unit: "ms",
    counts,
    run: (count) => {
      counts.push(count);
      clock.advance(count * milliseconds);
    },
  };
}

Deno.test("The number of iterations grows until they take long enough", async () => {
  const clock = new FakeClock();
  const benchmark = fixed(clock, "one", 1);
  const { runs } = await run([benchmark], { clock });
  // Ten times as many while runs are too short to tell, then 1.4 times what the
  // time needs.
  assertEquals(benchmark.counts, [1, 10, 100, 700]);
  assertEquals(runs[0].iterations, 700);
  assertEquals(runs[0].real.toFixed(6), "0.001000");
  assertEquals(runs[0].cpu.toFixed(6), "0.002000");
  assertEquals(runs[0].counters.items_per_second.toFixed(3), "1000.000");
});

Deno.test("All repetitions have as many iterations as the first", async () => {
  const clock = new FakeClock();
  const benchmark = fixed(clock, "one", 100);
  const { runs } = await run([benchmark], { clock, repetitions: 3 });
  assertEquals(benchmark.counts, [1, 7, 7, 7]);
  assertEquals(
    runs.map(({ repetition, aggregate }) => aggregate?.name ?? repetition),
    [0, 1, 2, "mean", "median", "stddev", "cv"],
  );
  assertEquals(runs.slice(3).map(({ iterations }) => iterations), [3, 3, 3, 3]);
  assertEquals(runs[3].real.toFixed(6), "0.100000");
  assertEquals(runs[6].real, 0);
});

Deno.test("A given number of iterations is rounded up to whole batches", async () => {
  const clock = new FakeClock();
  const benchmark = fixed(clock, "batches", 8, 4);
  const effort = { iterations: 6 };
  const { runs } = await run([benchmark], { clock, effort });
  assertEquals([benchmark.counts, runs[0].iterations], [[2], 8]);
  assertEquals(runs[0].real, 0.002);
});

Deno.test("A warm-up comes before the first repetition only", async () => {
  const clock = new FakeClock();
  const benchmark = fixed(clock, "one", 1000);
  await run([benchmark], {
    clock,
    warmUpSeconds: 2,
    repetitions: 2,
    effort: { iterations: 5 },
  });
  assertEquals(benchmark.counts, [1, 3, 5, 5]);
});

Deno.test("After a failure, other benchmarks are not run", async () => {
  const clock = new FakeClock();
  const error = new Error("INTERNAL: broken\nwith a hint");
  const broken: Benchmark = {
    ...fixed(clock, "broken", 1),
    run: () => {
      throw error;
    },
  };
  const other = fixed(clock, "other", 1);
  const { runs, failure } = await run([broken, other], { clock });
  assertEquals(failure, error);
  assertEquals(other.counts, []);
  assertEquals(runs.map(({ error }) => error), [
    "INTERNAL: broken",
    "an earlier benchmark or capture failed",
  ]);
});

Deno.test("Repetitions are shuffled, and each benchmark is reported whole", async () => {
  const clock = new FakeClock();
  const [one, two] = [fixed(clock, "one", 1), fixed(clock, "two", 1)];
  const { runs } = await run([one, two], {
    clock,
    repetitions: 2,
    isShuffled: true,
    effort: { iterations: 1 },
  });
  assertEquals(runs.length, 12);
  assertEquals(new Set(runs.slice(0, 6).map(({ name }) => name)).size, 1);
});

Deno.test("Dispatched functions follow their benchmark", async () => {
  const clock = new FakeClock();
  const benchmark: Benchmark = {
    ...fixed(clock, "BM_f/process_time/real_time", 1),
    profile: (batches) =>
      Promise.resolve([{
        name: "f_dispatch_0",
        calls: 2,
        percent: 100,
        real: 0.0005,
        cpu: 0.001,
        iterations: batches,
      }]),
  };
  const effort = { iterations: 3 };
  const { runs } = await run([benchmark], { clock, effort });
  assertEquals(runs[1].name, "BM_f/f_dispatch_0");
  assertEquals(runs[1].counters, { calls: 2, percent: 100 });
  const text = new ConsoleReporter({ color: false, tabular: false })
    .report([runs[1]]);
  assert(text.includes("calls=2 percent=100"), text);
});

Deno.test("The console's table is Google Benchmark's, byte for byte", async () => {
  const clock = new FakeClock();
  const names = ["BM_add/process_time/real_time"];
  const { runs } = await run([fixed(clock, names[0], 0.0301)], {
    clock,
    repetitions: 2,
    effort: { iterations: 4 },
  });
  const reporter = new ConsoleReporter({ color: false, tabular: false });
  const begin = reporter.begin({
    names,
    hasAggregates: true,
    context: MACHINE,
  });
  // As iree-benchmark-module prints it.
  const line = "-".repeat(95);
  const spread = humanReadable(runs[4].counters.items_per_second);
  assertEquals(
    begin + reporter.report(runs),
    `${line}
Benchmark                                     Time             CPU   Iterations UserCounters...
${line}
BM_add/process_time/real_time             0.030 ms        0.060 ms            4 items_per_second=33.2226k/s
BM_add/process_time/real_time             0.030 ms        0.060 ms            4 items_per_second=33.2226k/s
BM_add/process_time/real_time_mean        0.030 ms        0.060 ms            2 items_per_second=33.2226k/s
BM_add/process_time/real_time_median      0.030 ms        0.060 ms            2 items_per_second=33.2226k/s
BM_add/process_time/real_time_stddev      0.000 ms        0.000 ms            2 items_per_second=${spread}/s
BM_add/process_time/real_time_cv           0.00 %          0.00 %             2 items_per_second=0.00%
`,
  );
});

Deno.test("Colors and columns are Google Benchmark's", async () => {
  const clock = new FakeClock();
  const { runs } = await run([fixed(clock, "BM_f", 1)], {
    clock,
    effort: { iterations: 1 },
  });
  const colored = new ConsoleReporter({ color: true, tabular: false });
  assertEquals(
    colored.report(runs).split("\n")[3],
    "\x1b[0;32mBM_f       \x1b[m\x1b[0;33m      1.00 ms         2.00 ms   " +
      "\x1b[m\x1b[0;36m         1\x1b[m items_per_second=1k/s\x1b[m",
  );
  const tabular = new ConsoleReporter({ color: false, tabular: true });
  assertEquals(tabular.report(runs).split("\n").slice(1), [
    "Benchmark           Time             CPU   Iterations items_per_second",
    "-".repeat(70),
    "BM_f             1.00 ms         2.00 ms            1             1k/s",
    "",
  ]);
});

Deno.test("The JSON has what compare.py reads", async () => {
  const clock = new FakeClock();
  const { runs } = await run([fixed(clock, 'BM_"f"', 1)], {
    clock,
    repetitions: 2,
    effort: { iterations: 1 },
  });
  const reporter = new JsonReporter();
  const json = JSON.parse(
    reporter.begin({ names: [], hasAggregates: true, context: MACHINE }) +
      reporter.report(runs) + reporter.end(),
  );
  assertEquals(json.context.num_cpus, 4);
  assertEquals(json.context.commit, "abc");
  assertEquals(json.context.caches[0].num_sharing, 2);
  const [first, , mean] = json.benchmarks;
  assertEquals(first, {
    name: 'BM_"f"',
    family_index: 0,
    per_family_instance_index: 0,
    run_name: 'BM_"f"',
    run_type: "iteration",
    repetitions: 2,
    repetition_index: 0,
    threads: 1,
    iterations: 1,
    real_time: 1,
    cpu_time: 2,
    time_unit: "ms",
    items_per_second: 1000,
  });
  assertEquals(
    [mean.name, mean.run_name, mean.run_type],
    ['BM_"f"_mean', 'BM_"f"', "aggregate"],
  );
  assertEquals([mean.aggregate_name, mean.aggregate_unit], ["mean", "time"]);
});

Deno.test("The CSV has its columns and quotes", async () => {
  const clock = new FakeClock();
  const { runs } = await run([fixed(clock, 'BM_"f"', 1.25)], {
    clock,
    effort: { iterations: 1 },
  });
  const error = { ...runs[0], error: 'a "b"' };
  assertEquals(
    new CsvReporter().report([runs[0], error]),
    "name,iterations,real_time,cpu_time,time_unit,bytes_per_second," +
      "items_per_second,label,error_occurred,error_message\n" +
      '"BM_""f""",1,1.25,2.5,ms,,800,,,\n' +
      '"BM_""f""",,,,,,,,true,"a ""b"""\n',
  );
});

Deno.test("The machine is described as Google Benchmark does", () => {
  assertEquals(
    formatMachine(MACHINE),
    `2026-01-02T03:04:05+00:00
Running iree benchmark
Run on (4 X 2445.4 MHz CPU s)
CPU Caches:
  L1 Data 32 KiB (x2)
Load Average: 1.50, 2.00, 0.25
commit: abc
***WARNING*** CPU scaling is enabled, the benchmark real time measurements may be noisy and will incur extra overhead.`,
  );
});

Deno.test("Numbers are formatted as C and C++ do", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [1, "1"],
    [112.1620001, "112.162"],
    [123456.7, "123457"],
    [1234567, "1.23457e+06"],
    [0.0001, "0.0001"],
    [0.00001234, "1.234e-05"],
    [-2.5, "-2.5"],
    [Infinity, "inf"],
    [NaN, "nan"],
  ];
  for (const [value, text] of cases) assertEquals(general(value, 6), text);
  assertEquals(scientific(0.00938425, 4), "9.3843e-03");
  assertEquals(scientific(1.5e100, 1), "1.5e+100");
  const human: [number, string][] = [
    [0, "0"],
    [7.46301, "7.46301"],
    [999, "999"],
    [1000, "1k"],
    [112162, "112.162k"],
    [5708428.4, "5.70843M"],
    [0.5, "0.5"],
    [0.0015, "1.5m"],
    [-2e9, "-2G"],
  ];
  for (const [value, text] of human) assertEquals(humanReadable(value), text);
});
