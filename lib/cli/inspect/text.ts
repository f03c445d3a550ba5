import type { FunctionDescription, ModuleDependency } from "../../../mod.ts";
import {
  type DeviceRequirement,
  type ExportDescription,
  formatCallingConvention,
  formatSignature,
  type LibraryDescription,
  type ParameterRequirement,
  type ProgramDescription,
  type RodataSegment,
} from "../../inspect/mod.ts";
import { formatDevice, formatTime } from "../compile/tuning_table.ts";

/** The description of a loaded module. */
export interface LoadedDescription {
  /** The name that other modules import it by. */
  readonly name: string;
  /** The module's version. */
  readonly version: number;
  /** The module's attributes by name. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Exported functions. */
  readonly exports: readonly FunctionDescription[];
  /** Imported functions, by their full names. */
  readonly imports: readonly FunctionDescription[];
  /** Required modules. */
  readonly dependencies: readonly ModuleDependency[];
}

/** The attribute that signatures come from. */
const DECLARATION = "iree.abi.declaration";

/** Modules that are loaded automatically. */
const BUILTIN = /^(?:hal|hal_inline|hal_loader|io_parameters|vmvx)$/;

/** Advice for a program from another compiler version. */
const COMPILE_AGAIN = "recompile it with this runtime's compiler";

/** The last line when details are left out. */
const MORE = "More with --all: attributes, executables, sizes, imports, " +
  "types, data, files";

/**
 * Formats a program's description as text.
 *
 * @param file Name of the file.
 * @param program The description.
 * @param all Whether to print everything, rather than what callers need.
 */
export function formatProgram(
  file: string,
  program: ProgramDescription,
  all: boolean,
): string {
  const { foreignCompiler } = program;
  const exports = all
    ? program.exports
    : program.exports.filter(({ name }) => isCallable(name));
  return finish([
    `${file}: compiled program`,
    ...(foreignCompiler === undefined ? [] : [
      "",
      `Cannot run here: compiled by ${foreignCompiler}; ${COMPILE_AGAIN}`,
    ]),
    "",
    `Module ${program.name}, version ${program.version}`,
    ...section("Exports", exports.flatMap((it) => exportRows(it, all))),
    ...section("Parameters", parameterRows(program.parameters, all)),
    ...section("Devices", program.devices.flatMap(deviceRows)),
    ...section("Needs", needRows(program, all)),
    ...section("Imports", all ? [] : importRows(program)),
    ...section("Tuning", tuningRows(program, all)),
    ...(all ? details(program) : ["", MORE]),
  ]);
}

/** Functions for callers, without initializers and other internals. */
function isCallable(name: string): boolean {
  return !name.startsWith("__") && !name.includes("$");
}

/** The tuning result: the choice, and with `--all` the other trials. */
function tuningRows(
  { tuning, tuningProblem }: ProgramDescription,
  all: boolean,
): string[][] {
  if (tuningProblem !== undefined) return [[`ignored: ${tuningProblem}`]];
  if (tuning === undefined) return [];
  const { function: name, choice, flags, skipped } = tuning;
  const found = `${choice.recipe} on ${formatDevice(choice)}, ` +
    `${formatTime(choice.milliseconds)} ms for a call of ${name}`;
  if (!all) return [[found]];
  return [
    [found],
    ...flags.map((flag) => [flag]),
    ...tuning.trials.slice(1).map((trial) => [
      `${trial.recipe} on ${formatDevice(trial)}, ` +
      `${formatTime(trial.milliseconds)} ms`,
    ]),
    ...skipped.map(({ recipe, reason }) => [`${recipe} skipped: ${reason}`]),
  ];
}

function needRows(program: ProgramDescription, all: boolean): string[][] {
  const { dependencies, customTypes } = program;
  return [
    ...dependencies.filter(({ name }) => all || !BUILTIN.test(name))
      .map(dependencyRow),
    ...customTypes.map((type) => [`!${type}`, "a type", CUSTOM_TYPE]),
  ];
}

/** How many keys per scope are printed without `--all`. */
const MOST_KEYS = 8;

function parameterRows(
  parameters: readonly ParameterRequirement[],
  all: boolean,
): string[][] {
  const scopes = Map.groupBy(parameters, ({ scope }) => scope);
  return [...scopes].flatMap(([scope, entries]) => {
    const bytes = entries.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const file = scope === "" ? "FILE" : `${scope}=FILE`;
    const head = [
      `--parameters=${file}`,
      `${entries.length} of ${bytes} bytes in total`,
    ];
    const rows = entries.map(({ key, byteLength, written }) => [
      `  ${key}`,
      `${byteLength} bytes${written ? ", written" : ""}`,
    ]);
    if (all || rows.length <= MOST_KEYS) return [head, ...rows];
    const more = `  and ${rows.length - MOST_KEYS} more`;
    return [head, ...rows.slice(0, MOST_KEYS), [more]];
  });
}

function details(program: ProgramDescription): string[] {
  const { types, executables, executableFormats } = program;
  return [
    ...section("Attributes", Object.entries(program.attributes)),
    ...section(
      "Executables",
      executables.length > 0
        ? executables.map(({ name, formats }) => [name, formats.join(", ")])
        : executableFormats.map((format) => [format]),
    ),
    ...section("Sizes in bytes", sizeRows(program)),
    ...section("Imports", [...importRows(program), ...builtinRows(program)]),
    ...section("Types", types.map((type) => [type])),
    ...section("Read-only data", program.rodata.map(rodataRow)),
    ...section(
      "Embedded files",
      program.files?.map(({ name, byteLength }) => [name, `${byteLength}`]) ??
        [["the archive's directory is damaged"]],
    ),
  ];
}

