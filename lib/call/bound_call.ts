import { bindCall, invokeCall } from "../../ffi/call.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { Producer } from "../../ffi/ownership/producer.ts";
import { isRevoked } from "../base/checks.ts";
import { demandHandle, handleOf, NativeObject } from "../base/native_object.ts";
import type { FlatResult } from "./argument.ts";
import type { ArgumentWriter } from "./argument_writer.ts";
import type { CallFrame } from "./call_frame.ts";
import type { FunctionContext } from "./context_queue.ts";

/**
 * Calls a function repeatedly with the same arguments, which are checked and
 * passed once. With mapped tensors, calls in a loop copy and allocate nothing.
 * onnxruntime calls this `IOBinding`.
 *
 * Thread-compatible, like the function's context: one call at a time.
 *
 * @typeParam Results The results, if known.
 *
 * @example
 * ```ts ignore
 * import { BufferView, load } from "@iree/runtime";
 *
 * using program = load({ modules: ["mul_into.vmfb"], device: "local-sync" });
 * const [device] = program.devices;
 * using input = BufferView.from(device, new Float32Array(4));
 * using output = BufferView.from(device, new Float32Array(4));
 * using call = program.lookupFunction("mul_into").bind(input, input, output);
 * input.write(new Float32Array([1, 2, 3, 4]));
 * call.run();
 * console.log(output.toTypedArray());
 * ```
 */
export class BoundCall<Results extends FlatResult = FlatResult>
  extends NativeObject {
  readonly #owner: FunctionContext;
  readonly #layout: ArgumentWriter;
  readonly #prepared: CallFrame;

  /**
   * Takes over a call; use `VmFunction.bind`.
   *
   * @internal
   */
  constructor(
    owner: FunctionContext,
    layout: ArgumentWriter,
    prepared: CallFrame,
  ) {
    super(handleOfCall(prepared));
    this.#owner = owner;
    this.#layout = layout;
    this.#prepared = prepared;
    bindCall(prepared.handle);
  }

  /**
   * Calls the function for its effect on its arguments, and waits for it; results
   * are discarded. Throws FAILED_PRECONDITION like `VmFunction.call`, and after
   * disposal.
   */
  run(): void {
    this.#begin();
    const { handle, arguments: values } = this.#prepared;
    invokeCall(handle, values, null);
  }

  /**
   * Calls the function and waits for it.
   *
   * @returns The results; the caller must dispose objects in them. Throws
   * FAILED_PRECONDITION like {@linkcode run}.
   */
  call(): Results {
    this.#begin();
    const { handle, arguments: values, results } = this.#prepared;
    invokeCall(handle, values, results);
    const { context } = this.#owner;
    // The caller's type argument guarantees this.
    return this.#layout.results.read(context, this.#prepared) as Results;
  }

  // Throws while an asynchronous call uses the context.
  #begin(): void {
    const handle = handleOf(this);
    const { queue } = this.#owner;
    queue.demandIdle("a call cannot be made");
    queue.follow(handle);
    Producer.waitForAll(this.#prepared.producers);
  }
}

function handleOfCall(prepared: CallFrame): Handle {
  if (isRevoked(prepared)) demandHandle(undefined, "BoundCall");
  const { handle } = Object(prepared);
  demandHandle(handle, "BoundCall");
  return handle;
}
