import {
  type DeviceRequirement,
  type ExportDescription,
  formatCallingConvention,
  formatSignature,
  type FunctionDescription,
  type LibraryDescription,
  type ModuleDependency,
  type ProgramDescription,
  type RodataSegment,
} from "../../../mod.ts";

/** What a module tells once it is loaded. */
export interface LoadedDescription {
  /** Name that other modules import it by. */
  readonly name: string;
  /** Version of the module. */
  readonly version: number;
  /** Attributes of the module by name. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The functions that it offers. */
  readonly exports: readonly FunctionDescription[];
  /** The functions that it needs, by their full names. */
  readonly imports: readonly FunctionDescription[];
  /** The modules that it needs. */
  readonly dependencies: readonly ModuleDependency[];
}

/** The attribute that signatures are made from. */
const DECLARATION = "iree.abi.declaration";

/** Modules that programs find without anyone loading them. */
const BUILTIN = /^(?:hal|hal_inline|hal_loader|io_parameters|vmvx)$/;

/**
 * Formats for people what a program tells of itself.
 *
 * @param file Name of the file.
 * @param program What it tells.
 */
export function formatProgram(
  file: string,
  program: ProgramDescription,
): string {
  const { customTypes, types, executables, executableFormats } = program;
  return finish([
    `${file}: compiled program`,
    ...moduleLines(program),
    ...section("Exports", program.exports.flatMap(exportRows)),
    ...section("Needs", [
      ...program.dependencies.map(dependencyRow),
      ...customTypes.map((type) => [`!${type}`, "a type", CUSTOM_TYPE]),
    ]),
    ...section("Devices", program.devices.flatMap(deviceRows)),
    ...section(
      "Executables",
      executables.length > 0
        ? executables.map(({ name, formats }) => [name, formats.join(", ")])
        : executableFormats.map((format) => [format]),
    ),
    ...section("Sizes in bytes", sizeRows(program)),
    ...section("Imports", program.imports.flatMap(functionRows)),
    ...section("Types", types.map((type) => [type])),
    ...section("Read-only data", program.rodata.map(rodataRow)),
    ...section(
      "Embedded files",
      program.files?.map(({ name, byteLength }) => [name, `${byteLength}`]) ??
        [["the archive's directory is damaged"]],
    ),
  ]);
}

/**
 * Formats for people what a library tells of itself.
 *
 * @param file Name of the file.
 * @param library What it tells.
 * @param loaded What its module tells, when it was loaded.
 */
export function formatLibrary(
  file: string,
  library: LibraryDescription,
  loaded: LoadedDescription | undefined,
): string {
  const { format, arch, exports, creationFunctions } = library;
  const hint = exports === undefined
    ? [["its exports cannot be read"]]
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

const CUSTOM_TYPE = "load the module that defines it before";

function moduleLines(
  module: ProgramDescription | LoadedDescription,
): string[] {
  return [
    "",
    `Module ${module.name}, version ${module.version}`,
    ...section(
      "Attributes",
      Object.entries(module.attributes).map(([key, value]) => [key, value]),
    ),
  ];
}

function dependencyRow(dependency: ModuleDependency): string[] {
  const { name, minimumVersion, optional } = dependency;
  return [
    name,
    `version >= ${minimumVersion}`,
    optional ? "optional" : "required",
    BUILTIN.test(name) ? "" : "load a module of that name before",
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

function exportRows(described: ExportDescription): string[][] {
  const { name, signature } = described;
  if (signature === undefined) return functionRows(described);
  const whole = formatSignature(signature, name);
  const text = whole.slice(`${signature.model} func @`.length);
  return [
    [signature.model === "sync" ? text : `${signature.model} ${text}`],
    ...attributeRows(described),
  ];
}

function functionRows(described: FunctionDescription): string[][] {
  const { name, callingConvention, optional } = described;
  const text = formatCallingConvention(callingConvention);
  return [
    [
      `${name}${text.startsWith("(") ? "" : " "}${text}` +
      `${optional ? ", optional" : ""}`,
    ],
    ...attributeRows(described),
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

/** A heading and rows in columns; nothing when there are none. */
function section(title: string, rows: readonly string[][]): string[] {
  if (rows.length === 0) return [];
  const widths: number[] = [];
  for (const row of rows) {
    // The last column needs no room behind it.
    for (const [column, cell] of row.slice(0, -1).entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  const lines = rows.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")
  );
  return ["", `${title}:`, ...lines.map((line) => `  ${line.trimEnd()}`)];
}

/** Names in files can hold anything, also what a terminal takes for orders. */
function finish(lines: readonly string[]): string {
  return lines.map((line) => line.replaceAll(/\p{Cc}/gu, "\ufffd")).join("\n");
}
