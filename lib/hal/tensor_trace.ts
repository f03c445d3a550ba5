import type { FrameValues, HostCall, HostTarget } from "../../ffi/host/host.ts";
import { readTraceName } from "../../ffi/host/call.ts";
import { isFunction } from "../base/checks.ts";
import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";
import { isPromise, refusePromise } from "../base/promises.ts";
import type { NdArray } from "../tensor/tensor_data.ts";
import { copyHostTensor } from "./host_tensor.ts";

/** The tensors of a trace point, which is `flow.tensor.trace` in a program. */
export interface TracedTensors {
  /** Name of the trace point. */
  readonly name: string;
  /** Copies of its tensors, in order. */
  readonly tensors: readonly NdArray[];
}

/**
 * Receives the tensors of a program's trace points; the program continues when
 * it returns, and fails with what it throws. It may return a promise where the
 * program does not block this thread.
 *
 * @param point The trace point.
 */
export type TensorTracer = (point: TracedTensors) => void | Promise<void>;

/** Bytes that a reference has in a call's frame. */
const REFERENCE_LENGTH = 16;

/**
 * Checks a tracer, and makes the function that native code calls.
 *
 * @param tracer The option `traceTensors`.
 */
export function traceTargetOf(
  tracer: TensorTracer | undefined,
): HostTarget | undefined {
  if (tracer === undefined) return undefined;
  if (!isFunction(tracer)) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      `traceTensors must be a function, got ${describeValue(tracer)}`,
    );
  }
  return (call, values) => {
    const returned: unknown = tracer(readPoint(call, values));
    if (!isPromise(returned)) return undefined;
    if (!call.mayWait) throw refusePromise("traceTensors", returned);
    const written = Promise.resolve(returned).then(() => () => {});
    return { written, end: () => {} };
  };
}

function readPoint(call: HostCall, values: FrameValues): TracedTensors {
  const name = readTraceName(call.id);
  const tensors = Array.from({ length: call.ordinal }, (_, at) => {
    const tensor = copyHostTensor(call.id, at, values, at * REFERENCE_LENGTH);
    if (tensor !== undefined) return tensor;
    throw new IreeError(
      "UNIMPLEMENTED",
      `tensor ${at} of trace point '${name}' has elements without an array class`,
    );
  });
  return { name, tensors };
}
