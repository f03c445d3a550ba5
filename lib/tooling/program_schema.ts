import type { Flags, Schema, Variant } from "../files/flatbuffer_json.ts";

// IREE's `bytecode_module_def.fbs`.

const FEATURES: Flags = ["EXT_F32", "EXT_F64", "YIELD", "UNWIND"];
const REQUIREMENT: Flags = ["REQUIRED", "OPTIONAL"];

const ATTRIBUTE: Schema = [
  { name: "key", type: "string" },
  { name: "value", type: "string" },
];

const SIGNATURE: Schema = [
  { name: "calling_convention", type: "string" },
  { name: "attrs", type: "tables", of: ATTRIBUTE },
];

const DEPENDENCY: Schema = [
  { name: "name", type: "string" },
  { name: "minimum_version", type: "u32" },
  { name: "flags", type: "flags", flags: REQUIREMENT, default: 1 },
];

const IMPORT: Schema = [
  { name: "full_name", type: "string" },
  { name: "signature", type: "table", of: SIGNATURE },
  { name: "flags", type: "flags", flags: REQUIREMENT, default: 1 },
];

const EXPORT: Schema = [
  { name: "local_name", type: "string" },
  { name: "internal_ordinal", type: "i32" },
];

const RODATA: Schema = [
  undefined,
  {
    name: "compression_type",
    type: "union",
    of: [{ name: "UncompressedDataDef", schema: [] }],
  },
  { name: "embedded_data", type: "bytes" },
  { name: "external_data_offset", type: "u64" },
  { name: "external_data_length", type: "u64" },
];

const LOCATIONS: readonly Variant[] = [
  {
    name: "CallSiteLocDef",
    schema: [{ name: "callee", type: "i32" }, { name: "caller", type: "i32" }],
  },
  {
    name: "FileLineColLocDef",
    schema: [
      { name: "filename", type: "string" },
      { name: "line", type: "i32" },
      { name: "column", type: "i32" },
    ],
  },
  {
    name: "FusedLocDef",
    schema: [
      { name: "metadata", type: "string" },
      { name: "locations", type: "i32s" },
    ],
  },
  {
    name: "NameLocDef",
    schema: [
      { name: "name", type: "string" },
      { name: "child_location", type: "i32" },
    ],
  },
];

const SOURCE_MAP: Schema = [
  { name: "local_name", type: "string" },
  {
    name: "locations",
    type: "structs",
    of: [
      { name: "bytecode_offset", type: "i32" },
      { name: "location", type: "i32" },
    ],
  },
];

const DEBUG_DATABASE: Schema = [
  undefined,
  { name: "location_table", type: "unions", of: LOCATIONS },
  { name: "functions", type: "tables", of: SOURCE_MAP },
];

/** The root table of a program. */
export const PROGRAM_SCHEMA: Schema = [
  { name: "name", type: "string" },
  { name: "version", type: "u32" },
  { name: "requirements", type: "flags", flags: FEATURES, default: 0 },
  { name: "attrs", type: "tables", of: ATTRIBUTE },
  {
    name: "types",
    type: "tables",
    of: [{ name: "full_name", type: "string" }],
  },
  { name: "dependencies", type: "tables", of: DEPENDENCY },
  { name: "imported_functions", type: "tables", of: IMPORT },
  { name: "exported_functions", type: "tables", of: EXPORT },
  { name: "function_signatures", type: "tables", of: SIGNATURE },
  { name: "rodata_segments", type: "tables", of: RODATA },
  {
    name: "rwdata_segments",
    type: "tables",
    of: [{ name: "byte_size", type: "i32" }],
  },
  {
    name: "module_state",
    type: "table",
    of: [
      { name: "global_bytes_capacity", type: "i32" },
      { name: "global_ref_count", type: "i32" },
    ],
  },
  {
    name: "function_descriptors",
    type: "structs",
    of: [
      { name: "bytecode_offset", type: "i32" },
      { name: "bytecode_length", type: "i32" },
      { name: "requirements", type: "u32", flags: FEATURES },
      { name: "reserved", type: "i16" },
      { name: "block_count", type: "i16" },
      { name: "i32_register_count", type: "i16" },
      { name: "ref_register_count", type: "i16" },
    ],
  },
  { name: "bytecode_version", type: "u32" },
  { name: "bytecode_data", type: "bytes" },
  { name: "debug_database", type: "table", of: DEBUG_DATABASE },
];
