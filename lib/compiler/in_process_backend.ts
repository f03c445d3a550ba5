import { CompilerLibrary } from "../../ffi/compiler/library.ts";
import { IreeError, reword } from "../base/error.ts";
import { untilAborted } from "../base/abort_signal.ts";
import type { CompilerBackend } from "./backend.ts";
import { checkRevision } from "./compiler_version.ts";
import {
  type CompileEvents,
  type CompileJob,
  runPipeline,
} from "./pipeline.ts";

/** Compiles on other threads of this process. */
export class InProcessBackend implements CompilerBackend {
  /** The compiler's build. */
  readonly revision: string;
  readonly #library: CompilerLibrary;
  /** Running compiles, including aborted ones. */
  readonly #running = new Set<Promise<unknown>>();

  /**
   * Opens the compiler's library, which blocks for a fifth of a second once.
   *
   * @param path The library.
   */
  constructor(path: string) {
    this.#library = CompilerLibrary.open(path);
    this.revision = this.#library.revision;
    checkRevision(path, this.revision);
  }

  /** Compiles; an aborted compile continues until the end of its phase. */
  async compile(
    job: CompileJob,
    events: CompileEvents,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const isWanted = () => signal?.aborted !== true;
    const work = runPipeline(this.#library, job, {
      onDiagnostic: (...given) => isWanted() && events.onDiagnostic(...given),
      onPhase: events.onPhase,
    }, isWanted);
    this.#running.add(work);
    const end = () => this.#running.delete(work);
    work.then(end, end);
    try {
      return await untilAborted(work, signal, () => {});
    } catch (error) {
      throw explainFlags(error);
    }
  }

  /** Waits for all compiles; the library stays open. */
  async dispose(): Promise<void> {
    await Promise.allSettled(this.#running);
  }
}

/** Explains a flag that applies only to a whole process. */
function explainFlags(error: unknown): unknown {
  if (!(error instanceof IreeError)) return error;
  const name = /option not found: (.*)/.exec(error.detail)?.[1];
  if (name === undefined) return error;
  return reword(
    error,
    `the compiler has no flag '--${name}' for a compile in this process`,
    "process-wide flags, such as --mlir-…, need isolate: true",
  );
}
