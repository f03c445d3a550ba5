import { IreeError, reword } from "../base/error.ts";
import type { Instance } from "../base/instance.ts";
import { listDrivers } from "../hal/driver.ts";
import { parameterHint } from "../parameters/parameters_module.ts";
import { isPublicFunction } from "../signature/function_name.ts";
import { formatCallingConvention } from "../signature/signature_format.ts";
import { BytecodeModule } from "../vm/bytecode_module.ts";
import { COMPILE_AGAIN, linkedCompiler } from "../vm/program_version.ts";
import { HalModule } from "../vm/hal_module.ts";
import type { Module } from "../vm/module.ts";
import { explainDevice } from "./device_failure.ts";

/**
 * Explains a linking failure: the module, what it lacks, and how to fix it.
 *
 * @param error IREE's failure.
 * @param instance The instance.
 * @param modules The modules in order.
 * @returns The failure, explained where possible.
 */
export function explainLinking(
  error: unknown,
  instance: Instance,
  modules: readonly Module[],
): unknown {
  if (!(error instanceof IreeError)) return error;
  // A function that an initializer calls can dispose a module.
  if (modules.some((it) => it.disposed)) return error;
  const name = /; resolving module '([^']*)' /.exec(error.detail)?.[1];
  const failing = modules.find((it) => it.name === name);
  const foreign = failing && explainForeign(error, failing);
  if (foreign !== undefined) return foreign;
  const older = failing && explainVersion(error, failing);
  if (older !== undefined) return older;
  const missing = failing && explainExport(error, failing, modules);
  if (missing !== undefined) return missing;
  const device = explainDevice(
    error,
    deviceProgram(modules),
    modules.find((it) => it instanceof HalModule)?.devices ?? [],
    listDrivers(instance).map((driver) => driver.name),
  );
  if (device !== undefined) return device;
  const hint = linkingHint(error, modules);
  return hint === undefined ? error : error.withHint(hint);
}

/** The program that uses devices, if there is only one. */
function deviceProgram(modules: readonly Module[]): string {
  const [program, ...others] = modules.filter((it) =>
    it instanceof BytecodeModule &&
    it.dependencies.some(({ name }) => name === "hal")
  );
  return program !== undefined && others.length === 0
    ? `'${program.name}'`
    : "a program";
}

function explainForeign(
  error: IreeError,
  module: Module,
): IreeError | undefined {
  if (!(module instanceof BytecodeModule)) return undefined;
  const compiler = linkedCompiler(module.dependencies, module.imports);
  if (compiler === undefined) return undefined;
  return reword(
    error,
    `'${module.name}' was compiled by ${compiler}: ${error.detail}`,
    COMPILE_AGAIN,
  );
}

function explainVersion(
  error: IreeError,
  module: Module,
): IreeError | undefined {
  const mismatch =
    /^required module '(.*)' version mismatch; have (\d+) but require (\d+);/
      .exec(error.detail);
  if (mismatch === null) return undefined;
  const [, name, actual, required] = mismatch;
  return reword(
    error,
    `'${module.name}' requires version ${required} of module '${name}', got ` +
      `version ${actual}`,
    `load version ${required} of '${name}' or a newer one`,
  );
}

function explainExport(
  error: IreeError,
  module: Module,
  modules: readonly Module[],
): IreeError | undefined {
  const name = /^function (.*) not exported; resolving/.exec(error.detail)?.[1];
  if (name === undefined) return undefined;
  for (const imported of module.imports) {
    if (!imported.name.endsWith(`.${name}`)) continue;
    const owner = imported.name.slice(0, -name.length - 1);
    const source = modules.findLast((it) => it.name === owner);
    if (source === undefined) continue;
    const names = source.exports.map((it) => it.name).filter(isPublicFunction);
    if (names.includes(name)) continue;
    return reword(
      error,
      `module '${owner}' has no function '${name}', which '${module.name}' ` +
        "imports",
      `functions of '${owner}': ${names.join(", ") || "none"}`,
    );
  }
  return undefined;
}

function linkingHint(
  { code, detail }: IreeError,
  modules: readonly Module[],
): string | undefined {
  const mismatch =
    /^import function (\S+) signature mismatch between (.*) and source (.*); expected (\S+) but got (\S+);/
      .exec(detail);
  if (mismatch !== null) {
    const [, name, caller, source, wanted = "", actual = ""] = mismatch;
    return `'${caller}' imports ${name}${formatCallingConvention(wanted)}, ` +
      `'${source}' exports it as ${formatCallingConvention(actual)}`;
  }
  if (detail.includes("required executable imports")) {
    return "a plugin must export them: pass it to `iree run` as " +
      "--executable_plugin=<library>, or to setIreeFlags as executable_plugin";
  }
  const hint = parameterHint(detail, modules);
  if (hint !== undefined || code !== "NOT_FOUND") return hint;
  // Initializers look up more than modules.
  if (detail.includes("while invoking native function")) return undefined;
  const names = modules.map(({ name }) => name);
  return `modules given, in order: ${names.join(", ") || "none"}`;
}
