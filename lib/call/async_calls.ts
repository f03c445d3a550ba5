import {
  createCall,
  endCall,
  endSubmission,
  runCall,
  submitCall,
  waitForCall,
} from "../../ffi/call.ts";
import { listenWhile } from "../../ffi/host/listener.ts";
import type { Handle } from "../../ffi/ownership/handle.ts";
import { Kind } from "../../ffi/ownership/kind.ts";
import { Producer, whenProduced } from "../../ffi/ownership/producer.ts";
import { handleIn } from "../base/native_object.ts";
import type { FlatArgument, FlatResult } from "./argument.ts";
import type { ArgumentWriter } from "./argument_writer.ts";
import type { CallFrame } from "./call_frame.ts";
import type { FunctionContext } from "./context_queue.ts";

/**
 * A call that was submitted to the device.
 *
 * @typeParam Results The results.
 */
export interface Submission<Results extends FlatResult = FlatResult> {
  /**
   * The results. Pass tensors to further calls of the context right away: those
   * wait for the contents. Reading a tensor or a list before the call has
   * finished throws. The caller must dispose objects.
   */
  readonly results: Results;
  /**
   * Resolves when the work has ended; rejects with its failure, or with
   * FAILED_PRECONDITION when an argument is a result of a submission that failed,
   * whose error is the `cause`. Await or catch it for each submission: an
   * unhandled rejection ends Deno.
   */
  readonly finished: Promise<void>;
}

/** The asynchronous calls of a function. */
export class AsyncCalls {
  readonly #owner: FunctionContext;
  readonly #layout: ArgumentWriter;
  readonly #moduleOrdinal: number;

  constructor(
    owner: FunctionContext,
    layout: ArgumentWriter,
    moduleOrdinal: number,
  ) {
    this.#owner = owner;
    this.#layout = layout;
    this.#moduleOrdinal = moduleOrdinal;
  }

  /**
   * Prepares a call with native objects of its own, so that calls may overlap.
   *
   * @param values The arguments.
   * @param demandFunction Throws if the function was disposed. Reading the
   * arguments can run code that disposes it.
   */
  begin(
    values: readonly FlatArgument[],
    demandFunction: () => void,
  ): CallFrame {
    const references = this.#layout.readReferences(values);
    demandFunction();
    const handle = prepareHandle(
      this.#owner,
      this.#layout,
      this.#moduleOrdinal,
    );
    const prepared = this.#layout.prepare(handle);
    try {
      this.#layout.write(this.#owner.context, prepared, values, references);
    } catch (error) {
      handle.release();
      throw error;
    }
    return prepared;
  }

  /**
   * Runs a call when its turn comes.
   *
   * @param prepared The call, which is released at the end.
   * @param signal Aborts the call.
   * @param read Reads the results, which are finished by then.
   * @returns The result of `read`; rejects with the call's failure.
   */
  async finish<Results>(
    prepared: CallFrame,
    signal: AbortSignal | undefined,
    read: (call: CallFrame) => Results,
  ): Promise<Results | undefined> {
    const { queue } = this.#owner;
    const { handle } = prepared;
    try {
      if (!this.#layout.takesFences) {
        const run = async () =>
          await this.#run(prepared, signal) ? read(prepared) : undefined;
        return await queue.run(run, signal);
      }
      const submit = () => this.#submitElsewhere(prepared, signal);
      const submission = await queue.run(submit, signal);
      if (submission === undefined) return undefined;
      await submission.finished;
      return read(prepared);
    } finally {
      handle.release();
    }
  }

  /**
   * The same for results with lists in them, which are read before the next
   * call of the context begins.
   */
  async finishInTurn<Results>(
    prepared: CallFrame,
    signal: AbortSignal | undefined,
    read: () => Results,
  ): Promise<Results | undefined> {
    if (!this.#layout.takesFences) return this.finish(prepared, signal, read);
    const handle = prepared.handle.retain();
    try {
      await this.finish(prepared, signal, () => undefined);
      return await this.#owner.queue.run(read, signal);
    } finally {
      handle.release();
    }
  }

  // Returns whether the call ran; an aborted one does not.
  async #run(
    prepared: CallFrame,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const { context, queue } = this.#owner;
    const { handle, producers } = prepared;
    if (producers.length > 0) await whenProduced(producers);
    queue.follow(handle);
    const states = queue.hostStates;
    const mayCallBack = states.length > 0;
    const run = () =>
      runCall(context, handle, prepared.arguments, signal, mayCallBack);
    const ran = mayCallBack ? listenWhile(states, run, signal) : run();
    if (!await ran) return false;
    endCall(handle, prepared.results);
    return true;
  }

  // Submitting much work takes time too.
  async #submitElsewhere(
    prepared: CallFrame,
    signal: AbortSignal | undefined,
  ): Promise<{ finished: Promise<void> } | undefined> {
    if (!await this.#run(prepared, signal)) return undefined;
    const { handle } = prepared;
    const ended = waitForCall(this.#owner.context, handle);
    return { finished: this.#track(handle, ended) };
  }

  /** Submits a call to the device; its turn must have come. */
  submit(prepared: CallFrame): Submission {
    const { context, queue } = this.#owner;
    const { handle, producers } = prepared;
    try {
      // Reading the arguments may have run code that began a call.
      queue.demandIdle("a call cannot be submitted");
      queue.follow(handle);
      const ended = submitCall(
        context,
        handle,
        prepared.arguments,
        prepared.results,
      );
      const tracked = this.#track(handle, ended);
      const producer = new Producer(context, handle, producers, tracked);
      return this.#submission(prepared, producer);
    } finally {
      handle.release();
    }
  }

  // Contents of results cannot be read before the call has finished.
  #submission(prepared: CallFrame, producer: Producer): Submission {
    const { finished } = producer;
    try {
      const results = this.#layout.results.read(this.#owner.context, prepared);
      producer.keep(thoseWithContents(results));
      return { results, finished };
    } catch (error) {
      // The caller never receives the promise.
      finished.catch(() => {});
      throw error;
    }
  }

  // Makes later calls follow a submitted one.
  #track(handle: Handle, ended: Promise<void>): Promise<void> {
    const { queue } = this.#owner;
    queue.submitted(handle.retain());
    return ended.then(() => endSubmission(handle)).finally(() => {
      queue.ended(handle);
      handle.release();
    });
  }
}

/** Creates the native object of a call. */
export function prepareHandle(
  owner: FunctionContext,
  layout: ArgumentWriter,
  moduleOrdinal: number,
): Handle {
  const { devices } = owner;
  const { takesFences, exportName, argumentsLength, resultsLength } = layout;
  return createCall(owner.context, moduleOrdinal, exportName, {
    devices,
    takesFences,
    argumentsLength,
    resultsLength,
  });
}

// Tensors, and objects that can contain them. VM buffers are host memory.
function thoseWithContents(results: FlatResult): Handle[] {
  return (Array.isArray(results) ? results : [results])
    .map(handleIn)
    .filter((it) => it !== undefined)
    .filter(({ kind }) => kind !== Kind.buffer);
}
