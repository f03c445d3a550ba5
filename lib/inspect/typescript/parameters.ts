import { IreeError } from "../../base/error.ts";
import {
  type AbiSignature,
  checkCounts,
  parseAbi,
} from "../../signature/abi_signature.ts";
import { takesFences } from "../../signature/async_form.ts";
import {
  parseCallingConvention,
  type Slot,
  type ValueType,
} from "../../signature/calling_convention.ts";
import type { DeclaredValue } from "../../signature/signature.ts";
import type { ExportDescription } from "../program_description.ts";
import {
  structuredInputs,
  structuredOutputs,
  type TypedInput,
} from "./structures.ts";
import { formatInput, formatOutput } from "./value.ts";

/** Returns the names and types of a function's parameters. */
export function inputTypes(described: ExportDescription): TypedInput[] {
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

/** Returns the types of a function's results. */
export function outputTypes(described: ExportDescription): string[] {
  const structure = structureOf(described);
  if (typeof structure === "object") return structuredOutputs(structure);
  const { slots } = parseCallingConvention(described.callingConvention).results;
  const outputs = described.signature?.outputs ?? [];
  const isDeclared = agrees(outputs, slots);
  return slots.map(({ type }, ordinal) =>
    formatOutput(type, isDeclared ? outputs[ordinal] : undefined)
  );
}

/**
 * Returns the program's description of a function's structures; `undefined` if it
 * has none.
 */
export function structureOf(
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

/** Whether a function accepts and returns structures. */
export function isStructured(described: ExportDescription): boolean {
  return typeof structureOf(described) === "object";
}

/** Trailing fence arguments, which the call creates itself. */
const FENCE_COUNT = 2;

/** Returns the slots of the arguments that callers pass. */
export function argumentSlots(described: ExportDescription): readonly Slot[] {
  const { slots } = parseCallingConvention(described.callingConvention)
    .arguments;
  return takesFences(described) ? slots.slice(0, -FENCE_COUNT) : slots;
}

/** Whether the declared types match the calling convention. */
export function agrees(
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
