import type { CompileEvents, CompileJob } from "./pipeline.ts";

/** Runs the compiler, in this process or in another one. */
export interface CompilerBackend {
  /** The compiler's build; known once it is open. */
  readonly revision: string | undefined;
  /**
   * Compiles.
   *
   * @param job The source and flags.
   * @param events Receives events.
   * @param signal Stops the compile when it is aborted.
   * @returns The program; `undefined` if diagnostics report the failure.
   */
  compile(
    job: CompileJob,
    events: CompileEvents,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Releases the state that compiles share. */
  dispose(): Promise<void>;
}
