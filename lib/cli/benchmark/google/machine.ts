import { runtime } from "../../../../mod.ts";

/** A CPU cache. */
export interface CpuCache {
  /** What it keeps: `Data`, `Instruction` or `Unified`. */
  readonly type: string;
  /** Its level, from 1. */
  readonly level: number;
  /** Its size. */
  readonly byteLength: number;
  /** How many CPUs share it. */
  readonly sharing: number;
}

/** The machine that a benchmark runs on. */
export interface MachineContext {
  /** Local time, with the offset from UTC. */
  readonly date: string;
  /** The machine's name; empty without permission. */
  readonly hostName: string;
  /** The program. */
  readonly executable: string;
  /** The number of CPUs. */
  readonly cpuCount: number;
  /** The CPUs' clock rate; 0 if unknown. */
  readonly megahertz: number;
  /** Whether the clock rate changes with the load; `undefined` if unknown. */
  readonly isScaling: boolean | undefined;
  /** The first CPU's caches. */
  readonly caches: readonly CpuCache[];
  /** How many threads wanted to run, over 1, 5 and 15 minutes. */
  readonly loadAverage: readonly number[];
  /** The package's version. */
  readonly version: string;
  /** What `--benchmark_context` adds. */
  readonly custom: Readonly<Record<string, string>>;
}

const CPU_FOLDER = "/sys/devices/system/cpu/cpu0";

/**
 * Describes this machine, as far as permissions allow.
 *
 * @param custom What `--benchmark_context` adds.
 */
export function describeMachine(
  custom: Readonly<Record<string, string>>,
): MachineContext {
  const governor = read(`${CPU_FOLDER}/cpufreq/scaling_governor`);
  return {
    date: localDate(new Date()),
    hostName: attempt(() => Deno.hostname()) ?? "",
    executable: "iree benchmark",
    cpuCount: navigator.hardwareConcurrency,
    megahertz: findMegahertz(),
    isScaling: Deno.build.os !== "linux"
      ? undefined
      : governor !== undefined && governor !== "performance",
    caches: [0, 1, 2, 3, 4].flatMap(readCache),
    loadAverage: attempt(() => Deno.loadavg()) ?? [],
    version: runtime.packageVersion,
    custom,
  };
}

/**
 * Formats what Google Benchmark prints before a report for the console.
 *
 * @param context The machine.
 */
export function formatMachine(context: MachineContext): string {
  const { caches, loadAverage, cpuCount } = context;
  return [
    context.date,
    `Running ${context.executable}`,
    `Run on (${cpuCount} X ${context.megahertz} MHz CPU ` +
    `${cpuCount > 1 ? "s" : ""})`,
    ...(caches.length === 0 ? [] : ["CPU Caches:"]),
    ...caches.map(({ type, level, byteLength, sharing }) =>
      `  L${level} ${type} ${byteLength / 1024} KiB (x${
        Math.max(1, Math.floor(cpuCount / sharing))
      })`
    ),
    ...(loadAverage.length === 0
      ? []
      : [`Load Average: ${loadAverage.map((it) => it.toFixed(2)).join(", ")}`]),
    ...Object.entries(context.custom)
      .map(([name, value]) => `${name}: ${value}`),
    ...(context.isScaling === true
      ? [
        "***WARNING*** CPU scaling is enabled, the benchmark real time " +
        "measurements may be noisy and will incur extra overhead.",
      ]
      : []),
  ].join("\n");
}

function localDate(date: Date): string {
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + 60_000 * offset);
  const two = (value: number) => String(Math.trunc(value)).padStart(2, "0");
  const minutes = Math.abs(offset);
  return local.toISOString().slice(0, 19) + (offset < 0 ? "-" : "+") +
    `${two(minutes / 60)}:${two(minutes % 60)}`;
}

function findMegahertz(): number {
  const most = read(`${CPU_FOLDER}/cpufreq/cpuinfo_max_freq`);
  if (most !== undefined) return Number(most) / 1000;
  const found = /^cpu MHz\s*: ([\d.]+)$/m.exec(read("/proc/cpuinfo") ?? "");
  return Number(found?.[1] ?? 0);
}

function readCache(index: number): CpuCache[] {
  const folder = `${CPU_FOLDER}/cache/index${index}`;
  const [type, level, size, list] = [
    "type",
    "level",
    "size",
    "shared_cpu_list",
  ].map((name) => read(`${folder}/${name}`));
  const [, kibibytes] = /^(\d+)K$/.exec(size ?? "") ?? [];
  if (type === undefined || kibibytes === undefined) return [];
  return [{
    type,
    level: Number(level),
    byteLength: 1024 * Number(kibibytes),
    sharing: countCpus(list ?? "0"),
  }];
}

/** Counts the CPUs in a list such as `0-3,8`. */
function countCpus(list: string): number {
  return list.split(",").reduce((sum, part) => {
    const [first = 0, last = first] = part.split("-").map(Number);
    return sum + last - first + 1;
  }, 0);
}

function read(path: string): string | undefined {
  return attempt(() => Deno.readTextFileSync(path).trim());
}

/** What is not readable is left out. */
function attempt<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch {
    return undefined;
  }
}
