import type { MachineContext } from "./machine.ts";
import { scientific } from "../../common/c_number_text.ts";
import type { Report, Reporter } from "./reporter.ts";
import { inUnit, reportedName, type Run } from "./run.ts";

type Field = readonly [name: string, value: string];

/** Prints Google Benchmark's JSON, which its `compare.py` reads. */
export class JsonReporter implements Reporter {
  #isFirst = true;

  begin({ context }: Report): string {
    return `{\n  "context": {\n${contextFields(context)}\n  },\n` +
      `  "benchmarks": [\n`;
  }

  report(runs: readonly Run[]): string {
    return runs.map((run) => {
      const separator = this.#isFirst ? "" : ",\n";
      this.#isFirst = false;
      return `${separator}    {\n${join(fieldsOf(run), "      ")}\n    }`;
    }).join("");
  }

  end(): string {
    return `${this.#isFirst ? "" : "\n"}  ]\n}\n`;
  }
}

function fieldsOf(run: Run): Field[] {
  const { aggregate, error } = run;
  return [
    ["name", JSON.stringify(reportedName(run))],
    ["family_index", `${run.family}`],
    ["per_family_instance_index", "0"],
    ["run_name", JSON.stringify(run.name)],
    ["run_type", aggregate === undefined ? '"iteration"' : '"aggregate"'],
    ["repetitions", `${run.repetitions}`],
    ...(run.repetition === undefined
      ? []
      : [["repetition_index", `${run.repetition}`] as const]),
    ["threads", "1"],
    ...(aggregate === undefined ? [] : [
      ["aggregate_name", JSON.stringify(aggregate.name)] as const,
      ["aggregate_unit", JSON.stringify(aggregate.unit)] as const,
    ]),
    ...(error === undefined ? [] : [
      ["error_occurred", "true"] as const,
      ["error_message", JSON.stringify(error)] as const,
    ]),
    ["iterations", `${run.iterations}`],
    ["real_time", number(inUnit(run.real, run))],
    ["cpu_time", number(inUnit(run.cpu, run))],
    ["time_unit", JSON.stringify(run.unit)],
    ...Object.entries(run.counters)
      .map(([name, value]) => [name, number(value)] as const),
  ];
}

function number(value: number): string {
  if (Number.isFinite(value)) return scientific(value, 16);
  return Number.isNaN(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity";
}

function join(fields: readonly Field[], indent: string): string {
  return fields.map(([name, value]) =>
    `${indent}${JSON.stringify(name)}: ${value}`
  ).join(",\n");
}

function contextFields(context: MachineContext): string {
  const { caches, loadAverage, hostName } = context;
  const cacheObjects = caches.map((cache) =>
    `      {\n${
      join([
        ["type", JSON.stringify(cache.type)],
        ["level", `${cache.level}`],
        ["size", `${cache.byteLength}`],
        ["num_sharing", `${cache.sharing}`],
      ], "        ")
    }\n      }`
  );
  return join([
    ["date", JSON.stringify(context.date)],
    ["host_name", JSON.stringify(hostName)],
    ["executable", JSON.stringify(context.executable)],
    ["num_cpus", `${context.cpuCount}`],
    ["mhz_per_cpu", `${Math.round(context.megahertz)}`],
    ...(context.isScaling === undefined
      ? []
      : [["cpu_scaling_enabled", `${context.isScaling}`] as const]),
    ["caches", `[\n${cacheObjects.join(",\n")}\n    ]`],
    ["load_avg", `[${loadAverage.join(",")}]`],
    ["library_version", JSON.stringify(context.version)],
    ["library_build_type", '"release"'],
    ["json_schema_version", "1"],
    ...Object.entries(context.custom)
      .map(([name, value]) => [name, JSON.stringify(value)] as const),
  ], "    ");
}
