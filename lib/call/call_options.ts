import { typedArrayName } from "../../ffi/base/typed_array.ts";
import { copyArray, isArray, isRevoked } from "../base/checks.ts";
import { checkSignal } from "../base/abort_signal.ts";
import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import { type OptionNames, readOptions } from "../base/options.ts";
import type { AnyTypedArray } from "../tensor/element_type.ts";

/** Options for calls: see `VmFunction.with`. */
export interface CallOptions {
  /**
   * Rejects the call when aborted, such as by `AbortSignal.timeout(ms)`. Only for
   * asynchronous calls: the others cannot be aborted.
   */
  signal?: AbortSignal | undefined;
  /**
   * Arrays that tensors are copied into: for `compute`, one per result in order,
   * or `undefined` for a new array and for results that are not tensors; for
   * `run`, by name.
   */
  into?:
    | readonly (AnyTypedArray | undefined)[]
    | Readonly<Record<string, AnyTypedArray>>
    | undefined;
  /**
   * Whether `compute` returns tensors as `NdArray`, with shape and element type.
   *
   * @default {false}
   */
  shapes?: boolean | undefined;
  /**
   * Whether arguments and results are structures if the program declares them in
   * `iree.abi`; otherwise they are the VM's values.
   *
   * @default {true}
   */
  structures?: boolean | undefined;
}

/** Checked options. */
export interface CheckedOptions {
  readonly signal: AbortSignal | undefined;
  /** Arrays in the order of the results. */
  readonly targets: readonly (AnyTypedArray | undefined)[] | undefined;
  /** Arrays by name. */
  readonly named: Readonly<Record<string, AnyTypedArray>> | undefined;
  readonly shapes: boolean;
  readonly structures: boolean;
}

/** The defaults. */
export const DEFAULTS: CheckedOptions = {
  signal: undefined,
  targets: undefined,
  named: undefined,
  shapes: false,
  structures: true,
};

const NAMES: OptionNames<CallOptions> = {
  signal: true,
  into: true,
  shapes: true,
  structures: true,
};

/**
 * Checks the options of calls.
 *
 * @param name The function.
 * @param resultCount The number of results.
 * @param options The caller's options; copied, since they can change.
 */
export function checkCallOptions(
  name: string,
  resultCount: number,
  options: CallOptions,
): CheckedOptions {
  const { signal, into, shapes = false, structures = true } = readOptions(
    options,
    NAMES,
  );
  for (const [key, value] of Object.entries({ shapes, structures })) {
    if (typeof value === "boolean") continue;
    throw invalid(`${key} must be a boolean, got ${describeValue(value)}`);
  }
  const isList = isArray(into);
  if (isList && into.length !== resultCount) {
    throw invalid(
      `into must have an array, or undefined, for each of the ${resultCount} ` +
        `results of '${name}', got ${into.length}`,
    );
  }
  const targets = isList
    ? copyArray(
      "into",
      into as readonly (AnyTypedArray | undefined)[],
      () => {},
    )
    : undefined;
  const isRecord = typeof into === "object" && into !== null &&
    targets === undefined && typedArrayName(into) === undefined &&
    !isRevoked(into);
  if (into !== undefined && targets === undefined && !isRecord) {
    throw invalid(
      `into must be an array or an object of arrays, got ${
        describeValue(into)
      }`,
    );
  }
  return {
    signal: checkSignal(signal),
    targets,
    named: isRecord ? { ...into as Record<string, AnyTypedArray> } : undefined,
    shapes,
    structures,
  };
}

/** The options that each way of calling supports. */
const SUPPORTED = {
  call: { signal: false, targets: false, named: false, shapes: false },
  compute: { signal: false, targets: true, named: false, shapes: true },
  callAsync: { signal: true, targets: false, named: false, shapes: false },
  computeAsync: { signal: true, targets: true, named: false, shapes: true },
  run: { signal: true, targets: false, named: true, shapes: true },
};

/**
 * Rejects options that a way of calling does not support.
 *
 * @param way The way.
 * @param options The options.
 */
export function refuseOptions(
  way: keyof typeof SUPPORTED,
  { signal, targets, named, shapes }: CheckedOptions,
): void {
  const supported = SUPPORTED[way];
  if (signal !== undefined && !supported.signal) {
    throw unsupported(way, "signal", `nothing can abort it: use ${way}Async`);
  }
  if (targets !== undefined && !supported.targets) {
    throw unsupported(way, "into", "an array of arrays is for compute");
  }
  if (named !== undefined && !supported.named) {
    throw unsupported(way, "into", "arrays by name are for run");
  }
  if (shapes && !supported.shapes) {
    throw unsupported(way, "shapes", "it is for compute");
  }
}

/**
 * Rejects the caller's arrays for results in structures.
 *
 * @param options The options.
 */
export function refuseInto({ targets, named }: CheckedOptions): void {
  if (targets === undefined && named === undefined) return;
  throw invalid(
    "results in structures cannot be copied into the caller's arrays",
    "add structures: false, or leave into out",
  );
}

function unsupported(way: string, option: string, hint: string): IreeError {
  return invalid(`${way} does not support the option '${option}'`, hint);
}

function invalid(problem: string, hint?: string): IreeError {
  return new IreeError("INVALID_ARGUMENT", problem, { hint });
}
