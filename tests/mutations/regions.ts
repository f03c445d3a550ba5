/**
 * Locates the parts of a compiled program.
 *
 * @module
 */

/** A part of a `.vmfb`, or of a module nested in one. */
export interface Region {
  readonly part:
    | "header"
    | "tables"
    | "descriptors"
    | "bytecode"
    | "data"
    | "native";
  readonly start: number;
  /** The end, exclusive. */
  readonly end: number;
}

/** Ordinals of fields of `BytecodeModuleDef` (`bytecode_module_def.fbs`). */
const FIELD = { functionDescriptors: 12, bytecodeData: 14 } as const;

const DESCRIPTOR_SIZE = 20;

/**
 * Finds the parts of a program. Nested modules, such as the portable
 * executables that VMVX runs, have parts of their own.
 *
 * @param bytes A `.vmfb` from the compiler, unchanged.
 */
export function regionsOf(bytes: Uint8Array<ArrayBuffer>): Region[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const regions: Region[] = [];
  // A module's identifier follows the length of its tables and their root.
  for (const at of findAll(bytes, "IREE")) {
    if (isModule(view, at - 8)) regions.push(...moduleRegions(view, at - 8));
  }
  const [first] = regions;
  const tables = regions.find(({ part }) => part === "tables");
  if (first === undefined || tables === undefined) {
    throw new Error("no module found in the program");
  }
  regions.push({ part: "header", start: 0, end: tables.start + 8 });
  const end = bytes.length;
  if (tables.end < end) regions.push({ part: "data", start: tables.end, end });
  for (const start of findAll(bytes, "\x7fELF")) {
    regions.push({ part: "native", start, end });
  }
  return regions;
}

// The same letters may occur in other data.
function isModule(view: DataView<ArrayBuffer>, start: number): boolean {
  const length = view.getUint32(start, true);
  return length <= view.byteLength - start && view.getUint32(start + 4) !== 0 &&
    view.getUint32(start + 4, true) < length;
}

function moduleRegions(view: DataView<ArrayBuffer>, start: number): Region[] {
  const base = start + 4;
  const tables: Region = {
    part: "tables",
    start: base,
    end: base + view.getUint32(start, true),
  };
  const table = base + view.getUint32(base, true);
  const fields = table - view.getInt32(table, true);
  const vector = (field: number, size: number): [number, number] => {
    const at = table + view.getUint16(fields + 4 + 2 * field, true);
    const elements = at + view.getUint32(at, true);
    const count = view.getUint32(elements, true);
    return [elements + 4, elements + 4 + count * size];
  };
  const [descriptors, descriptorsEnd] = vector(
    FIELD.functionDescriptors,
    DESCRIPTOR_SIZE,
  );
  const [bytecode, bytecodeEnd] = vector(FIELD.bytecodeData, 1);
  return [
    tables,
    { part: "descriptors", start: descriptors, end: descriptorsEnd },
    { part: "bytecode", start: bytecode, end: bytecodeEnd },
  ];
}

function* findAll(
  bytes: Uint8Array<ArrayBuffer>,
  text: string,
): Generator<number> {
  const wanted = new TextEncoder().encode(text);
  for (let at = 8; at + wanted.length <= bytes.length; at++) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) yield at;
  }
}
