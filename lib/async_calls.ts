import {
  createCall,
  endCall,
  endSubmission,
  runCall,
  submitCall,
  waitForCall,
} from "../ffi/call.ts";
import type { Handle } from "../ffi/handle.ts";
import { BufferView } from "./buffer_view.ts";
import type { Argument, CallLayout } from "./call_layout.ts";
import type { CallResult } from "./call_results.ts";
import type { ContextQueue } from "./context_queue.ts";
import { handleOf, NativeObject } from "./native_object.ts";
import type { Patience } from "./patience.ts";
import type { PreparedCall } from "./prepared_call.ts";

/** What a function is looked up in. */
export interface FunctionContext {
  /** The context. */
  readonly context: Handle;
  /** The devices that it uses, if any. */
  readonly devices: Handle | undefined;
  /** Keeps its calls in order. */
  readonly queue: ContextQueue;
}

/** A call that was given to the device. */
export interface Submission {
  /**
   * The results. Tensors can be passed to further calls of the context at once,
   * which wait for their contents on the device; to be read they must be
   * finished. Objects are the caller's to dispose.
   */
  readonly results: CallResult;
  /** Settles when the work has ended; rejects with what it failed with. */
  readonly finished: Promise<void>;
}

/** The asynchronous calls of a function. */
export class AsyncCalls {
  readonly #owner: FunctionContext;
  readonly #layout: CallLayout;
  readonly #moduleOrdinal: number;

  constructor(
    owner: FunctionContext,
    layout: CallLayout,
    moduleOrdinal: number,
  ) {
    this.#owner = owner;
    this.#layout = layout;
    this.#moduleOrdinal = moduleOrdinal;
  }

  /**
   * Takes the arguments of a call, which gets native objects of its own: calls
   * may overlap.
   *
   * @param values The arguments.
   * @param demandFunction Throws when the function was disposed, which code
   * that runs while the arguments are read can do.
   */
  begin(
    values: readonly Argument[],
    demandFunction: () => void,
  ): PreparedCall {
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
   * Makes a call when it is its turn.
   *
   * @returns Its results; rejects with what it failed with.
   */
  async finish(
    prepared: PreparedCall,
    patience: Patience,
  ): Promise<CallResult> {
    const { queue } = this.#owner;
    const isWanted = () => !patience.isOver;
    if (!this.#layout.takesFences) {
      try {
        return await queue.run(() => this.#run(prepared), isWanted);
      } finally {
        prepared.handle.release();
      }
    }
    const submission = await queue.run(
      () => this.#submitElsewhere(prepared),
      isWanted,
    );
    if (submission === undefined) {
      prepared.handle.release();
      return undefined;
    }
    try {
      await submission.finished;
    } catch (error) {
      letGo(submission.results);
      throw error;
    }
    return submission.results;
  }

  async #run(prepared: PreparedCall): Promise<CallResult> {
    const { context, queue } = this.#owner;
    queue.follow(prepared.handle);
    await runCall(context, prepared.handle, prepared.arguments);
    endCall(prepared.handle, prepared.results);
    return this.#layout.results.read(context, prepared);
  }

  // Giving much work to the device takes long too.
  async #submitElsewhere(prepared: PreparedCall): Promise<Submission> {
    const { context, queue } = this.#owner;
    const { handle } = prepared;
    let ended: Promise<void>;
    try {
      queue.follow(handle);
      await runCall(context, handle, prepared.arguments);
      endCall(handle, prepared.results);
      ended = waitForCall(context, handle);
    } catch (error) {
      handle.release();
      throw error;
    }
    return this.#submission(prepared, ended);
  }

  /** Gives a call to the device; its turn must have come. */
  submit(prepared: PreparedCall): Submission {
    const { handle } = prepared;
    let ended: Promise<void>;
    const { context, queue } = this.#owner;
    try {
      // Code of the caller's that ran while arguments were read can have begun
      // a call.
      queue.demandIdle("a call cannot be submitted");
      queue.follow(handle);
      ended = submitCall(
        context,
        handle,
        prepared.arguments,
        prepared.results,
      );
    } catch (error) {
      handle.release();
      throw error;
    }
    return this.#submission(prepared, ended);
  }

  #submission(prepared: PreparedCall, ended: Promise<void>): Submission {
    const { context, queue } = this.#owner;
    const { handle } = prepared;
    queue.submitted(handle);
    let pending: Handle[] = [];
    const finished = ended.then(() => {
      endSubmission(handle);
      for (const view of pending) view.giver = undefined;
    }).finally(() => {
      queue.ended(handle);
      handle.release();
    });
    try {
      const results = this.#layout.results.read(context, prepared);
      pending = tensorsIn(results);
      for (const view of pending) view.giver = context;
      return { results, finished };
    } catch (error) {
      // Nobody is given the promise that could be asked about it.
      finished.catch(() => {});
      throw error;
    }
  }
}

/** Makes the native object of a call. */
export function prepareHandle(
  owner: FunctionContext,
  layout: CallLayout,
  moduleOrdinal: number,
): Handle {
  const { devices } = owner;
  const { takesFences, description } = layout;
  return createCall(owner.context, moduleOrdinal, description.name, {
    devices,
    takesFences,
  });
}

function tensorsIn(results: CallResult): Handle[] {
  return (Array.isArray(results) ? results : [results])
    .filter((it) => it instanceof BufferView).map(handleOf);
}

/** Disposes results that nobody is going to have. */
export function letGo(results: CallResult): void {
  for (const value of Array.isArray(results) ? results : [results]) {
    if (value instanceof NativeObject) value.dispose();
  }
}