/**
 * Formats a library's description as text.
 *
 * @param file Name of the file.
 * @param library The library's description.
 * @param loaded Its module's description, if it was loaded.
 */
export function formatLibrary(
  file: string,
  library: LibraryDescription,
  loaded: LoadedDescription | undefined,
): string {
  const { format, arch, exports, creationFunctions } = library;
  const hint = exports === undefined
    ? [["exports cannot be read"]]
    : creationFunctions?.map((name) => [name]) ?? [];
  return finish([
    `${file}: native library, ${format}` +
    `${arch === undefined ? "" : ` for ${arch}`}`,
    ...section("Functions that may create modules", hint),
    ...(loaded === undefined ? [] : [
      ...moduleLines(loaded),
      ...section("Needs", loaded.dependencies.map(dependencyRow)),
      ...section("Exports", loaded.exports.flatMap(functionRows)),
      ...section("Imports", loaded.imports.flatMap(functionRows)),
    ]),
  ]);
}

const CUSTOM_TYPE = "load the module that defines it first";

function moduleLines(module: LoadedDescription): string[] {
  return [
    "",
    `Module ${module.name}, version ${module.version}`,
    ...section("Attributes", Object.entries(module.attributes)),
  ];
}

function dependencyRow(dependency: ModuleDependency): string[] {
  const { name, minimumVersion, optional } = dependency;
  return [
    name,
    `version >= ${minimumVersion}`,
    optional ? "optional" : "required",
    BUILTIN.test(name) ? "" : "load a module of that name first",
  ];
}

function deviceRows({ name, targets }: DeviceRequirement): string[][] {
  return targets.flatMap(({ device, drivers, executables }) => {
    const flag = drivers.map((driver) => `--device=${driver}`).join(" or ");
    const row = [name, device, flag];
    return executables.length === 0
      ? [row]
      : executables.map(({ backend, format }, index) => [
        ...(index === 0 ? row : ["", "", ""]),
        backend,
        format,
      ]);
  });
}

/** Functions that another module must provide. */
function importRows({ imports }: ProgramDescription): string[][] {
  return imports.flatMap((it) => {
    const { name, signature, optional } = it;
    if (signature === undefined) {
      return isBuiltin(it) ? [] : functionRows(it);
    }
    const text = formatSignature(signature, name);
    return [[
      text.slice(`${signature.model} func @`.length) +
      (signature.model === "sync" ? "" : ", with fences") +
      (optional ? ", optional" : ""),
    ]];
  });
}

function builtinRows({ imports }: ProgramDescription): string[][] {
  return imports.filter(isBuiltin).flatMap(functionRows);
}

function isBuiltin({ name }: FunctionDescription): boolean {
  return BUILTIN.test(name.split(".", 1)[0]!);
}

function exportRows(described: ExportDescription, all: boolean): string[][] {
  const { name, signature, asyncForm } = described;
  const more = [
    ...(asyncForm === undefined ? [] : [[`  asynchronous form: ${asyncForm}`]]),
    ...(all ? attributeRows(described) : []),
  ];
  if (signature === undefined) return [functionRow(described), ...more];
  const whole = formatSignature(signature, name);
  const text = whole.slice(`${signature.model} func @`.length);
  return [
    [signature.model === "sync" ? text : `${signature.model} ${text}`],
    ...more,
  ];
}

function functionRows(described: FunctionDescription): string[][] {
  return [functionRow(described), ...attributeRows(described)];
}

function functionRow(described: FunctionDescription): string[] {
  const { name, callingConvention, optional } = described;
  const text = formatCallingConvention(callingConvention);
  return [
    `${name}${text.startsWith("(") ? "" : " "}${text}` +
    `${optional ? ", optional" : ""}`,
  ];
}

function attributeRows({ attributes }: FunctionDescription): string[][] {
  return Object.entries(attributes).filter(([key]) => key !== DECLARATION)
    .map(([key, value]) => [`  ${key}: ${value}`]);
}

function sizeRows({ sizes }: ProgramDescription): string[][] {
  return Object.entries(sizes).map(([what, size]) => [what, `${size}`]);
}

function rodataRow(segment: RodataSegment, ordinal: number): string[] {
  const { byteLength, external, text, executable, file } = segment;
  return [
    `[${ordinal}]`,
    `${byteLength} bytes`,
    external ? "external" : "embedded",
    executable ?? (text === undefined ? "" : JSON.stringify(text)),
    file ?? "",
  ];
}

/** A heading and rows in columns; empty without rows. */
function section(title: string, rows: readonly string[][]): string[] {
  if (rows.length === 0) return [];
  const widths: number[] = [];
  for (const row of rows) {
    // The last column is not padded.
    for (const [column, cell] of row.slice(0, -1).entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  const lines = rows.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")
  );
  return ["", `${title}:`, ...lines.map((line) => `  ${line.trimEnd()}`)];
}

/** Escapes names, since files can contain terminal control sequences. */
function finish(lines: readonly string[]): string {
  return lines.map((line) => line.replaceAll(/\p{Cc}/gu, "\ufffd")).join("\n");
}
