import type { FlatTable } from "./flatbuffer.ts";

/** An enumeration of flags, by bit. */
export type Flags = readonly string[];

/** A number in a structure. */
export interface StructField {
  /** Its name. */
  readonly name: string;
  /** Its type. */
  readonly type: "i16" | "i32" | "u32";
  /** Names of its bits, if it is flags. */
  readonly flags?: Flags;
}

/** A field of a table; `undefined` in a schema stands for a union's type. */
export type Field =
  & { readonly name: string }
  & (
    | { readonly type: "string" | "i32" | "u32" | "u64" | "bytes" | "i32s" }
    | {
      readonly type: "flags";
      readonly flags: Flags;
      /** The value that is left out. */
      readonly default: number;
    }
    | { readonly type: "table" | "tables"; readonly of: Schema }
    | { readonly type: "union" | "unions"; readonly of: readonly Variant[] }
    | { readonly type: "structs"; readonly of: readonly StructField[] }
  );

/** A table of a union, whose types count from 1. */
export interface Variant {
  /** Its name. */
  readonly name: string;
  /** Its fields. */
  readonly schema: Schema;
}

/** The fields of a table, in their order. */
export type Schema = readonly (Field | undefined)[];

/**
 * Formats a FlatBuffer as flatcc's printer of JSON does, without defaults.
 *
 * @param root The root table.
 * @param schema Its fields.
 * @param pretty Whether to indent it.
 * @returns The text as bytes, in which strings are as in the FlatBuffer.
 */
export function formatFlatbuffer(
  root: FlatTable,
  schema: Schema,
  pretty: boolean,
): Uint8Array<ArrayBuffer> {
  const printer = new Printer(pretty);
  printer.table(root, schema);
  return printer.end();
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\t": "\\t",
  "\f": "\\f",
  "\r": "\\r",
  "\n": "\\n",
  "\b": "\\b",
};

/** Collects text with one character per byte. */
class Printer {
  readonly #parts: string[] = [];
  readonly #pretty: boolean;
  #level = 0;

  constructor(pretty: boolean) {
    this.#pretty = pretty;
  }

  table(table: FlatTable, schema: Schema): void {
    this.#start("{");
    let isFirst = true;
    for (const [index, field] of schema.entries()) {
      if (field === undefined || !isPrinted(table, index, field)) continue;
      if (!isFirst) this.#parts.push(",");
      isFirst = false;
      this.#field(table, index, field);
    }
    this.#end("}");
  }

  end(): Uint8Array<ArrayBuffer> {
    if (this.#pretty) this.#parts.push("\n");
    const text = this.#parts.join("");
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  }

  #field(table: FlatTable, index: number, field: Field): void {
    switch (field.type) {
      case "union":
        return this.#union(table, index, field.name, field.of);
      case "unions":
        return this.#unions(table, index, field.name, field.of);
    }
    this.#name(field.name);
    switch (field.type) {
      case "string":
        return this.#string(table.bytes(index));
      case "i32":
        return this.#text(table.i32(index));
      case "u32":
        return this.#text(table.u32(index));
      case "u64":
        return this.#text(table.bigU64(index));
      case "flags":
        return this.#flags(table.u32(index), field.flags);
      case "bytes":
        return this.#list(table.bytes(index), (byte) => this.#text(byte));
      case "i32s": {
        const view = table.records(index, 4);
        const at = Array.from({ length: view.byteLength / 4 }, (_, i) => 4 * i);
        return this.#list(at, (it) => this.#text(view.getInt32(it, true)));
      }
      case "structs":
        return this.#structs(table, index, field.of);
      case "table":
        return this.table(table.table(index)!, field.of);
      case "tables":
        return this.#tables(table.tables(index), field.of);
    }
  }

