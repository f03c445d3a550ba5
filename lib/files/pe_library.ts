import { readCString } from "./c_string.ts";

/** What the headers of a Windows library say. */
export interface PeLibrary {
  /** Number of the CPU architecture. */
  readonly machine: number;
  /** Names of the exported functions, if they can be read. */
  readonly exports: readonly string[] | undefined;
}

const SIGNATURE = 0x4550;
const PE32_PLUS = 0x20b;
const SECTION_SIZE = 40;
const IS_CODE = 0x20000000;

/** The most sections that Windows loads. */
const MOST_SECTIONS = 96;

/** Ordinals of exported functions have 16 bits. */
const MOST_NAMES = 0x10000;

/** A part of the file, and where it is in memory. */
interface Section {
  readonly address: number;
  readonly size: number;
  readonly offset: number;
  readonly isCode: boolean;
}

/**
 * Reads the headers of a Windows library.
 *
 * @param view The whole file.
 * @returns What they say, or nothing if it is only a program of DOS.
 */
export function readPe(view: DataView<ArrayBuffer>): PeLibrary | undefined {
  try {
    const header = view.getUint32(0x3c, true);
    if (view.getUint32(header, true) !== SIGNATURE) return undefined;
    const machine = view.getUint16(header + 4, true);
    return { machine, exports: readExports(view, header) };
  } catch (error) {
    if (error instanceof RangeError) return undefined; // cut short
    throw error;
  }
}

function readExports(
  view: DataView<ArrayBuffer>,
  header: number,
): string[] | undefined {
  try {
    const optional = header + 24;
    if (view.getUint16(optional, true) !== PE32_PLUS) return undefined;
    const directory = view.getUint32(optional + 112, true);
    if (directory === 0) return [];
    const sections = readSections(view, header);
    return readNames(view, sections, fileOffset(sections, directory));
  } catch (error) {
    if (error instanceof RangeError) return undefined; // damaged
    throw error;
  }
}

function readSections(view: DataView<ArrayBuffer>, header: number): Section[] {
  const count = view.getUint16(header + 6, true);
  if (count > MOST_SECTIONS) throw new RangeError("too many sections");
  const first = header + 24 + view.getUint16(header + 20, true);
  return Array.from({ length: count }, (_, ordinal) => {
    const at = first + ordinal * SECTION_SIZE;
    return {
      address: view.getUint32(at + 12, true),
      // In memory, and in the file.
      size: Math.max(
        view.getUint32(at + 8, true),
        view.getUint32(at + 16, true),
      ),
      offset: view.getUint32(at + 20, true),
      isCode: (view.getUint32(at + 36, true) & IS_CODE) !== 0,
    };
  });
}

function sectionOf(sections: readonly Section[], address: number): Section {
  const found = sections.find((it) =>
    address >= it.address && address - it.address < it.size
  );
  if (found === undefined) throw new RangeError("outside of the file");
  return found;
}

function fileOffset(sections: readonly Section[], address: number): number {
  const { offset, address: start } = sectionOf(sections, address);
  return offset + address - start;
}

function readNames(
  view: DataView<ArrayBuffer>,
  sections: readonly Section[],
  directory: number,
): string[] {
  const table = (at: number): number =>
    fileOffset(sections, view.getUint32(directory + at, true));
  const count = view.getUint32(directory + 24, true);
  if (count === 0) return [];
  if (count > MOST_NAMES) throw new RangeError("too many names");
  const [functions, names, ordinals] = [table(28), table(32), table(36)];
  const found: string[] = [];
  for (let index = 0; index < count; index++) {
    const ordinal = view.getUint16(ordinals + 2 * index, true);
    const address = view.getUint32(functions + 4 * ordinal, true);
    if (!sectionOf(sections, address).isCode) continue; // a variable
    const name = view.getUint32(names + 4 * index, true);
    const text = readCString(view, fileOffset(sections, name));
    // Symbols of C++ cannot be creation functions.
    if (!/^[_?]/.test(text)) found.push(text);
  }
  return found;
}
