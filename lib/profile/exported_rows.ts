/** A row of the report `export`; which fields it has depends on its type. */
export interface ExportedRow {
  readonly record_type: string;
  readonly event_type?: string;
  readonly op?: string;
  readonly key?: string | null;
  readonly physical_device_ordinal?: number;
  readonly queue_ordinal?: number;
  readonly executable_id?: number;
  readonly function_ordinal?: number;
  readonly name?: string;
  readonly submission_id?: number;
  readonly allocation_id?: number;
  readonly host_time_ns?: number;
  readonly start_host_time_ns?: number;
  readonly end_host_time_ns?: number;
  readonly host_time_begin_ns?: number;
  readonly host_time_end_ns?: number;
  readonly start_tick?: number;
  readonly end_tick?: number;
  readonly device_tick?: number;
  readonly pool_stats_available?: boolean;
  readonly pool_id?: number;
  readonly pool_bytes_reserved?: number;
  readonly length?: number;
  readonly payload_length?: number;
  readonly tile_count?: number;
  readonly operation_count?: number;
  readonly valid?: boolean;
  readonly dropped_records?: number;
}

/** Converts a time of a device to one of the host, in nanoseconds. */
export type DeviceClock = (tick: number) => number;

/**
 * Fits the clocks of devices to the host's, by their first and last correlation,
 * as IREE's reports do.
 *
 * @param rows The rows.
 * @returns The clocks of devices that have one, by the device's ordinal.
 */
export function fitClocks(
  rows: readonly ExportedRow[],
): ReadonlyMap<number, DeviceClock> {
  const samples = new Map<number, { tick: number; time: number }[]>();
  for (const row of rows) {
    const { device_tick: tick, host_time_begin_ns: begin } = row;
    if (row.record_type !== "clock_correlation") continue;
    if (tick === undefined || begin === undefined) continue;
    const device = row.physical_device_ordinal ?? 0;
    const time = (begin + (row.host_time_end_ns ?? begin)) / 2;
    samples.set(device, [...samples.get(device) ?? [], { tick, time }]);
  }
  const clocks = new Map<number, DeviceClock>();
  for (const [device, all] of samples) {
    const first = all[0]!;
    const last = all.at(-1)!;
    if (last.tick === first.tick) continue;
    const rate = (last.time - first.time) / (last.tick - first.tick);
    clocks.set(device, (tick) => first.time + (tick - first.tick) * rate);
  }
  return clocks;
}
