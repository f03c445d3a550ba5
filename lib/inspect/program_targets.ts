import { ownValue } from "../base/own_value.ts";
import { type ByteSource, memorySource } from "../files/byte_source.ts";
import { readLibraryFile } from "../files/library_file.ts";
import { looksLikeProgram } from "../files/program_archive.ts";

// A program has no table of the devices that it was compiled for. What there is
// are the messages that it fails with when it finds none of them, in which the
// compiler wrote down the targets, the texts that it asks devices about, and
// the executables themselves.

/** An executable that a device can have, among those a program was built for. */
export interface ExecutableTarget {
  /** The compiler's backend, such as `llvm-cpu`. */
  readonly backend: string;
  /** Format that the device must take, such as `embedded-elf-x86_64`. */
  readonly format: string;
}

/** A kind of device that will do. */
export interface DeviceTarget {
  /** Its name in the compiler, such as `local` or `vulkan`. */
  readonly device: string;
  /** Names of IREE's drivers for it, which `--device` takes. */
  readonly drivers: readonly string[];
  /** The executables that were built for it. */
  readonly executables: readonly ExecutableTarget[];
}

/** A device that a program looks for when it is loaded. */
export interface DeviceRequirement {
  /** Its name in the program, such as `__device_0`. */
  readonly name: string;
  /** The kinds of devices that will do, the best first. */
  readonly targets: readonly DeviceTarget[];
}

/** Code for devices, of which one variant is picked when a program is loaded. */
export interface ExecutableRequirement {
  /** Its name in the program. */
  readonly name: string;
  /** The formats that there are of it. */
  readonly formats: readonly string[];
}

/** What a program was compiled for. */
export interface ProgramTargets {
  readonly devices: readonly DeviceRequirement[];
  readonly executables: readonly ExecutableRequirement[];
}

/** IREE's drivers by the compiler's names of devices. */
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
 * Finds what a program was compiled for in the messages of its code.
 *
 * @param bytecode The program's code, which has texts with their lengths as 16
 * bits before them.
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

function* readMessages(
  bytecode: Uint8Array<ArrayBuffer>,
  start: string,
): Generator<string> {
  // One character a byte, so that places in the text are those of the bytes.
  const text = new TextDecoder("latin1").decode(bytecode);
  const view = new DataView(
    bytecode.buffer,
    bytecode.byteOffset,
    bytecode.length,
  );
  for (
    let at = text.indexOf(start, 2);
    at >= 0;
    at = text.indexOf(start, at + 1)
  ) {
    const length = view.getUint16(at - 2, true);
    yield decoder.decode(bytecode.subarray(at, at + length));
  }
}

const TARGET =
  /#hal\.device\.target<"([^"]*)"|#hal\.executable\.target<"([^"]*)", "([^"]*)"/g;

/**
 * Reads the attributes that the compiler wrote of a device's targets.
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
 * Whether a text is the name of a format of executables, such as
 * `embedded-elf-x86_64` or `vulkan-spirv-fb`.
 *
 * @param text The text.
 */
export function isExecutableFormat(text: string): boolean {
  return /^(?:(?:embedded|system)-[a-z]+-\w+|[a-z]\w*(?:-\w+)*-fb)$/.test(text);
}

/** Beginnings of executables that are FlatBuffers, and for which API. */
const MAGICS: Readonly<Record<string, string>> = {
  AMD1: "amdgpu",
  CDA1: "cuda",
  HIP1: "hip",
  MTL1: "metal",
  VKE1: "vulkan",
  WGS1: "webgpu",
};

/** How much of an executable its kind is told from. */
const HEAD_LENGTH = 1024;

/**
 * Recognises code in the data of a program.
 *
 * @param source The program's file.
 * @param offset Where the data starts.
 * @param length Its length in bytes.
 * @returns `elf x86_64`, `vmvx`, `vulkan` and their like; `undefined` for what
 * is no code.
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
  // Two letters begin a PE file, and many a constant too.
  if (format === "unknown" || arch === undefined) return undefined;
  return `${format} ${arch}`;
}
