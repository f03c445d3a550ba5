import {
  type Bytes,
  bytesOf as bytesOfArray,
} from "../../ffi/base/typed_array.ts";
import { isArray } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import type { DeviceOptions } from "../hal/device_options.ts";
import { memorySource, withFile } from "../files/byte_source.ts";
import { inspectProgram } from "../inspect/inspect.ts";
import { readTuning, type TuningTrial } from "../inspect/program_tuning.ts";
import type { ProgramDescription } from "../inspect/program_description.ts";
import type { DeclaredValue } from "../signature/signature.ts";
import { declaredElementType } from "../tensor/element_type.ts";

/** The URI that chooses the device by the program. */
const AUTO = "auto";

/**
 * Bytes of constants, inputs and outputs above which threads pay off, as
 * measured for `bench/RECIPES.md`.
 */
const THREADS_PAY = 1024 * 1024;

/** A device and its options. */
export interface AutoDevice {
  /** Its URI. */
  readonly device: string;
  /** Its options. */
  readonly deviceOptions: DeviceOptions | undefined;
}

/**
 * Returns whether the program determines the device.
 *
 * @param device The option `device`.
 * @returns Whether it is `auto`; throws INVALID_ARGUMENT for `auto` among
 * several devices.
 */
export function isAuto(device: unknown): boolean {
  if (!isArray(device)) return device === AUTO;
  if (!device.includes(AUTO)) return false;
  if (device.length === 1) return true;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `'${AUTO}' must be the only device, got ${device.length} devices`,
  );
}

/**
 * Chooses the device for a program: the one that tuning found, or else the one
 * that the program was compiled for. On the CPU, small programs get
 * `local-sync`.
 *
 * @param program The program's path or bytes.
 * @param options Options for creating devices. Their workers replace those that
 * tuning found.
 */
export function autoDevice(
  program: string | Bytes,
  options: DeviceOptions | undefined,
): AutoDevice {
  const description = inspectProgram(program);
  const hasWorkers = options?.topology !== undefined ||
    options?.worker !== undefined;
  const driver = driverOf(description);
  if (driver !== undefined || hasWorkers) {
    return { device: driver ?? "local-task", deviceOptions: options };
  }
  const { choice } = description.tuning ?? {};
  if (choice === undefined) {
    const isSmall = bytesOf(description) < THREADS_PAY;
    const device = isSmall ? "local-sync" : "local-task";
    return { device, deviceOptions: options };
  }
  return tunedDevice(choice, options);
}

/**
 * Returns the device that tuning found for a program, if the caller names none.
 *
 * @param program The program's path or bytes.
 * @param options Options for creating devices.
 * @returns The device; `undefined` for a program that was not tuned, or whose
 * workers the options determine.
 */
export function deviceOfTuning(
  program: string | Bytes,
  options: DeviceOptions | undefined,
): AutoDevice | undefined {
  if (options?.topology !== undefined || options?.worker !== undefined) {
    return undefined;
  }
  try {
    const tuning = typeof program === "string"
      ? withFile(program, (source) => readTuning(source))
      : readTuning(memorySource(bytesOfArray(program, "the program")));
    return tuning === undefined || tuning instanceof IreeError
      ? undefined
      : tunedDevice(tuning.choice, options);
  } catch {
    // Loading reports what is wrong with the file.
    return undefined;
  }
}

function tunedDevice(
  { device, workers }: TuningTrial,
  options: DeviceOptions | undefined,
): AutoDevice {
  const topology = workers === undefined ? undefined : { groupCount: workers };
  return { device, deviceOptions: { ...options, topology } };
}

/** The driver of a program for another device than the CPU. */
function driverOf({ devices }: ProgramDescription): string | undefined {
  const drivers = devices[0]?.targets.flatMap((it) => it.drivers) ?? [];
  return drivers.includes("local-task") ? undefined : drivers[0];
}

/** Bytes of a program's constants, and of its largest inputs and outputs. */
function bytesOf({ rodata, exports }: ProgramDescription): number {
  const constants = rodata.filter(({ executable }) => executable === undefined)
    .reduce((sum, { byteLength }) => sum + byteLength, 0);
  const tensors = exports.map(({ signature }) =>
    [...signature?.inputs ?? [], ...signature?.outputs ?? []]
      .reduce((sum, value) => sum + tensorBytes(value), 0)
  );
  return constants + Math.max(0, ...tensors);
}

/** Bytes of a tensor; dynamic dimensions count as one. */
function tensorBytes(value: DeclaredValue): number {
  if (value.kind !== "tensor") return 0;
  const bits = declaredElementType(value.elementType)?.bitCount ?? 0;
  return value.shape.reduce<number>((size, it) => size * (it ?? 1), bits / 8);
}
