import type { Bytes } from "../../ffi/base/typed_array.ts";
import { disassembleProgram, verifyFlatbuffer } from "../../ffi/disassemble.ts";
import { toBoolean } from "../base/checks.ts";
import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import { Instance } from "../base/instance.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import type { ByteSource } from "../files/byte_source.ts";
import { FlatTable } from "../files/flatbuffer.ts";
import { formatFlatbuffer } from "../files/flatbuffer_json.ts";
import { withSource } from "../files/named_source.ts";
import { type ProgramArchive, readArchive } from "../files/program_archive.ts";
import {
  type AssembledProgram,
  formatFunction,
  formatModule,
} from "./assembly_text.ts";
import { readProgram } from "./program_tables.ts";
import { PROGRAM_SCHEMA } from "./program_schema.ts";

/** What is disassembled, and how. */
export interface DisassembleOptions {
  /**
   * Name of the function, or its ordinal as a number or decimal text; left out,
   * all functions.
   */
  function?: string | number | undefined;
  /**
   * Whether lines of code begin with their offsets.
   *
   * @default {false}
   */
  offsets?: boolean | undefined;
  /** Path of the runtime's library, as for `Instance.open`. */
  library?: string | URL | undefined;
}

/** How a program is formatted as JSON. */
export interface FlatbufferJsonOptions {
  /**
   * Whether to indent it.
   *
   * @default {false}
   */
  pretty?: boolean | undefined;
  /** Path of the runtime's library, as for `Instance.open`. */
  library?: string | URL | undefined;
}

/** A function of a program's bytecode. */
export interface DisassembledFunction {
  /** Its ordinal among all functions of the program. */
  readonly ordinal: number;
  /** The name of its first export, its own name, or `fn` and its ordinal. */
  readonly name: string;
  /** Names under which it is exported. */
  readonly exports: readonly string[];
  /** Its calling convention, such as `0rr_r`. */
  readonly callingConvention: string;
  /** Its code, a line per operation. */
  readonly code: string;
}

/** A disassembled program. */
export interface Disassembly extends Omit<AssembledProgram, "functions"> {
  /** The functions that were asked for. */
  readonly functions: readonly DisassembledFunction[];
  /** Everything as `iree-dump-module --output=disassembly` prints it. */
  readonly text: string;
}

const OPTIONS: OptionNames<DisassembleOptions> = {
  function: true,
  offsets: true,
  library: true,
};

const JSON_OPTIONS: OptionNames<FlatbufferJsonOptions> = {
  pretty: true,
  library: true,
};

/**
 * Disassembles the VM bytecode of a compiled program. Verifies the program first
 * and never runs it; modules and types that it requires can be missing.
 *
 * @example
 * ```ts ignore
 * import { disassemble } from "@iree/runtime/tooling";
 *
 * const { functions } = disassemble("model.vmfb", { function: "main" });
 * console.log(functions[0].code);
 * ```
 *
 * @param source Path or `file:` URL, `-` for standard input, or the bytes.
 * @param options What is disassembled.
 * @returns The disassembly, without functions if none has the name; throws
 * NOT_FOUND if the file cannot be opened, and INVALID_ARGUMENT if it is damaged.
 */
export function disassemble(
  source: string | URL | Bytes,
  options?: DisassembleOptions,
): Disassembly {
  const { function: wanted, offsets = false, library } = readOptions(
    options,
    OPTIONS,
  );
  toBoolean("offsets", offsets);
  checkFunction(wanted);
  using _instance = Instance.open({ library });
  return withSource(source, (file) => {
    const bytes = file.read(0, file.byteLength);
    // Verifies everything that is read below.
    const codes = disassembleProgram(bytes, undefined, offsets);
    const { archive, root } = openFlatbuffer(file);
    const program = readProgram(root, archive, file);
    const functions = program.functions.map((it, ordinal) => ({
      ...it,
      ordinal,
      code: codes[ordinal] ?? "",
    })).filter((it) => isWanted(it, wanted));
    return {
      ...program,
      functions,
      text: functions.reduce(
        (text, it) => formatFunction(text, it),
        formatModule(program),
      ),
    };
  });
}

function checkFunction(wanted: string | number | undefined): void {
  if (wanted === undefined || typeof wanted === "string") return;
  if (typeof wanted === "number" && wanted >= 0) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `function must be a name or an ordinal, got ${describeValue(wanted)}`,
  );
}

function isWanted(
  { name, ordinal }: DisassembledFunction,
  wanted: string | number | undefined,
): boolean {
  if (wanted === undefined || wanted === "") return true;
  return /^\d+$/.test(`${wanted}`)
    ? ordinal === Number(wanted)
    : name === wanted;
}

/**
 * Formats the FlatBuffer of a compiled program as JSON, as
 * `iree-dump-module --output=flatbuffer-json` prints it.
 *
 * @param source Path or `file:` URL, `-` for standard input, or the bytes.
 * @param options How it is formatted.
 * @returns The text in UTF-8; bytes that are not UTF-8 are as in the program.
 * Throws like {@linkcode disassemble}.
 */
export function flatbufferToJson(
  source: string | URL | Bytes,
  options?: FlatbufferJsonOptions,
): Uint8Array<ArrayBuffer> {
  const { pretty = false, library } = readOptions(options, JSON_OPTIONS);
  toBoolean("pretty", pretty);
  using _instance = Instance.open({ library });
  return withSource(source, (file) => {
    const { archive, root } = openFlatbuffer(file);
    verifyFlatbuffer(archive.flatbuffer);
    return formatFlatbuffer(root, PROGRAM_SCHEMA, pretty);
  });
}

function openFlatbuffer(
  file: ByteSource,
): { archive: ProgramArchive; root: FlatTable } {
  const archive = readArchive(file);
  return { archive, root: FlatTable.root(archive.flatbuffer, "IREE") };
}
