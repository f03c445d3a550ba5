import { countFences } from "../../ffi/host/active.ts";
import {
  blockForArguments,
  failFences,
  signalFences,
  takeFences,
  waitForArguments,
} from "../../ffi/host/call.ts";
import type { FrameValues, HostCall } from "../../ffi/host/host.ts";
import { hasEnded } from "../../ffi/library/library.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { untilAborted } from "../base/abort_signal.ts";
import { IreeError } from "../base/error.ts";
import { isPromise } from "../base/promises.ts";
import { BufferView } from "../hal/buffer_view.ts";
import type { TensorType } from "../signature/signature.ts";
import type { HostArgumentReader } from "./host_argument.ts";
import type { HostResultWriter } from "./host_result.ts";
import { disposeAll, type HostScope } from "./host_value.ts";
import type { AnyHostFunction } from "./options.ts";

/** A function of a module, as its calls use it. */
export interface CalledFunction {
  /** Its name with the module's. */
  readonly name: string;
  /** Its arguments. */
  readonly arguments: readonly HostArgumentReader[];
  /** Its results. */
  readonly results: readonly HostResultWriter[];
  /** Runs the function. */
  apply(values: unknown[], context: object): unknown;
  /** Returns the results that it returned; throws if their number is wrong. */
  listOf(returned: unknown): readonly unknown[];
  /** Checks and writes what it returned. */
  write(
    scope: HostScope,
    id: number,
    values: FrameValues,
    returned: unknown,
  ): void;
  /** Creates the error for a promise that nothing can wait for. */
  refusePromise(returned: PromiseLike<unknown>): IreeError;
}

/**
 * The calls of a function that is imported with fences: programs continue until
 * they need the results.
 */
export class FencedCalls {
  readonly #function: CalledFunction;
  readonly #shapes: AnyHostFunction["shapes"];

  constructor(its: CalledFunction, shapes: AnyHostFunction["shapes"]) {
    this.#function = its;
    this.#shapes = shapes;
  }

  /** Makes a call whose values are in a frame. */
  make(
    scope: HostScope,
    context: object,
    call: HostCall,
    values: FrameValues,
  ): undefined {
    const { id, state, signal } = call;
    const fences = takeFences(scope.module.instance, id);
    let isPending = false;
    try {
      if (!call.mayWait) blockForArguments(fences);
      const readers = this.#function.arguments.map((it) =>
        it.hold(scope, call, values)
      );
      const apply = () =>
        this.#function.apply(readers.map((read) => read()), context);
      if (call.mayWait) {
        const write = this.#allocateResults(scope, id);
        isPending = true;
        countFences(state, 1);
        this.#makeLater(scope, signal, fences, apply, write)
          .finally(() => countFences(state, -1));
        return;
      }
      const returned = apply();
      if (isPromise(returned)) throw this.#function.refusePromise(returned);
      this.#function.write(scope, id, values, returned);
      signalFences(fences);
    } catch (error) {
      failFences(fences, error);
      throw error;
    } finally {
      if (!isPending) {
        disposeAll(scope);
        fences.release();
      }
    }
  }

  // Never rejects: a failure is that of the fence.
  async #makeLater(
    scope: HostScope,
    signal: AbortSignal | undefined,
    fences: Handle,
    apply: () => unknown,
    write: readonly ((value: unknown) => void)[],
  ): Promise<void> {
    try {
      await waitForArguments(fences);
      const work = Promise.resolve(apply());
      const returned = await untilAborted(work, signal, () => {});
      const results = this.#function.listOf(returned);
      write.forEach((it, at) => it(results[at]));
      if (!hasEnded()) signalFences(fences);
    } catch (error) {
      if (!hasEnded()) failFences(fences, error);
    } finally {
      disposeAll(scope);
      fences.release();
    }
  }

  #allocateResults(scope: HostScope, id: number): ((value: unknown) => void)[] {
    const { name, results } = this.#function;
    const inputs = scope.owned.filter((it) => it instanceof BufferView)
      .map(({ shape }) => shape);
    const shapes = this.#shapes?.(...inputs);
    return results.map((it, at) => {
      const shape = shapes?.[at] ?? (it.declared as TensorType).shape;
      if (shape.every((dim) => dim !== null)) {
        return it.allocate(scope, id, shape);
      }
      throw new IreeError(
        "INVALID_ARGUMENT",
        `result ${at} of '${name}' must have a known shape`,
        { hint: "define `shapes`, which returns the shapes of the results" },
      );
    });
  }
}
