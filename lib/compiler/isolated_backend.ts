import type { CompilerBackend } from "./backend.ts";
import { ChildCompiler } from "./child_compiler.ts";
import type { CompileEvents, CompileJob } from "./pipeline.ts";

/** Compiles in child processes. Each has the flags of its compiles. */
export class IsolatedBackend implements CompilerBackend {
  readonly #path: string;
  #revision: string | undefined;
  /** An idle process, for the next compile with the same flags. */
  #idle: ChildCompiler | undefined;
  #isDisposed = false;

  /**
   * Creates a backend; the first compile starts a process.
   *
   * @param path The compiler's library.
   */
  constructor(path: string) {
    this.#path = path;
  }

  /** The compiler's build, once a process has opened it. */
  get revision(): string | undefined {
    return this.#revision;
  }

  /** Compiles; an aborted compile ends its process. */
  async compile(
    job: CompileJob,
    events: CompileEvents,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const child = await this.#take(job.flags, signal);
    const program = await child.compile(job, events, signal);
    this.#revision = child.revision;
    await this.#keep(child);
    return program;
  }

  async #take(
    flags: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<ChildCompiler> {
    const idle = this.#idle;
    this.#idle = undefined;
    if (idle?.isFor(flags)) return idle;
    await idle?.end();
    return await ChildCompiler.start(this.#path, flags, signal);
  }

  async #keep(child: ChildCompiler): Promise<void> {
    const surplus = this.#isDisposed ? child : this.#idle;
    if (!this.#isDisposed) this.#idle = child;
    await surplus?.end();
  }

  /** Ends the idle process; others end after their compile. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    const idle = this.#idle;
    this.#idle = undefined;
    await idle?.end();
  }
}
