import { IreeError, type StatusCode } from "../base/error.ts";
import type { Severity } from "./diagnostics.ts";
import { checkRevision } from "./compiler_version.ts";
import { describeDeath } from "./child_death.ts";
import { PrintedText } from "./compiler_output.ts";
import type { CompilePhase } from "./phases.ts";
import type { CompileEvents, CompileJob } from "./pipeline.ts";
import {
  encodeMessage,
  type Message,
  MessageReader,
} from "./child_protocol.ts";
import { COMPILE_WORKER, workerArguments } from "./worker_command.ts";

/**
 * Stack of the child's threads. Deno's have 2 MiB, but IREE's own tool compiles
 * with the 8 MiB of a main thread.
 */
const STACK_BYTES = 16 * 1024 * 1024;

/** A child process with the compiler. */
export class ChildCompiler {
  readonly #process: Deno.ChildProcess;
  readonly #key: string;
  readonly #messages: MessageReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #printed = new PrintedText();
  readonly #drained: Promise<void>;
  readonly #flags: readonly string[];
  #phase: CompilePhase | undefined;
  #revision = "";

  private constructor(flags: readonly string[]) {
    this.#flags = flags;
    this.#key = crypto.randomUUID();
    this.#process = new Deno.Command(Deno.execPath(), {
      args: workerArguments(COMPILE_WORKER, this.#key),
      env: { RUST_MIN_STACK: String(STACK_BYTES) },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const print = (text: Uint8Array<ArrayBuffer>) => this.#printed.add(text);
    this.#messages = new MessageReader(this.#key, this.#process.stdout, print);
    this.#drained = this.#process.stderr.pipeTo(
      new WritableStream({ write: print }),
    );
    this.#writer = this.#process.stdin.getWriter();
    // The process can end before it has read everything.
    this.#writer.closed.catch(() => {});
  }

  /**
   * Starts a process.
   *
   * @param path The compiler's library.
   * @param flags Flags of its compiles.
   * @param signal Ends the process when it is aborted.
   * @returns The process; rejects if the library or a flag is wrong.
   */
  static async start(
    path: string,
    flags: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<ChildCompiler> {
    const child = new ChildCompiler(flags);
    await child.#during(signal, async () => {
      child.#send("open", { path, flags });
      const opened = await child.#expect("opened");
      child.#revision = (opened.data as { revision: string }).revision;
      checkRevision(path, child.#revision);
      await child.#expect("ready");
    });
    return child;
  }

  /** The compiler's build. */
  get revision(): string {
    return this.#revision;
  }

  /** Whether the process has these flags. */
  isFor(flags: readonly string[]): boolean {
    return flags.length === this.#flags.length &&
      flags.every((flag, index) => flag === this.#flags[index]);
  }

  /**
   * Compiles. If the process itself fails, it ends.
   *
   * @param job The source and flags.
   * @param events Receives events.
   * @param signal Ends the process when it is aborted.
   * @returns The program; `undefined` if diagnostics report the failure.
   */
  async compile(
    job: CompileJob,
    events: CompileEvents,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.#phase = undefined;
    return await this.#during(signal, async () => {
      this.#send("compile", { name: job.name }, job.source);
      for (;;) {
        const message = await this.#expect(
          ...["phase", "diagnostic", "failed", "done"],
        );
        if (message.kind === "failed") return undefined;
        if (message.kind === "done") {
          this.#printed.print();
          return message.bytes;
        }
        this.#report(message, events);
      }
    });
  }

  #report({ kind, data }: Message, events: CompileEvents): void {
    if (kind === "phase") {
      this.#phase = (data as { phase: CompilePhase }).phase;
      events.onPhase(this.#phase);
    } else {
      const { severity, text } = data as { severity: Severity; text: string };
      events.onDiagnostic(severity, text);
    }
  }

  /** Ends the process if the work is aborted or fails. */
  async #during<T>(
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    const stop = () => this.#kill();
    this.#process.ref();
    signal?.addEventListener("abort", stop);
    try {
      signal?.throwIfAborted();
      return await work();
    } catch (error) {
      this.#kill();
      await this.#drain();
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
      // An idle compiler does not keep Deno running.
      this.#process.unref();
    }
  }

  #send(kind: string, data: unknown, bytes?: Uint8Array<ArrayBuffer>): void {
    for (const part of encodeMessage(this.#key, kind, data, bytes)) {
      this.#writer.write(part).catch(() => {});
    }
  }

  async #expect(...kinds: string[]): Promise<Message> {
    const message = await this.#messages.read();
    if (message === undefined) throw await this.#death(kinds);
    if (message.kind === "error") {
      const { code, detail, hint } = message.data as {
        code: StatusCode;
        detail: string;
        hint?: string;
      };
      throw new IreeError(code, detail, { hint });
    }
    return message;
  }

  async #death(expected: readonly string[]): Promise<IreeError> {
    const status = await this.#process.status;
    await this.#drained;
    return describeDeath({
      status,
      printed: this.#printed.text,
      phase: this.#phase,
      isConfiguring: expected.includes("ready"),
    });
  }

  /** Ends the process. */
  async end(): Promise<void> {
    this.#process.ref();
    this.#kill();
    await this.#drain();
  }

  async #drain(): Promise<void> {
    await Promise.allSettled([
      this.#messages.cancel(),
      this.#drained,
      this.#process.status,
    ]);
  }

  #kill(): void {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has already exited.
    }
    this.#writer.abort().catch(() => {});
  }
}
