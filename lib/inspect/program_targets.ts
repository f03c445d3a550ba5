import { ownValue } from "../base/own_value.ts";
import { type ByteSource, memorySource } from "../files/byte_source.ts";
import { readLibraryFile } from "../files/library_file.ts";
import { looksLikeProgram } from "../files/program_archive.ts";

// Programs have no table of target devices. The targets come from the messages
// that a program fails with if no device matches, where the compiler lists
// them, from the texts of its device queries, and from the executables
// themselves.

/** An executable that a program was built with for a device. */
export interface ExecutableTarget {
  /** The compiler backend, such as `llvm-cpu`. */
  readonly backend: string;
  /** The format that the device must support, such as `embedded-elf-x86_64`. */
  readonly format: string;
}

/** A kind of device that a program accepts. */
export interface DeviceTarget {
  /** The compiler's name for it, such as `local` or `vulkan`. */
  readonly device: string;
  /** Names of IREE's drivers for it, as in `--device`. */
  readonly drivers: readonly string[];
  /** The executables built for it. */
  readonly executables: readonly ExecutableTarget[];
}

/** A device that a program requires when it is loaded. */
export interface DeviceRequirement {
  /** Its name in the program, such as `__device_0`. */
  readonly name: string;
  /** The accepted kinds of devices, in order of preference. */
  readonly targets: readonly DeviceTarget[];
}

/** Device code, of which one variant is chosen when a program is loaded. */
export interface ExecutableRequirement {
  /** Its name in the program. */
  readonly name: string;
  /** The available formats. */
  readonly formats: readonly string[];
}

/** The targets of a program. */
export interface ProgramTargets {
  readonly devices: readonly DeviceRequirement[];
  readonly executables: readonly ExecutableRequirement[];
}

/** IREE's drivers by the compiler's device names. */
const DRIVERS: Readonly<Record<string, readonly string[]>> = {
  local: ["local-task", "local-sync"],
  hip: ["hip"],
  cuda: ["cuda"],
  vulkan: ["vulkan"],
  metal: ["metal"],
  amdgpu: ["amdgpu"],
};

const decoder = new TextDecoder();

/**
 * Finds a program's targets in its messages.
 *
 * @param bytecode The program's code, which contains texts with 16-bit length
 * prefixes.
 */
export function readTargets(
  bytecode: Uint8Array<ArrayBuffer>,
): ProgramTargets {
  const devices = new Map<string, DeviceRequirement>();
  const executables = new Map<string, Set<string>>();
  for (const message of readMessages(bytecode, "HAL device `")) {
    const missing = /^HAL device `(.*?)` not found or unavailable: ([^]*)$/
      .exec(message);
    if (missing !== null) {
      const [, name = "", targets = ""] = missing;
      devices.set(name, { name, targets: parseTargets(targets) });
    }
    const [, name, formats = ""] =
      /any variant of executable `(.*?)`; available formats: \[(.*)\]$/
        .exec(message) ?? [];
    if (name === undefined) continue;
    const known = executables.get(name) ?? new Set<string>();
    for (const format of formats.split(", ")) known.add(format);
    executables.set(name, known);
  }
  return {
    devices: [...devices.values()],
    executables: Array.from(
      executables,
      ([name, formats]) => ({ name, formats: [...formats] }),
    ),
  };
}

/**
 * Finds texts in a program's code.
 *
 * @param bytecode The code, which contains texts with 16-bit length prefixes.
 * @param start How the texts start.
 */
export function* readMessages(
  bytecode: Uint8Array<ArrayBuffer>,
  start: string,
): Generator<string> {
  // One character per byte, so that text positions are byte positions.
  const text = new TextDecoder("latin1").decode(bytecode);
  const view = new DataView(
    bytecode.buffer,
    bytecode.byteOffset,
    bytecode.length,
  );
  for (
    let last = -1, at = text.indexOf(start, 2);
    at > last;
    last = at, at = text.indexOf(start, at + 1)
  ) {
    const length = view.getUint16(at - 2, true);
    yield decoder.decode(bytecode.subarray(at, at + length));
  }
}

const TARGET =
  /#hal\.device\.target<"([^"]*)"|#hal\.executable\.target<"([^"]*)", "([^"]*)"/g;

/**
 * Parses the compiler's attributes for a device's targets.
 *
 * @param text The attributes.
 */
export function parseTargets(text: string): DeviceTarget[] {
  const targets: (DeviceTarget & { executables: ExecutableTarget[] })[] = [];
  for (const [, device, backend = "", format = ""] of text.matchAll(TARGET)) {
    if (device !== undefined) {
      const drivers = ownValue(DRIVERS, device) ?? [];
      targets.push({ device, drivers, executables: [] });
    } else {
      targets.at(-1)?.executables.push({ backend, format });
    }
  }
  return targets;
}

/**
 * Returns whether a text is the name of an executable format, such as
 * `embedded-elf-x86_64` or `vulkan-spirv-fb`.
 *
 * @param text The text.
 */
export function isExecutableFormat(text: string): boolean {
  return /^(?:(?:embedded|system)-[a-z]+-\w+|[a-z]\w*(?:-\w+)*-fb)$/.test(text);
}

/** The first bytes of executables that are FlatBuffers, and their APIs. */
const MAGICS: Readonly<Record<string, string>> = {
  AMD1: "amdgpu",
  CDA1: "cuda",
  HIP1: "hip",
  MTL1: "metal",
  VKE1: "vulkan",
  WGS1: "webgpu",
};

/** How much of an executable is read to recognize its kind. */
const HEAD_LENGTH = 1024;

/**
 * Recognizes code in a program's data.
 *
 * @param source The program's file.
 * @param offset Where the data starts.
 * @param length Its length in bytes.
 * @returns The kind, such as `elf x86_64`, `vmvx` or `vulkan`; `undefined` if it
 * is not code.
 */
export function recognizeExecutable(
  source: ByteSource,
  offset: number,
  length: number,
): string | undefined {
  const head = source.read(offset, Math.min(length, HEAD_LENGTH));
  const start = decoder.decode(head.subarray(0, 4));
  if (Object.hasOwn(MAGICS, start)) return MAGICS[start];
  if (looksLikeProgram(memorySource(head))) return "vmvx";
  const { format, arch } = readLibraryFile(head);
  // PE files start with two letters, as do many constants.
  if (format === "unknown" || arch === undefined) return undefined;
  return `${format} ${arch}`;
}
