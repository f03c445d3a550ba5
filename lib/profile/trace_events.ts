import type { Bytes } from "../../ffi/base/typed_array.ts";
import { type ProfileOptions, readTimeline } from "./timeline.ts";

/** Tracks are threads of these processes. */
const PROCESSES = { host: 1, device: 2 } as const;

/**
 * Converts a profile to the Trace Event format, which Perfetto and Chromium's
 * `about:tracing` open.
 *
 * @example
 * ```ts ignore
 * import { formatTrace } from "@iree/runtime/profile";
 *
 * Deno.writeTextFileSync("trace.json", formatTrace("model.ireeprof"));
 * ```
 *
 * @param source Path or `file:` URL of the bundle, `-` for standard input, or the
 * bytes.
 * @param options How it is read.
 * @returns The JSON text. Throws as `readTimeline` does.
 */
export function formatTrace(
  source: string | URL | Bytes,
  options?: ProfileOptions,
): string {
  const timeline = readTimeline(source, options);
  const { tracks, spans, memory, dispatches, droppedRecords } = timeline;
  const sources = new Map(dispatches.map((it) => [it.name, it.source]));
  const events: object[] = Object.entries(PROCESSES).map(([name, pid]) => ({
    ph: "M",
    name: "process_name",
    pid,
    args: { name },
  }));
  for (const [track, { name, kind }] of tracks.entries()) {
    const pid = PROCESSES[kind];
    const args = { name };
    events.push({ ph: "M", name: "thread_name", pid, tid: track, args });
  }
  for (const { track, name, category, start, duration, bytes } of spans) {
    events.push({
      ph: "X",
      name,
      cat: category,
      pid: PROCESSES[tracks[track]!.kind],
      tid: track,
      // Microseconds
      ts: start / 1000,
      dur: duration / 1000,
      args: {
        ...(bytes > 0 ? { bytes } : {}),
        // Left out of the JSON if unknown.
        source: category === "dispatch" ? sources.get(name) : undefined,
      },
    });
  }
  for (const { device, time, bytes } of memory) {
    events.push({
      ph: "C",
      name: `memory of device ${device}`,
      pid: PROCESSES.device,
      ts: time / 1000,
      args: { bytes },
    });
  }
  const other = droppedRecords > 0
    ? `"otherData":{"droppedRecords":${droppedRecords}},`
    : "";
  return `{"displayTimeUnit":"ns",${other}"traceEvents":[\n${
    events.map((it) => JSON.stringify(it)).join(",\n")
  }\n]}\n`;
}
