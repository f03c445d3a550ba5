import { decode } from "../../ffi/base/text.ts";

/** Where a function that devices execute comes from. */
export interface FunctionLocation {
  /** The function's name, as profiles have it. */
  readonly name: string;
  /** The source file, as the compiler was given it. */
  readonly path: string;
  /** The line in it, from 1. */
  readonly line: number;
}

/** `iree_hal_executable_library_version_e` */
const VERSION = 6;

/** Relocations that add the library's address, by machine. */
const RELATIVE: Readonly<Record<number, number>> = {
  62: 8, // x86-64
  183: 1027, // AArch64
  243: 3, // RISC-V
};

const Segment = { load: 1, dynamic: 2 } as const;

const Tag = { relocations: 7, relocationsSize: 8 } as const;

/** Limits what a damaged file costs. */
const MAX_SEGMENTS = 64;
const MAX_TEXT = 4096;

/** Sizes of 64-bit ELF records. */
const DYNAMIC_SIZE = 16;
const RELOCATION_SIZE = 24;

/** Offsets in `iree_hal_executable_library_v0_t`, with 64-bit pointers. */
const Library = { count: 24, names: 64, locations: 88 } as const;

/** `iree_hal_executable_source_location_v0_t` */
const LOCATION_SIZE = 16;

/**
 * Reads where the functions of a CPU library come from, without loading it.
 *
 * @param bytes The library.
 * @returns The locations; none for libraries without them, of 32 bits, of another
 * format, or damaged ones.
 */
export function readLibraryLocations(
  bytes: Uint8Array<ArrayBuffer>,
): FunctionLocation[] {
  try {
    return locationsOf(new ElfLibrary(bytes));
  } catch (error) {
    // Something lies outside of the file.
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function locationsOf(elf: ElfLibrary): FunctionLocation[] {
  const library = elf.pointers.keys().find((it) => isLibrary(elf, it));
  if (library === undefined) return [];
  const names = elf.pointers.get(library + Library.names);
  const locations = elf.pointers.get(library + Library.locations);
  if (names === undefined || locations === undefined) return [];
  const count = elf.u32(library + Library.count);
  const found: FunctionLocation[] = [];
  for (let index = 0; index < count; index++) {
    const name = elf.pointers.get(names + 8 * index);
    const location = locations + LOCATION_SIZE * index;
    const path = elf.pointers.get(location + 8);
    if (name === undefined) break;
    if (path === undefined) continue;
    found.push({
      name: elf.text(name),
      path: elf.text(path),
      line: elf.u32(location),
    });
  }
  return found;
}

/** Whether an address begins a library: its first pointer is to its header. */
function isLibrary(elf: ElfLibrary, address: number): boolean {
  const header = elf.pointers.get(address)!;
  return elf.pointers.has(header + 8) && elf.u32(header) === VERSION &&
    elf.pointers.has(address + Library.names);
}

/** A shared library, by the addresses it has when it is loaded at 0. */
class ElfLibrary {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView<ArrayBuffer>;
  readonly #segments: { address: number; offset: number; length: number }[] =
    [];
  /** The pointers in its data: where they are, and what they point to. */
  readonly pointers: Map<number, number> = new Map();

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#view = view;
    const isElf64 = view.getUint32(0) === 0x7f454c46 &&
      view.getUint16(4) === 0x0201;
    if (!isElf64) return;
    const headers = this.#u64(32);
    const size = view.getUint16(54, true);
    let dynamic: number | undefined;
    const count = Math.min(view.getUint16(56, true), MAX_SEGMENTS);
    for (let index = 0; index < count; index++) {
      const at = headers + size * index;
      const type = view.getUint32(at, true);
      const [offset, address] = [this.#u64(at + 8), this.#u64(at + 16)];
      if (type === Segment.load) {
        const length = this.#u64(at + 32);
        this.#segments.push({ address, offset, length });
      }
      if (type === Segment.dynamic) dynamic = offset;
    }
    if (dynamic !== undefined) this.#relocate(dynamic);
  }

  #relocate(dynamic: number): void {
    const tags = new Map<number, number>();
    for (let at = dynamic; this.#u64(at) !== 0; at += DYNAMIC_SIZE) {
      tags.set(this.#u64(at), this.#u64(at + 8));
    }
    const table = tags.get(Tag.relocations);
    if (table === undefined) return;
    const begin = this.#offsetOf(table);
    const end = begin + (tags.get(Tag.relocationsSize) ?? 0);
    const relative = RELATIVE[this.#view.getUint16(18, true)];
    for (let at = begin; at < end; at += RELOCATION_SIZE) {
      if (this.#u64(at + 8) !== relative) continue;
      this.pointers.set(this.#u64(at), this.#u64(at + 16));
    }
  }

  #offsetOf(address: number): number {
    const segment = this.#segments.find((it) =>
      address >= it.address && address < it.address + it.length
    );
    if (segment === undefined) throw new RangeError("no such address");
    return segment.offset + address - segment.address;
  }

  #u64(offset: number): number {
    return Number(this.#view.getBigUint64(offset, true));
  }

  /** Reads a number at an address. */
  u32(address: number): number {
    return this.#view.getUint32(this.#offsetOf(address), true);
  }

  /** Reads a text that ends with a NUL. */
  text(address: number): string {
    const begin = this.#offsetOf(address);
    const rest = this.#bytes.subarray(begin, begin + MAX_TEXT);
    const end = rest.indexOf(0);
    return decode(rest.slice(0, end < 0 ? MAX_TEXT : end));
  }
}
