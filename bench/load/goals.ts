import type { Load } from "./servers.ts";
import { NAMES } from "./servers.ts";

/** Connections at which the goals are judged. */
export const MOST_CONNECTIONS = 64;

/** Microseconds of CPU time that a binary answer may take beside the call. */
const MOST_OVERHEAD = 120;

/** What was measured of a model: by the kind of body, connections and server. */
export type Loads = ReadonlyMap<string, Load>;

/** The key of a measurement. */
export function keyOf(kind: string, connections: number, name: string): string {
  return `${kind} ${connections} ${name}`;
}

/**
 * Compares the measurements of a model with the goals.
 *
 * @param loads The measurements.
 * @param call Microseconds of CPU time of the bare call.
 * @returns A line for each goal.
 */
export function judge(loads: Loads, call: number): string[] {
  const of = (kind: string, name: string) =>
    loads.get(keyOf(kind, MOST_CONNECTIONS, name));
  const lines: string[] = [];
  const say = (isReached: boolean, goal: string, found: string) =>
    lines.push(`${isReached ? "reached" : "missed "} ${goal}: ${found}`);
  for (const kind of ["JSON", "binary"]) {
    const ours = of(kind, NAMES.batching)!;
    const kserve = of(kind, NAMES.kserve);
    if (kserve !== undefined) {
      const ratio = ours.rate / kserve.rate;
      say(ratio >= 5, `${kind}, 5 × kserve`, `${ratio.toFixed(2)} ×`);
      say(
        ours.p99 < kserve.p99,
        `${kind}, p99 below kserve's`,
        `${ours.p99} ms, kserve ${kserve.p99} ms`,
      );
    }
    const ratio = ours.rate / of(kind, NAMES.onnxruntime)!.rate;
    say(
      ratio >= 1.5,
      `${kind}, 1.5 × onnxruntime-node`,
      `${ratio.toFixed(2)} ×`,
    );
  }
  const overhead = of("binary", NAMES.batching)!.cpu - call;
  say(
    overhead <= MOST_OVERHEAD,
    `binary, at most ${MOST_OVERHEAD} µs of CPU beside the call`,
    `${overhead.toFixed(0)} µs`,
  );
  return lines;
}
