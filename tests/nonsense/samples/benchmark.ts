import { api } from "../entries.ts";
import { options, type Samples } from "./options.ts";

function benchmarkOptions(): object {
  return options({
    seconds: 0,
    warmUpSeconds: 0,
    sampleMilliseconds: 0,
    signal: new AbortController().signal,
    clock: api.SYSTEM_CLOCK,
  });
}

/** Arguments of the functions of `lib/benchmark`. */
export const BENCHMARK_SAMPLES: Samples = {
  "SYSTEM_CLOCK.now": () => [],
  "SYSTEM_CLOCK.cpu": () => [],
  "benchmark": () => [() => 1, [], benchmarkOptions()],
  "compare": () => [{ one: () => 1 }, benchmarkOptions()],
  "compareSubjects": () => [
    [{ name: "one", run: () => {} }],
    benchmarkOptions(),
  ],
  "chartMeasurements": () => [[], "title"],
  "formatTime": () => [1],
};
