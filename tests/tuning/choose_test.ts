import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { choose, type Standing } from "../../lib/tuning/choose_fastest.ts";

/** A candidate with the times of its samples, one after the other. */
interface Given {
  readonly name: string;
  readonly times: (round: number) => number;
}

interface Run {
  readonly standings: Standing<Given>[];
  /** Number of samples taken of all. */
  readonly samples: number;
}

async function run(
  given: Readonly<Record<string, (round: number) => number>>,
  limits: { samples?: number } = {},
): Promise<Run> {
  const rounds = new Map<Given, number>();
  let samples = 0;
  const standings = await choose<Given>({
    candidates: Object.entries(given).map(([name, times]) => ({ name, times })),
    sample: (candidate) => {
      const round = rounds.get(candidate) ?? 0;
      rounds.set(candidate, round + 1);
      samples++;
      return candidate.times(round);
    },
    pause: () => Promise.resolve(),
    isTimeUp: () => samples >= (limits.samples ?? Infinity),
  });
  return { standings, samples };
}

function names({ standings }: Run): string[] {
  return standings.map(({ candidate }) => candidate.name);
}

/** The machine is slower by this in a round, for everything. */
function load(round: number): number {
  return [1, 1.4, 3, 1.1, 2, 1][round % 6];
}

Deno.test("choose selects the fastest candidate on a machine that is busy in some rounds", async () => {
  const result = await run({
    slow: (round) => 12 * load(round),
    fast: (round) => 10 * load(round),
    medium: (round) => 11 * load(round),
  });
  assertEquals(names(result), ["fast", "medium", "slow"]);
});

Deno.test("choose ignores single samples that were disturbed", async () => {
  const result = await run({
    fast: (round) => round % 5 === 1 ? 30 : 10,
    slow: () => 11,
  });
  assertEquals(names(result)[0], "fast");
});

Deno.test("choose selects the first of candidates that are equally fast", async () => {
  const given = { one: () => 10.1, two: () => 10, three: () => 10.05 };
  assertEquals(names(await run(given))[0], "one");
});

Deno.test("choose drops losers early and measures the others further", async () => {
  const { standings } = await run({
    hopeless: () => 100,
    bad: () => 18,
    close: (round) => 10.1 + round % 2,
    fast: () => 10,
  });
  const rounds = standings.map((it) => it.samples.length);
  assertEquals(standings.map((it) => it.candidate.name), [
    ...["fast", "close", "bad", "hopeless"],
  ]);
  assertEquals(rounds[3], 1);
  assertEquals(rounds[2], 2);
  assertGreater(rounds[0], 3);
});

Deno.test("choose keeps a candidate that one disturbed sample slowed down", async () => {
  const result = await run({
    other: () => 10,
    fast: (round) => round === 1 ? 90 : 8,
  });
  assertEquals(names(result)[0], "fast");
});

Deno.test("choose keeps the fastest candidate whose first sample was disturbed", async () => {
  const result = await run({
    other: () => 10,
    fast: (round) => round === 0 ? 60 : 8,
  });
  assertEquals(names(result)[0], "fast");
});

Deno.test("choose stops when time is up, and always finishes the first round", async () => {
  const given = { one: () => 10, two: () => 9, three: () => 8 };
  const first = await run(given, { samples: 1 });
  assertEquals(first.samples, 3);
  assertEquals(names(first)[0], "three");
  // A round that is cut short does not count.
  const cut = await run(given, { samples: 5 });
  assertEquals(cut.standings.map((it) => it.samples.length), [1, 1, 1]);
});

Deno.test("choose measures one candidate a few times only", async () => {
  const { samples, standings } = await run({ only: () => 5 });
  assertEquals(standings.length, 1);
  assertEquals(samples, 4);
});

Deno.test("choose chooses within 5 % twice in a row under different load", async () => {
  const times = [10, 10.3, 10.6, 12, 13, 20];
  for (const shift of [0, 1, 2, 3, 4, 5]) {
    // Up to 15 % of noise that differs between candidates.
    const given = Object.fromEntries(times.map((time, index) => [
      `${time}`,
      (round: number) =>
        time * load(round + shift) *
        (1 + 0.15 * ((round * 7 + index * 3 + shift * 5) % 10) / 10),
    ]));
    const [chosen] = names(await run(given));
    assertGreater(10.5, Number(chosen), `shift ${shift}`);
  }
});

Deno.test("choose rejects when a pause does", async () => {
  const reason = new Error("enough");
  await assertRejects(
    () =>
      choose({
        candidates: [1, 2],
        sample: (it) => it,
        pause: () => Promise.reject(reason),
        isTimeUp: () => false,
      }),
    Error,
    "enough",
  );
});

Deno.test("choose drops a candidate that fails, and compares the others", async () => {
  const standings = await choose({
    candidates: ["slow", "failing", "fast"],
    sample: (name) => {
      if (name === "failing") return undefined;
      return name === "fast" ? 1 : 1.2;
    },
    pause: () => Promise.resolve(),
    isTimeUp: () => false,
  });
  assertEquals(standings.map(({ candidate }) => candidate), ["fast", "slow"]);
});
