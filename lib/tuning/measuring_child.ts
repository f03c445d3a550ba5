import {
  encodeMessage,
  type Message,
  MessageReader,
} from "../compiler/child_protocol.ts";
import { IreeError } from "../base/error.ts";
import { type Worker, workerArguments } from "../compiler/worker_command.ts";
import type { KeptResult } from "./compare_results.ts";
import { decodeResults } from "./experiment_bytes.ts";
import type { MeasuredProgram } from "./laboratory.ts";
import type { FailedData } from "./measuring_worker.ts";

/** The process that measures programs. */
export const MEASURE_WORKER: Worker = {
  name: "measure",
  script: new URL("measuring_worker.ts", import.meta.url),
  permissions: ["--allow-ffi", "--allow-read", "--allow-env", "--allow-sys"],
  packages: [
    ...["basename", "dirname", "from-file-url", "is-absolute", "join"],
    "resolve",
  ].map((name) => `@std/path/${name}`),
};

/** The child process crashed. */
export class Crash extends Error {}

/** A child process that loads and measures programs. */
export class MeasuringChild {
  readonly #process: Deno.ChildProcess;
  readonly #key = crypto.randomUUID();
  readonly #messages: MessageReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  /**
   * Starts the process.
   *
   * @param experiment The encoded experiment.
   */
  constructor(experiment: Uint8Array<ArrayBuffer>) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: workerArguments(MEASURE_WORKER, this.#key),
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#messages = new MessageReader(this.#key, this.#process.stdout);
    this.#writer = this.#process.stdin.getWriter();
    // The process can end before it has read everything.
    this.#writer.closed.catch(() => {});
    this.#send("open", null, experiment);
  }

  /**
   * Loads a program and calls it on each device.
   *
   * @param id The program's number.
   * @param program The program.
   * @returns The results of each device; rejects with an `IreeError` if the
   * program does not run, and with a `Crash`.
   */
  async load(
    id: number,
    program: MeasuredProgram,
  ): Promise<KeptResult[][]> {
    const path = typeof program === "string" ? program : undefined;
    const bytes = typeof program === "string" ? undefined : program;
    this.#send("load", { id, path }, bytes);
    const { kind, data, bytes: results } = await this.#receive();
    if (kind !== "failed") return decodeResults(results);
    const { code, detail, hint } = data as FailedData;
    throw new IreeError(code, detail, { hint });
  }

  /**
   * Measures the time of a call in milliseconds.
   *
   * @param id The program's number.
   * @param variant The device's number.
   * @returns The time; rejects with a `Crash`.
   */
  async sample(id: number, variant: number): Promise<number> {
    this.#send("sample", { id, variant });
    const { data } = await this.#receive();
    return (data as { milliseconds: number }).milliseconds;
  }

  #send(kind: string, data: unknown, bytes?: Uint8Array<ArrayBuffer>): void {
    for (const part of encodeMessage(this.#key, kind, data, bytes)) {
      this.#writer.write(part).catch(() => {});
    }
  }

  async #receive(): Promise<Message> {
    const message = await this.#messages.read();
    if (message !== undefined) return message;
    const { signal, code } = await this.#process.status;
    throw new Crash(signal ?? `status ${code}`);
  }

  /** Ends the process, whatever it does. */
  kill(): void {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has already exited.
    }
    this.#writer.abort().catch(() => {});
  }

  /** Ends the process, and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await Promise.allSettled([this.#messages.cancel(), this.#process.status]);
  }
}
