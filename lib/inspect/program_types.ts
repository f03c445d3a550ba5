import { readMade, toText } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import {
  type AbiSignature,
  checkCounts,
  parseAbi,
} from "../signature/abi_signature.ts";
import { takesFences } from "../signature/async_form.ts";
import {
  parseCallingConvention,
  type Slot,
  type ValueType,
} from "../signature/calling_convention.ts";
import {
  isCalledByName,
  isPublicFunction,
} from "../signature/function_name.ts";
import type { DeclaredType, DeclaredValue } from "../signature/signature.ts";
import { formatSignature } from "../signature/signature_format.ts";
import { formatModuleTypes, importedModules } from "./module_types.ts";
import type {
  ExportDescription,
  ProgramDescription,
} from "./program_description.ts";
import {
  formatTensor,
  structuredInputs,
  structuredOutputs,
  type TypedInput,
} from "./structure_types.ts";

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

/** Keeps a program's text from ending the comment around it. */
function inComment(text: string): string {
  return text.replaceAll("*/", "*\\/")
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, " ");
}

function quote(name: string): string {
  return inComment(JSON.stringify(name));
}

function formatFunction(described: ExportDescription): string {
  const { name, signature, callingConvention } = described;
  const comment = signature === undefined
    ? callingConvention
    : formatSignature(signature, name);
  const inputs = inputTypes(described)
    .map(({ name, type }) => `\n    ${name}: ${type},`).join("");
  const outputs = outputTypes(described);
  const result = outputs.length === 1
    ? outputs[0]
    : outputs.length === 0
    ? "undefined"
    : `[${outputs.map((type) => `\n    ${type},`).join("")}\n  ]`;
  // A bare `new` would be a construct signature.
  const isBare = /^[A-Za-z_$][\w$]*$/.test(name) && name !== "new";
  const key = isBare ? name : JSON.stringify(name);
  const parameters = `(${inputs}${inputs === "" ? "" : "\n  "})`;
  const named = namedTypes(described);
  const type = isStructured(described)
    ? `: Structured<${parameters} => ${result}>`
    : named !== undefined
    ? `: Named<\n    ${parameters} => ${result},\n    ${
      named.join(",\n    ")
    }\n  >`
    : `${parameters}: ${result}`;
  return `  /** ${inComment(comment)} */\n  ${key}${type};\n`;
}

/**
 * Types of the inputs and outputs of `run`, if all of them are tensors that the
 * author named.
 */
function namedTypes(described: ExportDescription): string[] | undefined {
  const { signature } = described;
  if (signature === undefined || isStructured(described)) return undefined;
  const { inputs, outputs } = signature;
  const slots = argumentSlots(described);
  const { results } = parseCallingConvention(described.callingConvention);
  const all = [...inputs, ...outputs];
  const isNamed =
    all.some(({ name }) => !/^(?:in|out)(?:put)?\d+$/.test(name)) &&
    [inputs, outputs].every((values) =>
      new Set(values.map(({ name }) => name)).size === values.length
    );
  const areTensors = all.every((it) =>
    it.kind === "tensor" && it.name !== "" &&
    formatTensor("Tensor", it.elementType, it.shape) !== "BufferView"
  );
  if (
    !isNamed || !areTensors || !agrees(inputs, slots) ||
    !agrees(outputs, results.slots)
  ) return undefined;
  const members = (
    values: readonly DeclaredValue[],
    format: (value: DeclaredValue) => string,
  ) =>
    `{ ${
      values.map((it) => `${JSON.stringify(it.name)}: ${format(it)}`).join("; ")
    } }`;
  return [
    members(inputs, (it) => formatInput("ref", it)),
    members(outputs, formatNamedOutput),
  ];
}

function formatNamedOutput(declared: DeclaredValue): string {
  if (declared.kind !== "tensor") return "never";
  const { elementType, shape } = declared;
  const tensor = formatTensor("Tensor", elementType, shape);
  return `NamedOutput<${/"[^"]*"/.exec(tensor)?.[0]}>`;
}

/** The program's description of structures, if there is one. */
function structureOf(
  described: ExportDescription,
): AbiSignature | "malformed" | undefined {
  const text = described.attributes["iree.abi"];
  if (text === undefined) return undefined;
  try {
    const signature = parseAbi(text, described.name);
    checkCounts(
      signature,
      described.name,
      argumentSlots(described).length,
      parseCallingConvention(described.callingConvention).results.slots.length,
    );
    return signature;
  } catch (error) {
    if (error instanceof IreeError) return "malformed";
    throw error;
  }
}

