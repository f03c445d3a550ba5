// Benchmarks over a clock that the tests move: nothing here depends on how fast
// the machine is.

import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { type IreeError, load } from "../../mod.ts";
import {
  benchmark,
  chartMeasurements,
  compare,
  compareSubjects,
} from "../../lib/benchmark/mod.ts";
import { failureOf, program, test } from "../support.ts";
import { FakeClock } from "./fake_clock.ts";

test("A benchmark reports the median, its interval and percentiles", async () => {
  const clock = new FakeClock();
  // Nine calls of 1 ms, then one of 11 ms.
  const subject = clock.subject("ten", (call) => call % 10 === 9 ? 11 : 1);
  const [measured] = await compareSubjects([subject], { clock, seconds: 2 });
  assertEquals(measured.median, 1);
  assertEquals(measured.interval, { low: 1, high: 1 });
  assertAlmostEquals(measured.mean, 2, 0.1);
  assertEquals([measured.min, measured.max], [1, 11]);
  assertEquals(measured.percentiles.p75, 1);
  assertEquals(measured.percentiles.p95, 11);
  assertEquals(measured.callsPerSecond, 1000);
  assertEquals(measured.callsPerSample, 1);
  // Two threads.
  assertAlmostEquals(measured.cpu, 2 * measured.mean, 1e-9);
  assert(measured.memory.process > 0);
  assertEquals(measured.memory.devices, undefined);
});

test("Short calls are measured several at a time", async () => {
  const clock = new FakeClock();
  const subject = clock.subject("short", () => 0.001);
  const [measured] = await compareSubjects([subject], {
    clock,
    seconds: 0.1,
    sampleMilliseconds: 0.1,
  });
  assert(measured.callsPerSample >= 99, `${measured.callsPerSample}`);
  assertAlmostEquals(measured.median, 0.001, 1e-9);
});

test("Samples take as long as asked for", async () => {
  const clock = new FakeClock();
  const subject = clock.subject("one", () => 1);
  const [measured] = await compareSubjects([subject], {
    clock,
    seconds: 1,
    sampleMilliseconds: 20,
  });
  assert(measured.callsPerSample >= 20);
  assertAlmostEquals(
    measured.samples.length * measured.callsPerSample,
    1000,
    2 * measured.callsPerSample,
  );
});

test("The warm-up ends once calls no longer get faster", async () => {
  const clock = new FakeClock();
  const cost = (call: number) => Math.max(1, 10 - call / 10);
  const subject = clock.subject("warming", cost);
  const [measured] = await compareSubjects([subject], {
    clock,
    seconds: 0.5,
    warmUpSeconds: 100,
  });
  assertEquals(measured.warmUp.isSteady, true);
  // From the 90th call on, the time is constant.
  assert(measured.warmUp.calls >= 90, `${measured.warmUp.calls}`);
  assert(measured.warmUp.calls < 150, `${measured.warmUp.calls}`);
  assert(measured.samples.every((it) => it === 1));
});

test("A warm-up that does not get steady ends in time, and says so", async () => {
  const clock = new FakeClock();
  const subject = clock.subject("ever faster", (call) => 100 * 0.99 ** call);
  const [measured] = await compareSubjects([subject], {
    clock,
    seconds: 0.1,
    warmUpSeconds: 2,
    sampleMilliseconds: 0,
  });
  assertEquals(measured.warmUp.isSteady, false);
  assert(measured.warmUp.milliseconds < 2200);
});

test("Subjects take turns, and each is compared with the first", async () => {
  const clock = new FakeClock();
  const order: string[] = [];
  const make = (name: string, time: number) => {
    const subject = clock.subject(name, () => time);
    return {
      name,
      run: (count: number) => {
        order.push(name);
        return subject.run(count);
      },
    };
  };
  const [one, two, three] = await compareSubjects(
    [make("one", 2), make("two", 4), make("three", 2)],
    { clock, seconds: 0.5, warmUpSeconds: 0 },
  );
  assertEquals(one.ratio.median, 1);
  assertEquals(two.ratio.median, 2);
  assertEquals(two.ratio.isClear, true);
  assertEquals(three.ratio.isClear, false);
  assertEquals(one.samples.length, two.samples.length);
  // Rounds of all three, in both directions.
  const rounds = order.slice(6);
  for (let at = 0; at + 3 <= rounds.length; at += 3) {
    assertEquals(rounds.slice(at, at + 3).toSorted(), ["one", "three", "two"]);
  }
  assert(rounds.slice(0, 6).join() !== "one,two,three,one,two,three");
});

