/**
 * Compares `iree-dump-module`'s description of a program with ours.
 *
 * @module
 */

import type { FunctionDescription, ModuleDependency } from "../../mod.ts";
import type { ProgramDescription } from "../../lib/inspect/mod.ts";
import { mustRun, tool } from "../support.ts";

/** The compared part of `iree-dump-module`'s description of the FlatBuffer. */
interface Dump {
  name: string;
  version?: number;
  requirements?: string;
  attrs?: Pair[];
  types?: { full_name: string }[];
  dependencies?: { name: string; minimum_version?: number; flags?: string }[];
  imported_functions?: {
    full_name: string;
    signature?: DumpedSignature;
    flags?: string;
  }[];
  exported_functions?: { local_name: string; internal_ordinal?: number }[];
  function_signatures?: DumpedSignature[];
  rodata_segments?: {
    embedded_data?: number[];
    external_data_length?: number;
  }[];
  module_state?: { global_bytes_capacity?: number };
  bytecode_data?: number[];
  debug_database?: { location_table?: unknown[] };
}
type Pair = { key: string; value: string };
type DumpedSignature = { calling_convention?: string; attrs?: Pair[] };

/** The facts in both descriptions, in one form. */
export interface Facts {
  name: string;
  version: number;
  features: string[];
  attributes: Readonly<Record<string, string>>;
  types: string[];
  dependencies: ModuleDependency[];
  imports: FunctionDescription[];
  exports: FunctionDescription[];
  rodata: (number | undefined)[];
  globals: number;
  bytecode: number;
  locations: number;
}

async function dump(path: string): Promise<Dump> {
  const command = tool("iree-dump-module");
  const text = await mustRun(command, ["--output=flatbuffer-json", path]);
  return JSON.parse(text);
}

function pairs(attributes: Pair[] = []): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value]));
}

function isOptional(flags = ""): boolean {
  return flags.split(" ").includes("OPTIONAL");
}

/**
 * Reads the facts that `iree-dump-module` prints about a program.
 *
 * @param path The program.
 */
export async function dumpedFacts(path: string): Promise<Facts> {
  const it = await dump(path);
  return {
    name: it.name,
    version: it.version ?? 0,
    features: it.requirements?.split(" ") ?? [],
    attributes: pairs(it.attrs),
    types: it.types?.map(({ full_name }) => full_name) ?? [],
    dependencies: it.dependencies?.map(({ name, minimum_version, flags }) => ({
      name,
      minimumVersion: minimum_version ?? 0,
      optional: isOptional(flags),
    })) ?? [],
    imports: it.imported_functions?.map(({ full_name, signature, flags }) => ({
      name: full_name,
      callingConvention: signature?.calling_convention ?? "",
      attributes: pairs(signature?.attrs),
      optional: isOptional(flags),
    })) ?? [],
    exports: it.exported_functions?.map(
      ({ local_name, internal_ordinal = 0 }) => {
        const signature = it.function_signatures?.[internal_ordinal];
        return {
          name: local_name,
          callingConvention: signature?.calling_convention ?? "",
          attributes: pairs(signature?.attrs),
          optional: false,
        };
      },
    ) ?? [],
    rodata:
      it.rodata_segments?.map((segment) =>
        segment.embedded_data?.length ?? segment.external_data_length
      ) ?? [],
    globals: it.module_state?.global_bytes_capacity ?? 0,
    bytecode: it.bytecode_data?.length ?? 0,
    locations: it.debug_database?.location_table?.length ?? 0,
  };
}

/**
 * Picks the same facts from our description.
 *
 * @param it The description.
 */
export function factsOf(it: ProgramDescription): Facts {
  return {
    name: it.name,
    version: it.version,
    features: [...it.features],
    attributes: it.attributes,
    types: [...it.types],
    dependencies: [...it.dependencies],
    imports: it.imports.map(({ signature: _, ...rest }) => rest),
    exports: it.exports.map(({ signature: _, asyncForm: __, ...rest }) => rest),
    rodata: it.rodata.map(({ byteLength }) => byteLength),
    globals: it.sizes.globals,
    bytecode: it.sizes.bytecode,
    locations: it.locationCount,
  };
}
