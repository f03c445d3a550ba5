import type { Bytes } from "../../ffi/base/typed_array.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import { withSource } from "../files/named_source.ts";
import {
  type DispatchTotal,
  readSources,
  type Sources,
  sumDispatches,
} from "./dispatch_totals.ts";
import {
  type DeviceClock,
  type ExportedRow,
  fitClocks,
} from "./exported_rows.ts";
import { nestOperations } from "./nest_operations.ts";
import { reportProfile } from "./report.ts";
import { type HostSpan, readHostSpans } from "./host_spans.ts";

/** A span of time in a profile. */
export interface TimelineSpan {
  /** Index of its track. */
  readonly track: number;
  /** What was done: a function's name, or the kind of work. */
  readonly name: string;
  /** What kind of work it is. */
  readonly category:
    | "call"
    | "wait"
    | "import"
    | "write"
    | "read"
    | "named"
    | "vm"
    | "host"
    | "dispatch"
    | "operation";
  /** Nanoseconds since the profile's start. */
  readonly start: number;
  /** Nanoseconds that it took. */
  readonly duration: number;
  /** Bytes that were copied or allocated; 0 for none. */
  readonly bytes: number;
}

/** Who did the work of a row of spans. */
export interface TimelineTrack {
  /** Such as `host thread 1` or `device 0, queue 0: dispatches`. */
  readonly name: string;
  /** Whether it is the host or a device. */
  readonly kind: "host" | "device";
}

/** How much memory of a device was in use from some time on. */
export interface TimelineMemory {
  /** Ordinal of the device. */
  readonly device: number;
  /** Nanoseconds since the profile's start. */
  readonly time: number;
  /** Bytes in use. */
  readonly bytes: number;
}

/** What happened in a profile, and when. */
export interface Timeline {
  /** Who did it, the host's threads first. */
  readonly tracks: readonly TimelineTrack[];
  /** What was done, in order of its start. */
  readonly spans: readonly TimelineSpan[];
  /** The memory in use, in order of time. */
  readonly memory: readonly TimelineMemory[];
  /** The functions that devices executed, those with most time first. */
  readonly dispatches: readonly DispatchTotal[];
  /** Nanoseconds from the first to the last event. */
  readonly duration: number;
  /** The number of events for which the capture had no room: they are missing. */
  readonly droppedRecords: number;
}

/** How a profile is read. */
export interface ProfileOptions {
  /** Path of the runtime's library, as for `Instance.open`. */
  library?: string | URL | undefined;
  /**
   * The programs that ran: paths, `file:` URLs or bytes. Dispatches then have the
   * source locations that the compiler wrote into them.
   */
  programs?: readonly (string | URL | Bytes)[] | undefined;
}

const OPTIONS: OptionNames<ProfileOptions> = { library: true, programs: true };

/**
 * Reads what happened in a profile, and when.
 *
 * @example
 * ```ts ignore
 * import { readTimeline } from "@iree/runtime/profile";
 *
 * const { dispatches } = readTimeline("model.ireeprof");
 * console.table(dispatches);
 * ```
 *
 * @param source Path or `file:` URL of the bundle, `-` for standard input, or the
 * bytes.
 * @param options How it is read.
 * @returns The timeline. Throws NOT_FOUND if the file cannot be opened, and
 * DATA_LOSS or INVALID_ARGUMENT if it is damaged.
 */
export function readTimeline(
  source: string | URL | Bytes,
  options?: ProfileOptions,
): Timeline {
  const { library, programs = [] } = readOptions(options, OPTIONS);
  const sources = readSources(programs);
  return withSource(source, (file) => {
    const bundle = file.read(0, file.byteLength);
    const rows = reportProfile(bundle, "export", { library })
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as ExportedRow);
    const builder = new TimelineBuilder(rows, sources);
    return builder.build(nestOperations(readHostSpans(bundle)));
  });
}

/** The import by which programs wait for their devices. */
const AWAIT = "hal.fence.await";

/** Collects the tracks and the spans. */
class TimelineBuilder {
  readonly #tracks: TimelineTrack[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #spans: TimelineSpan[] = [];
  readonly #clocks: ReadonlyMap<number, DeviceClock>;
  readonly #functions = new Map<string, string>();

  constructor(
    private readonly rows: readonly ExportedRow[],
    private readonly sources: Sources,
  ) {
    this.#clocks = fitClocks(rows);
    for (const row of rows) {
      if (row.record_type !== "executable_function") continue;
      this.#functions.set(functionKey(row), row.name ?? "");
    }
  }

