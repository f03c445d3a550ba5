import { isIn } from "../../ffi/base/intrinsics.ts";
import type { Bytes } from "../../ffi/base/typed_array.ts";
import type { ByteSource } from "../files/byte_source.ts";
import { FlatTable } from "../files/flatbuffer.ts";
import { withSource } from "../files/named_source.ts";
import { describeProgram } from "./describe_program.ts";
import { type FunctionLocation, readLibraryLocations } from "./elf_library.ts";
import type { RodataSegment } from "./program_description.ts";

/** A part of a program that devices execute. */
export interface ProgramExecutable {
  /**
   * Its name: that of its file in the program without the extension, or
   * `executable` and its ordinal among the program's constants.
   */
  readonly name: string;
  /** The kind of code, such as `elf x86_64`, `vmvx` or `vulkan`. */
  readonly kind: string;
  /** The ordinal of the constant that contains it. */
  readonly segment: number;
  /** What the program contains, in IREE's format. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /**
   * The machine code in it, in formats that other tools read: a library, or the
   * modules of a GPU.
   */
  readonly modules: readonly ExecutableModule[];
  /**
   * Where its functions come from in the source, as far as the compiler wrote it:
   * for CPUs at any debug level, for other devices at the level it has for them.
   */
  readonly locations: readonly FunctionLocation[];
}

/** Machine code in a format that other tools read. */
export interface ExecutableModule {
  /** The file name to give it: the executable's, a number if there are several. */
  readonly fileName: string;
  /** The bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A kind of executable that is a FlatBuffer with modules in it. */
interface Container {
  /** Field of the modules in the root table. */
  readonly modules: number;
  /** Fields of a module that can hold code, and the code's file extension. */
  readonly code: readonly (readonly [field: number, extension: string])[];
  /** Length of an element of the code. */
  readonly elementSize?: number;
  /** Field of the functions in the root table. */
  readonly functions: number;
  /** Fields of a function's name and of its description for debuggers. */
  readonly debug: readonly [name: number, description: number];
}

/** By the identifier, which the FlatBuffer has as well as its header. */
const CONTAINERS: Readonly<Record<string, Container>> = {
  VKE1: {
    modules: 3,
    code: [[0, "spv"]],
    elementSize: 4,
    functions: 0,
    debug: [1, 4],
  },
  CDA1: { modules: 1, code: [[0, "ptx"]], functions: 0, debug: [1, 6] },
  HIP1: { modules: 1, code: [[0, "hsaco"]], functions: 0, debug: [1, 6] },
  AMD1: { modules: 2, code: [[0, "hsaco"]], functions: 1, debug: [0, 4] },
  MTL1: { modules: 1, code: [[1, "metallib"]], functions: 0, debug: [1, 7] },
  WGS1: { modules: 0, code: [[0, "wgsl"]], functions: 0, debug: [1, 5] },
};

/** Extensions of libraries by the first word of their kind. */
const LIBRARY_EXTENSIONS: Readonly<Record<string, string>> = {
  elf: "so",
  "mach-o": "dylib",
  pe: "dll",
  vmvx: "vmfb",
};

/** Length of the header before the FlatBuffer of an executable. */
const HEADER_LENGTH = 64;

/**
 * Reads the executables of a compiled program: CPU libraries, VMVX programs,
 * SPIR-V, PTX and the like. Does not load anything.
 *
 * @example
 * ```ts ignore
 * import { readExecutables } from "@iree/runtime/inspect";
 *
 * for (const { modules } of readExecutables("model.vmfb")) {
 *   for (const { fileName, bytes } of modules) {
 *     Deno.writeFileSync(fileName, bytes);
 *   }
 * }
 * ```
 *
 * @param source Path or `file:` URL, `-` for standard input, or the bytes.
 * @returns The executables, in the program's order; throws NOT_FOUND if the file
 * cannot be opened, and INVALID_ARGUMENT if it is damaged.
 */
export function readExecutables(
  source: string | URL | Bytes,
): ProgramExecutable[] {
  return withSource(source, (file) => {
    const { rodata } = describeProgram(file);
    const names = new Set<string>();
    return rodata.flatMap((segment, ordinal) => {
      const { executable } = segment;
      if (executable === undefined) return [];
      return readExecutable(file, segment, ordinal, executable, names);
    });
  });
}

function readExecutable(
  file: ByteSource,
  segment: RodataSegment,
  ordinal: number,
  kind: string,
  names: Set<string>,
): ProgramExecutable {
  const name = unique(nameOf(segment, ordinal), names);
  // A copy, since the caller owns bytes in memory.
  const bytes = file.read(segment.offset, segment.byteLength).slice();
  return {
    name,
    kind,
    segment: ordinal,
    bytes,
    modules: modulesOf(name, kind, bytes),
    locations: locationsOf(bytes),
  };
}

/** Names come from the program; they must not lead to other folders. */
function nameOf({ file }: RodataSegment, ordinal: number): string {
  const name = (file ?? "").replace(/\.\w+$/, "")
    .replace(/[^\w.-]/g, "_").replace(/^\.+/, "_");
  return name || `executable${ordinal}`;
}

function unique(name: string, names: Set<string>): string {
  let free = name;
  for (let count = 2; isIn(names, free.toLowerCase()); count++) {
    free = `${name}_${count}`;
  }
  names.add(free.toLowerCase());
  return free;
}

function magicOf(bytes: Uint8Array<ArrayBuffer>): string {
  return new TextDecoder().decode(bytes.subarray(0, 4));
}

function locationsOf(bytes: Uint8Array<ArrayBuffer>): FunctionLocation[] {
  const magic = magicOf(bytes);
  if (!Object.hasOwn(CONTAINERS, magic)) return readLibraryLocations(bytes);
  const { functions, debug: [nameField, debugField] } = CONTAINERS[magic]!;
  const root = FlatTable.root(bytes.subarray(HEADER_LENGTH), magic);
  return root.tables(functions).flatMap((table) => {
    const debug = table.table(debugField);
    const location = debug?.table(1);
    if (debug === undefined || location === undefined) return [];
    const name = debug.string(0) || table.string(nameField);
    return [{ name, path: location.string(0), line: location.i32(1) }];
  });
}

function modulesOf(
  name: string,
  kind: string,
  bytes: Uint8Array<ArrayBuffer>,
): ExecutableModule[] {
  const magic = magicOf(bytes);
  if (!Object.hasOwn(CONTAINERS, magic)) {
    const extension = LIBRARY_EXTENSIONS[kind.split(" ")[0]!] ?? "bin";
    return [{ fileName: `${name}.${extension}`, bytes }];
  }
  const { modules, code, elementSize = 1 } = CONTAINERS[magic]!;
  const root = FlatTable.root(bytes.subarray(HEADER_LENGTH), magic);
  const tables = root.tables(modules);
  return tables.flatMap((table, index) =>
    code.filter(([field]) => table.has(field)).map(([field, extension]) => {
      const number = tables.length === 1 ? "" : `_${index}`;
      const { buffer, byteOffset, byteLength } = table.records(
        field,
        elementSize,
      );
      return {
        fileName: `${name}${number}.${extension}`,
        bytes: new Uint8Array(buffer, byteOffset, byteLength).slice(),
      };
    })
  );
}
