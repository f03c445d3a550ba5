import { readCString } from "./c_string.ts";
import { readPe } from "./pe_library.ts";

/** A native library's headers, read without loading it. */
export interface LibraryFile {
  /** The file's format; `unknown` if it is not a library. */
  readonly format: "elf" | "mach-o" | "pe" | "unknown";
  /** The CPU architecture of its code, named as in `Deno.build.arch`. */
  readonly arch: string | undefined;
  /** Names of the exported functions, if they can be read. */
  readonly exports: readonly string[] | undefined;
}

const UNKNOWN: LibraryFile = {
  format: "unknown",
  arch: undefined,
  exports: undefined,
};

/** `e_machine` of ELF. */
const ELF_MACHINES: Readonly<Record<number, string>> = {
  3: "x86",
  40: "arm",
  62: "x86_64",
  183: "aarch64",
  243: "riscv64",
};

/** `cputype` of Mach-O, in little-endian files with one architecture. */
const MACH_O_MACHINES: Readonly<Record<number, string>> = {
  0x01000007: "x86_64",
  0x0100000c: "aarch64",
};

/** `Machine` of PE. */
const PE_MACHINES: Readonly<Record<number, string>> = {
  0x014c: "x86",
  0x8664: "x86_64",
  0xaa64: "aarch64",
};

const MACH_O_MAGICS: ReadonlySet<number> = new Set([
  0xfeedfacf,
  0xfeedface,
  0xcafebabe,
  0xbebafeca,
]);

/**
 * Reads the headers of a library.
 *
 * @param bytes The whole file.
 * @returns The headers; damaged files yield fewer details but never throw.
 */
export function readLibraryFile(bytes: Uint8Array<ArrayBuffer>): LibraryFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.byteLength < 20) return UNKNOWN;
  if (isElf(view)) return readElf(view);
  if (MACH_O_MAGICS.has(view.getUint32(0, true))) {
    const arch = MACH_O_MACHINES[view.getUint32(4, true)];
    return { ...UNKNOWN, format: "mach-o", arch };
  }
  if (view.getUint16(0, true) === 0x5a4d) {
    const pe = readPe(view);
    const arch = PE_MACHINES[pe?.machine ?? 0];
    return { format: "pe", arch, exports: pe?.exports };
  }
  return UNKNOWN;
}

/**
 * Picks the exports that probably create a module.
 *
 * @param exports Names of exported functions.
 * @returns Those with a typical name, or all if there are none; at most ten.
 */
export function likelyCreationFunctions(exports: readonly string[]): string[] {
  const telling = exports.filter((name) => /create|module/i.test(name));
  return (telling.length > 0 ? telling : exports).slice(0, 10);
}

function isElf(view: DataView<ArrayBuffer>): boolean {
  return view.getUint32(0, true) === 0x464c457f;
}

function isElf64LittleEndian(view: DataView<ArrayBuffer>): boolean {
  return view.getUint8(4) === 2 && view.getUint8(5) === 1;
}

// Offsets that point outside of a damaged file.
function ignoreRangeError(error: unknown): void {
  if (!(error instanceof RangeError)) throw error;
}

function readElf(view: DataView<ArrayBuffer>): LibraryFile {
  const machine = view.getUint16(18, view.getUint8(5) === 1);
  const arch = ELF_MACHINES[machine] ?? `ELF machine ${machine}`;
  let exports: string[] | undefined;
  try {
    if (isElf64LittleEndian(view)) exports = readElfExports(view);
  } catch (error) {
    ignoreRangeError(error);
  }
  return { format: "elf", arch, exports };
}

const SHT_DYNSYM = 11;
const STT_FUNC = 2;
const SYMBOL_SIZE = 24;

function readElfExports(view: DataView<ArrayBuffer>): string[] | undefined {
  const sectionsOffset = Number(view.getBigUint64(40, true));
  const sectionSize = view.getUint16(58, true);
  const sectionCount = view.getUint16(60, true);
  const section = (ordinal: number) => {
    const header = sectionsOffset + ordinal * sectionSize;
    return {
      type: view.getUint32(header + 4, true),
      offset: Number(view.getBigUint64(header + 24, true)),
      size: Number(view.getBigUint64(header + 32, true)),
      link: view.getUint32(header + 40, true),
    };
  };
  for (let ordinal = 0; ordinal < sectionCount; ordinal++) {
    const symbols = section(ordinal);
    if (symbols.type !== SHT_DYNSYM) continue;
    const strings = section(symbols.link);
    return readElfSymbols(view, symbols, strings.offset);
  }
  return undefined;
}

function readElfSymbols(
  view: DataView<ArrayBuffer>,
  symbols: { offset: number; size: number },
  stringsOffset: number,
): string[] {
  const names: string[] = [];
  const end = symbols.offset + symbols.size;
  for (
    let symbol = symbols.offset;
    symbol + SYMBOL_SIZE <= end;
    symbol += SYMBOL_SIZE
  ) {
    const info = view.getUint8(symbol + 4);
    const isFunction = (info & 0xf) === STT_FUNC;
    const isGlobal = info >> 4 !== 0;
    const isDefined = view.getUint16(symbol + 6, true) !== 0;
    if (!isFunction || !isGlobal || !isDefined) continue;
    const name = readCString(
      view,
      stringsOffset + view.getUint32(symbol, true),
    );
    // C++ symbols cannot be creation functions; linker symbols are irrelevant.
    if (!name.startsWith("_")) names.push(name);
  }
  return names;
}