  #union(
    table: FlatTable,
    index: number,
    name: string,
    variants: readonly Variant[],
  ): void {
    const type = table.u8(index - 1);
    this.#name(`${name}_type`);
    this.#text(quote(variants[type - 1]?.name ?? "NONE"));
    if (type === 0) return;
    this.#parts.push(",");
    this.#name(name);
    const variant = variants[type - 1];
    if (variant !== undefined) this.table(table.table(index)!, variant.schema);
  }

  #unions(
    table: FlatTable,
    index: number,
    name: string,
    variants: readonly Variant[],
  ): void {
    const types = table.bytes(index - 1);
    this.#name(`${name}_type`);
    this.#list(
      types,
      (type) => this.#text(quote(variants[type - 1]?.name ?? "NONE")),
    );
    this.#parts.push(",");
    this.#name(name);
    this.#start("[");
    types.forEach((type, at) => {
      if (at > 0) this.#parts.push(",");
      const variant = variants[type - 1];
      if (variant !== undefined) {
        this.table(table.tableAt(index, at), variant.schema);
      } else if (type === 0) this.#parts.push("null");
    });
    this.#end("]");
  }

  #tables(tables: readonly FlatTable[], schema: Schema): void {
    this.#start("[");
    tables.forEach((table, at) => {
      if (at > 0) this.#parts.push(",");
      this.table(table, schema);
    });
    this.#end("]");
  }

  #structs(
    table: FlatTable,
    index: number,
    fields: readonly StructField[],
  ): void {
    const size = fields.reduce((sum, { type }) => sum + sizeOf(type), 0);
    const view = table.records(index, size);
    const starts = Array.from(
      { length: view.byteLength / size },
      (_, at) => at * size,
    );
    this.#list(starts, (start) => {
      this.#start("{");
      let offset = start;
      for (const [at, { name, type, flags }] of fields.entries()) {
        if (at > 0) this.#parts.push(",");
        this.#name(name);
        const value = readNumber(view, offset, type);
        if (flags === undefined) this.#text(value);
        else this.#flags(value, flags);
        offset += sizeOf(type);
      }
      this.#end("}");
    });
  }

  /** Prints elements of a list, each on its own line. */
  #list<T>(elements: Iterable<T>, print: (element: T) => void): void {
    this.#start("[");
    let isFirst = true;
    for (const element of elements) {
      if (!isFirst) this.#parts.push(",");
      isFirst = false;
      this.#newLine();
      print(element);
    }
    this.#end("]");
  }

  #flags(value: number, names: Flags): void {
    const set = names.filter((_, bit) => (value & (1 << bit)) !== 0);
    const isKnown = value !== 0 && value < 2 ** names.length;
    this.#text(isKnown ? quote(set.join(" ")) : value);
  }

  #string(bytes: Uint8Array<ArrayBuffer>): void {
    const parts: string[] = [];
    for (const byte of bytes) parts.push(String.fromCharCode(byte));
    const text = parts.join("").replace(
      // deno-lint-ignore no-control-regex
      /[\x00-\x1f"\\]/g,
      (it) =>
        ESCAPES[it] ??
          `\\u00${it.charCodeAt(0).toString(16).padStart(2, "0")}`,
    );
    this.#parts.push(quote(text));
  }

  #text(value: number | bigint | string): void {
    this.#parts.push(String(value));
  }

  #name(name: string): void {
    this.#newLine();
    this.#parts.push(quote(name), this.#pretty ? ": " : ":");
  }

  #newLine(): void {
    if (this.#pretty) this.#parts.push("\n", "  ".repeat(this.#level));
  }

  #start(bracket: string): void {
    this.#level++;
    this.#parts.push(bracket);
  }

  #end(bracket: string): void {
    this.#level--;
    this.#newLine();
    this.#parts.push(bracket);
  }
}

function isPrinted(table: FlatTable, index: number, field: Field): boolean {
  if (!table.has(index)) return false;
  switch (field.type) {
    case "i32":
      return table.i32(index) !== 0;
    case "u32":
      return table.u32(index) !== 0;
    case "u64":
      return table.bigU64(index) !== 0n;
    case "flags":
      return table.u32(index) !== field.default;
    case "union":
    case "unions":
      return table.has(index - 1);
    default:
      return true;
  }
}

function sizeOf(type: StructField["type"]): number {
  return type === "i16" ? 2 : 4;
}

function readNumber(
  view: DataView<ArrayBuffer>,
  offset: number,
  type: StructField["type"],
): number {
  switch (type) {
    case "i16":
      return view.getInt16(offset, true);
    case "i32":
      return view.getInt32(offset, true);
    case "u32":
      return view.getUint32(offset, true);
  }
}

function quote(text: string): string {
  return `"${text}"`;
}
