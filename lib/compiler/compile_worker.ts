/**
 * The script of the child process that compiles. It does not import `@std`, so
 * that it runs without a configuration.
 *
 * @module
 */

import { CompilerLibrary } from "../../ffi/compiler/library.ts";
import { IreeError } from "../base/error.ts";
import { runPipeline } from "./pipeline.ts";
import { splitFlags } from "./own_flags.ts";
import { encodeMessage, MessageReader } from "./child_protocol.ts";

/**
 * Compiles the sources that arrive on stdin, until its end.
 *
 * @param key The key of the messages.
 */
export async function runWorker(key: string): Promise<void> {
  const send = (...message: [string, unknown?, Uint8Array<ArrayBuffer>?]) => {
    for (const part of encodeMessage(key, ...message)) writeAll(part);
  };
  const messages = new MessageReader(key, Deno.stdin.readable);
  let library: CompilerLibrary | undefined;
  let own: readonly string[] = [];
  for (;;) {
    const message = await messages.read();
    if (message === undefined) return;
    try {
      if (message.kind === "open") {
        const { path, flags } = message.data as OpenData;
        library = CompilerLibrary.open(path);
        send("opened", { revision: library.revision });
        const split = splitFlags(flags);
        own = split.own;
        library.configureProcess(split.flags);
        send("ready");
      } else if (library !== undefined) {
        const { name } = message.data as CompileData;
        const job = { name, source: message.bytes, flags: own };
        const program = await runPipeline(library, job, {
          onDiagnostic: (severity, text) =>
            send("diagnostic", { severity, text }),
          onPhase: (phase) => send("phase", { phase }),
        });
        if (program === undefined) send("failed");
        else send("done", null, program);
      }
    } catch (error) {
      if (!(error instanceof IreeError)) throw error;
      const { code, detail, hint } = error;
      send("error", { code, detail, hint });
    }
  }
}

/** Data of the message `open`. */
export interface OpenData {
  /** Path of the compiler's library. */
  readonly path: string;
  /** Flags of the process. */
  readonly flags: readonly string[];
}

/** Data of the message `compile`; its bytes are the source. */
export interface CompileData {
  /** Name of the source in diagnostics. */
  readonly name: string;
}

function writeAll(bytes: Uint8Array<ArrayBuffer>): void {
  for (let at = 0; at < bytes.length;) {
    at += Deno.stdout.writeSync(bytes.subarray(at));
  }
}

if (import.meta.main) {
  await runWorker(Deno.args[0]!);
  // The compiler's threads never end.
  Deno.exit();
}