  build(host: readonly HostSpan[]): Timeline {
    for (const span of host) this.#addHost(span);
    for (const row of this.rows) this.#addRow(row);
    const memory = memoryOf(this.rows);
    const times = [
      ...this.#spans.flatMap(({ start, duration }) => [
        start,
        start + duration,
      ]),
      ...memory.map(({ time }) => time),
    ];
    const first = times.reduce((a, b) => Math.min(a, b), Infinity);
    const last = times.reduce((a, b) => Math.max(a, b), first);
    const spans = this.#spans
      .map((it) => ({ ...it, start: it.start - first }))
      // A span begins before those inside it.
      .sort((a, b) => a.start - b.start || b.duration - a.duration);
    return {
      tracks: this.#tracks,
      spans,
      memory: memory.map((it) => ({ ...it, time: it.time - first })),
      dispatches: sumDispatches(spans, this.sources),
      duration: times.length === 0 ? 0 : last - first,
      droppedRecords: this.rows.reduce(
        (sum, it) => sum + (it.dropped_records ?? 0),
        0,
      ),
    };
  }

  #addHost({ kind, name, thread, bytes, start, end }: HostSpan): void {
    const known = [...this.#numbers.keys()].filter((it) =>
      it.startsWith("thread ")
    );
    const key = `thread ${thread}`;
    const number = known.indexOf(key);
    const label = `host thread ${number < 0 ? known.length + 1 : number + 1}`;
    this.#spans.push({
      track: this.#track(key, label, "host"),
      name: name === "" ? kind : name,
      category: name === AWAIT ? "wait" : kind,
      start,
      duration: end - start,
      bytes,
    });
  }

  #addRow(row: ExportedRow): void {
    const times = this.#timesOf(row);
    if (times === undefined) return;
    const [start, end] = times;
    const isDispatch = row.record_type === "dispatch_event" ||
      row.op === "dispatch";
    const { physical_device_ordinal: device = 0, queue_ordinal: queue = 0 } =
      row;
    const label = `device ${device}, queue ${queue}: ${
      isDispatch ? "dispatches" : "operations"
    }`;
    this.#spans.push({
      track: this.#track(label, label, "device"),
      name: isDispatch
        ? row.key ?? this.#functions.get(functionKey(row)) ?? "dispatch"
        : row.op ?? row.record_type,
      category: isDispatch ? "dispatch" : "operation",
      start,
      duration: end - start,
      bytes: row.payload_length ?? 0,
    });
  }

  #timesOf(row: ExportedRow): [start: number, end: number] | undefined {
    switch (row.record_type) {
      case "host_execution_event": {
        const { start_host_time_ns: start, end_host_time_ns: end } = row;
        return row.valid === false || start === undefined || end === undefined
          ? undefined
          : [start, end];
      }
      case "dispatch_event":
      case "queue_device_event": {
        const { start_tick: start, end_tick: end } = row;
        const clock = this.#clocks.get(row.physical_device_ordinal ?? 0);
        return clock === undefined || start === undefined || end === undefined
          ? undefined
          : [clock(start), clock(end)];
      }
      default:
        return undefined;
    }
  }

  #track(key: string, name: string, kind: TimelineTrack["kind"]): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#tracks.length);
    return this.#tracks.push({ name, kind }) - 1;
  }
}

function functionKey(row: ExportedRow): string {
  return `${row.executable_id}.${row.function_ordinal}`;
}

/** What is in use: what pools say, and otherwise what was allocated. */
function memoryOf(rows: readonly ExportedRow[]): TimelineMemory[] {
  const parts = new Map<number, Map<string, number>>();
  const memory: TimelineMemory[] = [];
  const events = rows
    .filter(({ record_type: type }) => type === "memory_event")
    .sort((a, b) => (a.host_time_ns ?? 0) - (b.host_time_ns ?? 0));
  for (const row of events) {
    const { physical_device_ordinal: device = 0, host_time_ns: time = 0 } = row;
    const part = partOf(row);
    if (part === undefined) continue;
    const ofDevice = parts.get(device) ?? new Map<string, number>();
    parts.set(device, ofDevice);
    ofDevice.set(...part);
    const bytes = ofDevice.values().reduce((sum, it) => sum + it, 0);
    memory.push({ device, time, bytes });
  }
  return memory;
}

function partOf(row: ExportedRow): [key: string, bytes: number] | undefined {
  const { pool_stats_available, pool_bytes_reserved: reserved } = row;
  const { length = 0 } = row;
  if (pool_stats_available === true && reserved !== undefined) {
    return [`pool ${row.pool_id}`, reserved];
  }
  switch (row.event_type) {
    case "queue_alloca":
    case "buffer_allocate":
      return [`${row.allocation_id}`, length];
    case "queue_dealloca":
    case "buffer_free":
      return [`${row.allocation_id}`, 0];
    default:
      return undefined;
  }
}
