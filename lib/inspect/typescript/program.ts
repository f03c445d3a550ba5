import { readMade, toText } from "../../base/checks.ts";
import { type OptionNames, readOptions } from "../../base/options.ts";
import {
  isCalledByName,
  isPublicFunction,
} from "../../signature/function_name.ts";
import type {
  ExportDescription,
  ProgramDescription,
} from "../program_description.ts";
import { quote } from "./comment.ts";
import { formatFunction, namedTypes } from "./function.ts";
import { formatModuleTypes, importedModules } from "./imported_modules.ts";
import {
  inputTypes,
  isStructured,
  outputTypes,
  structureOf,
} from "./parameters.ts";

const OPTIONS: OptionNames<ProgramTypesOptions> = { package: true };

/** Options for generating a program's types. */
export interface ProgramTypesOptions {
  /**
   * The import specifier of this package.
   *
   * @default {"@iree/runtime"}
   */
  package?: string | undefined;
}

/**
 * Generates a TypeScript module with the types of a program's functions, for
 * `load<Functions>()`. The types include shapes and element types, so that wrong
 * arguments do not compile.
 *
 * @param description The program, as `inspectProgram` describes it.
 * @param options The options.
 * @returns The module's text; throws UNIMPLEMENTED for a function whose calling
 * convention is not supported.
 */
export function formatProgramTypes(
  description: ProgramDescription,
  options?: ProgramTypesOptions,
): string {
  const { package: specifier = "@iree/runtime" } = readOptions(
    options,
    OPTIONS,
  );
  toText("package", specifier);
  return readMade(
    "description",
    "inspectProgram",
    () => formatTypes(description, specifier),
  );
}

function formatTypes(
  description: ProgramDescription,
  specifier: string,
): string {
  const all = description.exports.filter(({ name }) => isPublicFunction(name));
  const isCalled = (it: ExportDescription) =>
    isCalledByName(it.name) && structureOf(it) !== "malformed";
  const called = all.filter(isCalled);
  const hidden = all.filter((it) => !isCalled(it));
  const modules = importedModules(description);
  return formatImports(called, modules.length > 0, specifier) + `/**
 * Functions of the program ${quote(description.name)}, for
 * \`load<Functions>({ modules })\`.${hidden.length === 0 ? "" : HIDDEN}${
    hidden.map(({ name }) => `\n * - ${quote(name)}`).join("")
  }
 */
export interface Functions {
${called.map(formatFunction).join("")}}
` + modules.map((it) => formatModuleTypes(it, quote)).join("");
}

const HIDDEN = `
 *
 * Call these with \`(program as LoadedProgram).call(name, …)\` only: the names
 * mean something else, or their types are not known:`;

/** The types that function types can refer to. */
const IMPORTS = [
  "Argument",
  "BufferView",
  "HostFunction",
  "List",
  "Named",
  "NamedOutput",
  "NdArray",
  "VmRef",
  "Structured",
  "Tensor",
  "TensorInput",
  "Value",
  "VmBuffer",
  "VmObject",
];

function formatImports(
  functions: readonly ExportDescription[],
  hasModules: boolean,
  specifier: string,
): string {
  const types = functions.flatMap((it) => [
    ...inputTypes(it).map(({ type }) => type),
    ...outputTypes(it),
    isStructured(it) ? "Structured" : "",
    ...(namedTypes(it) === undefined ? [] : ["Named NamedOutput"]),
  ]);
  const words = new Set(types.flatMap((type) => type.match(/\w+/g) ?? []));
  if (hasModules) words.add("HostFunction");
  const names = IMPORTS.filter((name) => words.has(name));
  if (names.length === 0) return "";
  return `import type {\n${names.map((name) => `  ${name},\n`).join("")}} ` +
    `from ${JSON.stringify(specifier)};\n\n`;
}
