import { parseCallingConvention, type SlotType } from "./calling_convention.ts";
import { isPublicFunction } from "./module.ts";
import { isCalledByName } from "./program.ts";
import type {
  ExportDescription,
  ProgramDescription,
} from "./program_description.ts";
import type { DeclaredType, DeclaredValue } from "./signature.ts";
import { formatSignature } from "./signature_format.ts";
import type { TensorElementType } from "./tensor_types.ts";

/** How the types of a program are written. */
export interface ProgramTypesOptions {
  /**
   * What the TypeScript module imports this package as.
   *
   * @default {"@iree/runtime"}
   */
  package?: string;
}

/**
 * Writes a TypeScript module with the types of a program's functions, for
 * `load<Functions>()`: shapes and element types are in the types, so that a
 * program with a wrong argument does not compile.
 *
 * @param description The program, as `inspectProgram` describes it.
 * @param options How they are written.
 * @returns The text of the module; throws UNIMPLEMENTED for a function with a
 * calling convention that cannot be called.
 */
export function formatProgramTypes(
  description: ProgramDescription,
  options: ProgramTypesOptions = {},
): string {
  const { package: specifier = "@iree/runtime" } = options;
  const all = description.exports.filter(({ name }) => isPublicFunction(name));
  const called = all.filter(({ name }) => isCalledByName(name));
  const hidden = all.filter(({ name }) => !isCalledByName(name));
  return formatImports(called, specifier) + `/**
 * Functions of the program ${quote(description.name)}, for
 * \`load<Functions>({ modules })\`.${hidden.length === 0 ? "" : HIDDEN}${
    hidden.map(({ name }) => `\n * - ${quote(name)}`).join("")
  }
 */
export interface Functions {
${called.map(formatFunction).join("")}}
`;
}

const HIDDEN = `
 *
 * By \`program.call(name, …)\` only, since the names mean something else:`;

/** What the functions' types are made of. */
const IMPORTS = [
  "BufferView",
  "List",
  "Reference",
  "Tensor",
  "TensorInput",
  "VmBuffer",
  "VmObject",
];

function formatImports(
  functions: readonly ExportDescription[],
  specifier: string,
): string {
  const types = functions.flatMap((it) => [
    ...inputTypes(it).map(({ type }) => type),
    ...outputTypes(it),
  ]);
  const words = new Set(types.flatMap((type) => type.match(/\w+/g) ?? []));
  const names = IMPORTS.filter((name) => words.has(name));
  if (names.length === 0) return "";
  return `import type {\n${names.map((name) => `  ${name},\n`).join("")}} ` +
    `from ${JSON.stringify(specifier)};\n\n`;
}

/** Text of a program must not end the comment that it stands in. */
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
  const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
  return `  /** ${inComment(comment)} */\n` +
    `  ${key}(${inputs}${inputs === "" ? "" : "\n  "}): ${result};\n`;
}

interface TypedInput {
  readonly name: string;
  readonly type: string;
}

/** What functions take that do not wait: fences around their work. */
const FENCES = ["wait", "signal"] as const;

function inputTypes(described: ExportDescription): TypedInput[] {
  const { slots } = parseCallingConvention(described.callingConvention)
    .arguments;
  const { inputs = [], model } = described.signature ?? {};
  const fences = model === undefined || model === "sync" ? [] : FENCES;
  const isDeclared = agrees(inputs, slots.slice(0, inputs.length)) &&
    slots.length === inputs.length + fences.length;
  const names = new Set<string>();
  return slots.map(({ type }, ordinal) => {
    const declared = isDeclared ? inputs[ordinal] : undefined;
    const wanted = isDeclared
      ? declared?.name ?? fences[ordinal - inputs.length]
      : "";
    const name = isParameterName(wanted) && !names.has(wanted)
      ? wanted
      : `argument${ordinal}`;
    names.add(name);
    return { name, type: formatType(type, declared, "TensorInput") };
  });
}

function outputTypes(described: ExportDescription): string[] {
  const { slots } = parseCallingConvention(described.callingConvention).results;
  const outputs = described.signature?.outputs ?? [];
  const isDeclared = agrees(outputs, slots);
  return slots.map(({ type }, ordinal) =>
    formatType(type, isDeclared ? outputs[ordinal] : undefined, "Tensor")
  );
}

/** Whether values are passed as they are declared. */
function agrees(
  declared: readonly DeclaredValue[],
  slots: readonly { type: SlotType }[],
): boolean {
  return declared.length === slots.length &&
    declared.every(({ kind }, ordinal) =>
      kind === "unknown" ||
      (kind === "scalar") !== (slots[ordinal].type === "ref")
    );
}

/** Words that TypeScript does not take for a parameter. */
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

function formatType(
  slot: SlotType,
  declared: DeclaredType | undefined,
  tensor: "Tensor" | "TensorInput",
): string {
  if (slot === "i64") return "bigint";
  if (slot !== "ref") return "number";
  if (declared?.kind === "object") {
    return `${objectClass(declared.type)} | null`;
  }
  if (declared?.kind !== "tensor") return "VmObject | null";
  const element = elementTypeName(declared.elementType);
  if (element === undefined) return "BufferView";
  const shape = declared.shape.map((size) => size ?? "number").join(", ");
  return `${tensor}<"${element}", readonly [${shape}]>`;
}

/** Classes of the objects that have one of their own. */
const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/^hal\.buffer_view$/, "BufferView"],
  [/^(?:util|vm)\.list\b/, "List"],
  [/^(?:util|vm)\.buffer$/, "VmBuffer"],
];

function objectClass(type: string): string {
  return CLASSES.find(([pattern]) => pattern.test(type))?.[1] ?? "Reference";
}

/** Names of the element types in declarations. */
const DECLARED_NAMES: Readonly<Record<TensorElementType, string>> = {
  i1: "i1",
  i4: "i4",
  si4: "si4",
  ui4: "ui4",
  i8: "i8",
  si8: "si8",
  ui8: "ui8",
  i16: "i16",
  si16: "si16",
  ui16: "ui16",
  i32: "i32",
  si32: "si32",
  ui32: "ui32",
  i64: "i64",
  si64: "si64",
  ui64: "ui64",
  f16: "f16",
  bf16: "bf16",
  f32: "f32",
  f64: "f64",
  cf64: "complex<f32>",
  cf128: "complex<f64>",
  f8E5M2: "f8E5M2",
  f8E4M3FN: "f8E4M3FN",
  f8E5M2FNUZ: "f8E5M2FNUZ",
  f8E4M3FNUZ: "f8E4M3FNUZ",
  f8E8M0FNU: "f8E8M0FNU",
};

function elementTypeName(declared: string): string | undefined {
  return Object.entries(DECLARED_NAMES)
    .find(([, text]) => text === declared)?.[0];
}