function isStructured(described: ExportDescription): boolean {
  return typeof structureOf(described) === "object";
}

/** Trailing fence arguments, which the call creates itself. */
const FENCE_COUNT = 2;

function argumentSlots(described: ExportDescription): readonly Slot[] {
  const { slots } = parseCallingConvention(described.callingConvention)
    .arguments;
  return takesFences(described) ? slots.slice(0, -FENCE_COUNT) : slots;
}

function inputTypes(described: ExportDescription): TypedInput[] {
  const structure = structureOf(described);
  if (typeof structure === "object") return structuredInputs(structure);
  const slots = argumentSlots(described);
  const inputs = described.signature?.inputs ?? [];
  const isDeclared = agrees(inputs, slots);
  const names = new Set<string>();
  return slots.map(({ type }, ordinal) => {
    const declared = isDeclared ? inputs[ordinal] : undefined;
    const wanted = declared?.name;
    const name = isParameterName(wanted) && !names.has(wanted)
      ? wanted
      : `argument${ordinal}`;
    names.add(name);
    return { name, type: formatInput(type, declared) };
  });
}

function outputTypes(described: ExportDescription): string[] {
  const structure = structureOf(described);
  if (typeof structure === "object") return structuredOutputs(structure);
  const { slots } = parseCallingConvention(described.callingConvention).results;
  const outputs = described.signature?.outputs ?? [];
  const isDeclared = agrees(outputs, slots);
  return slots.map(({ type }, ordinal) =>
    formatOutput(type, isDeclared ? outputs[ordinal] : undefined)
  );
}

/** Whether the declared types match the calling convention. */
function agrees(
  declared: readonly DeclaredValue[],
  slots: readonly { type: ValueType }[],
): boolean {
  return declared.length === slots.length &&
    declared.every(({ kind }, ordinal) =>
      kind === "unknown" ||
      (kind === "scalar") !== (slots[ordinal]?.type === "ref")
    );
}

/** Words that cannot name parameters in TypeScript. */
const RESERVED = new Set(
  ("arguments await break case catch class const continue debugger default " +
    "delete do else enum eval export extends false finally for function if " +
    "implements import in instanceof interface let new null package private " +
    "protected public return static super switch this throw true try typeof " +
    "var void while with yield").split(" "),
);

function isParameterName(name: string | undefined): name is string {
  return name !== undefined && /^[A-Za-z_]\w*$/.test(name) &&
    !RESERVED.has(name) && !/^argument\d/.test(name);
}

function formatInput(
  slot: ValueType,
  declared: DeclaredType | undefined,
): string {
  if (slot === "i64") return "bigint | number";
  if (slot !== "ref") {
    return isBoolean(declared) ? "boolean | number" : "number";
  }
  if (declared?.kind === "tensor") {
    return formatTensor("TensorInput", declared.elementType, declared.shape);
  }
  // A tensor is accepted as data with a type and a shape.
  if (declared === undefined) return "NdArray | VmObject | null";
  const object = formatObject(declared);
  return object.startsWith("List ") ? `${object} | readonly Value[]` : object;
}

function isBoolean(declared: DeclaredType | undefined): boolean {
  return declared?.kind === "scalar" && declared.type === "i1";
}

function formatOutput(
  slot: ValueType,
  declared: DeclaredType | undefined,
): string {
  if (slot === "i64") return "bigint";
  if (slot !== "ref") return "number";
  return declared?.kind === "tensor"
    ? formatTensor("Tensor", declared.elementType, declared.shape)
    : formatObject(declared);
}

function formatObject(declared: DeclaredType | undefined): string {
  return declared?.kind === "object"
    ? `${objectClass(declared.type)} | null`
    : "VmObject | null";
}

/** Classes of objects that have a specific one. */
const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/^hal\.buffer_view$/, "BufferView"],
  [/^(?:util|vm)\.list\b/, "List"],
  [/^(?:util|vm)\.buffer$/, "VmBuffer"],
];

function objectClass(type: string): string {
  return CLASSES.find(([pattern]) => pattern.test(type))?.[1] ?? "VmRef";
}