test("All samples are in the histogram, the slowest in its last bar", async () => {
  const clock = new FakeClock();
  const subject = clock.subject("many", (call) => 1 + call % 7);
  const [{ histogram, samples, max }] = await compareSubjects([subject], {
    clock,
    seconds: 1,
  });
  const sum = histogram.reduce((total, { count }) => total + count, 0);
  assertEquals(sum, samples.length);
  assertEquals(histogram.at(-1)?.to, max);
  assertEquals(histogram[0].from, 1);
});

test("A benchmark of a program's function calls it with its arguments", async () => {
  using loaded = load({
    modules: [await program("mul.mlir")],
    device: "local-sync",
  });
  using mul = loaded.lookupFunction("mul");
  const clock = new FakeClock();
  const ticking = { now: () => (clock.advance(1), clock.now()), cpu: () => 0 };
  const measured = await benchmark(mul, [[1, 2, 3, 4], [5, 6, 7, 8]], {
    seconds: 0.1,
    clock: ticking,
  });
  assertEquals(measured.name, "mul");
  assert(measured.median > 0);
});

test("A benchmark of any function awaits its promises", async () => {
  const clock = new FakeClock();
  let running = 0;
  const work = async (by: number) => {
    running++;
    assertEquals(running, 1);
    await Promise.resolve();
    clock.advance(by);
    running--;
  };
  const measured = await benchmark(work, [3], { clock, seconds: 0.1 });
  assertEquals([measured.name, measured.median], ["work", 3]);
});

test("compare measures functions by name", async () => {
  const clock = new FakeClock();
  const [slow, fast] = await compare({
    slow: () => clock.advance(2),
    fast: () => clock.advance(1),
  }, { clock, seconds: 0.1 });
  assertEquals([slow.name, fast.name], ["slow", "fast"]);
  assertEquals(fast.ratio.median, 0.5);
});

test("A failure of a call, and an aborted signal, end a benchmark", async () => {
  const clock = new FakeClock();
  const broken = () => {
    throw new RangeError("broken");
  };
  await assertRejects(() => benchmark(broken, [], { clock }), RangeError);
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  const rejected = await benchmark(() => 1, [], { clock, signal })
    .catch((error) => error);
  assertEquals(rejected, reason);
});

test("Options and subjects of a benchmark are checked", async () => {
  const wrong: [() => Promise<unknown>, string][] = [
    [
      () => benchmark(() => 1, [], { seconds: -1 }),
      "seconds must be a number from 0 to 86400, got the number -1",
    ],
    [
      () => benchmark(() => 1, [], { clock: {} as FakeClock }),
      "clock must be an object with the functions now and cpu",
    ],
    [
      () => benchmark(() => 1, [], { second: 1 } as never),
      "options must be among seconds, warmUpSeconds",
    ],
    [() => compare({}), "subjects must be at least one, got none"],
    [
      () => compare({ one: 1 as never }),
      "subject 'one' must be a function, got the number 1",
    ],
  ];
  for (const [attempt, words] of wrong) {
    const error: IreeError = await failureOf(attempt());
    assertEquals(error.code, "INVALID_ARGUMENT");
    assertStringIncludes(error.message, words);
  }
});

test("A clock that stands still, or returns no numbers, is rejected", async () => {
  const clock = (now: unknown) =>
    ({ now: () => now, cpu: () => 0 }) as FakeClock;
  const still = await failureOf(benchmark(() => 1, [], { clock: clock(5) }));
  assertEquals(still.code, "FAILED_PRECONDITION");
  assertStringIncludes(still.message, "clock.now must advance");
  for (const time of [NaN, undefined, "1"]) {
    const error = await failureOf(
      benchmark(() => 1, [], { clock: clock(time) }),
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
    assertStringIncludes(error.message, "clock.now must return a number");
  }
});

test("A chart has a bar for each measurement, with names escaped", async () => {
  const clock = new FakeClock();
  const measured = await compareSubjects(
    [
      clock.subject("a < b & c", () => 1),
      clock.subject("\x01" + "long".repeat(20), () => 1500),
    ],
    { clock, seconds: 0.1 },
  );
  const chart = chartMeasurements(measured, 'Title "1"');
  assertStringIncludes(chart, "<title>Title &quot;1&quot;</title>");
  assertStringIncludes(chart, "a &lt; b &amp; c");
  assertStringIncludes(chart, "1.50 s, ×1500.00");
  assertEquals(chart.match(/<rect /g)?.length, 2);
  assertEquals(chart.includes("\x01"), false);
});
