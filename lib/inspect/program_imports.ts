import { IreeError } from "../base/error.ts";
import type { FlatTable } from "../files/flatbuffer.ts";
import {
  type CallingConvention,
  parseCallingConvention,
  type ValueType,
} from "../signature/calling_convention.ts";
import type {
  DeclaredType,
  DeclaredValue,
  Signature,
} from "../signature/signature.ts";
import type { FunctionDescription } from "../vm/module.ts";
import {
  findImportTypes,
  type ImportTypes,
} from "./bytecode/infer_import_types.ts";
import { type ExportedCode, isBuiltinImport } from "./bytecode/program_code.ts";

/** An imported function of a program. */
export interface ImportDescription extends FunctionDescription {
  /**
   * Inputs and outputs as the program's code shows them: programs do not store
   * the declarations of imports. `undefined` for functions of IREE's modules.
   */
  readonly signature: Signature | undefined;
}

/** What imports are found from. */
export interface ImportSources {
  /** The program's root table. */
  readonly root: FlatTable;
  readonly bytecode: Uint8Array<ArrayBuffer>;
  readonly imports: readonly FunctionDescription[];
  readonly exports: readonly ExportedCode[];
  readonly types: readonly string[];
  /** Types that IREE's modules do not define. */
  readonly customTypes: readonly string[];
}

const SIGNATURES = 8;
const CALLING_CONVENTION = 0;
const DESCRIPTORS = 12;

/** Size of a function's descriptor, which begins with offset and length. */
const DESCRIPTOR_LENGTH = 20;

/** Describes the imports of a program. */
export function describeImports(sources: ImportSources): ImportDescription[] {
  const { imports } = sources;
  if (imports.every(({ name }) => isBuiltinImport(name))) {
    return imports.map((it) => ({ ...it, signature: undefined }));
  }
  const typesOf = findTypes(sources);
  const all = imports.map((it, ordinal) => ({
    ...it,
    signature: signatureOf(it, typesOf(ordinal)),
  }));
  return nameUnknown(all, sources.customTypes);
}

const NOTHING: ImportTypes = {
  argument: () => undefined,
  result: () => undefined,
};

// Code that cannot be read has imports of unknown types.
function findTypes(sources: ImportSources): (ordinal: number) => ImportTypes {
  const { root, bytecode, imports, exports, types } = sources;
  try {
    const descriptors = root.records(DESCRIPTORS, DESCRIPTOR_LENGTH);
    const functions: DataView<ArrayBuffer>[] = [];
    for (let at = 0; at < descriptors.byteLength; at += DESCRIPTOR_LENGTH) {
      const offset = descriptors.getUint32(at, true);
      const length = descriptors.getUint32(at + 4, true);
      const code = bytecode.subarray(offset, offset + length);
      functions.push(new DataView(code.buffer, code.byteOffset, code.length));
    }
    const conventions = root.tables(SIGNATURES)
      .map((it) => it.string(CALLING_CONVENTION));
    return findImportTypes({ functions, conventions, exports, imports, types });
  } catch (error) {
    if (error instanceof IreeError) return () => NOTHING;
    throw error;
  }
}

const UNKNOWN = "vm.ref<?>";

function signatureOf(
  { name, callingConvention }: FunctionDescription,
  types: ImportTypes,
): Signature | undefined {
  if (isBuiltinImport(name) || /[CD]/.test(callingConvention)) {
    return undefined;
  }
  const convention = readConvention(callingConvention);
  if (convention === undefined) return undefined;
  const inputs = convention.arguments.slots.map(({ type }, at) =>
    declare(type, types.argument(at))
  );
  const outputs = convention.results.slots.map(({ type }, at) =>
    declare(type, types.result(at))
  );
  const hasFences = inputs.length >= 2 && isFence(inputs.at(-1)) &&
    [undefined, true].includes(isFence(inputs.at(-2))) &&
    outputs.every(({ kind }) => kind === "tensor");
  return hasFences
    ? { model: "async", inputs: inputs.slice(0, -2), outputs }
    : { model: "sync", inputs, outputs };
}

// Undefined for one that this package does not support, as in damaged programs.
function readConvention(text: string): CallingConvention | undefined {
  try {
    return parseCallingConvention(text);
  } catch (error) {
    if (error instanceof IreeError) return undefined;
    throw error;
  }
}

// Undefined where the code shows nothing, as for a fence that is always null.
function isFence(declared: DeclaredValue | undefined): boolean | undefined {
  if (declared?.kind !== "object") return false;
  return declared.type === UNKNOWN ? undefined : declared.type === "hal.fence";
}

function declare(
  slot: ValueType,
  found: DeclaredType | undefined,
): DeclaredValue {
  const unnamed = { name: "", attributes: {} };
  if (slot !== "ref") return { kind: "scalar", type: slot, ...unnamed };
  const type: DeclaredType = found ?? { kind: "object", type: UNKNOWN };
  return { ...type, ...unnamed };
}

// Objects that only go from one import to another have a custom type, which is
// the only one if there is one.
function nameUnknown(
  imports: readonly ImportDescription[],
  customTypes: readonly string[],
): ImportDescription[] {
  const values = imports.flatMap(({ signature }) => [
    ...signature?.inputs ?? [],
    ...signature?.outputs ?? [],
  ]);
  const used = new Set(
    values.map((it) => it.kind === "object" ? it.type : undefined),
  );
  const unused = customTypes.filter((it) => !used.has(it));
  const [only, ...others] = unused.length > 0 ? unused : customTypes;
  if (only === undefined || others.length > 0) return [...imports];
  const named = (value: DeclaredValue): DeclaredValue =>
    value.kind === "object" && value.type === UNKNOWN
      ? { ...value, type: only }
      : value;
  return imports.map((it) => ({
    ...it,
    signature: it.signature && {
      ...it.signature,
      inputs: it.signature.inputs.map(named),
      outputs: it.signature.outputs.map(named),
    },
  }));
}
