/**
 * One run of the compiler.
 *
 * @module
 */

import {
  canReceiveDiagnostics,
  DiagnosticReceiver,
  type OnDiagnostic,
} from "./diagnostics.ts";
import {
  type Address,
  type CompilerLibrary,
  terminated,
  toCString,
} from "./library.ts";

/** IREE's full pipeline, `IREE_COMPILER_PIPELINE_STD`. */
const STANDARD_PIPELINE = 0;

/** What is compiled, and how. */
export interface CompilationOptions {
  /** Name of the source in diagnostics. */
  readonly name: string;
  /** MLIR text or bytecode. */
  readonly source: Uint8Array;
  /** Flags of the session. */
  readonly flags: readonly string[];
  /**
   * Receives diagnostics. They are printed to stderr instead where Deno does
   * not permit the callback.
   */
  readonly onDiagnostic: OnDiagnostic;
}

/**
 * One run of the compiler: a session and an invocation of its own. Dispose it
 * only while no step is running.
 */
export class Compilation implements Disposable {
  readonly #library: CompilerLibrary;
  readonly #stack: DisposableStack;
  readonly #invocation: Address;
  readonly #source: Address;
  /** The compiler reads the source until it is parsed. */
  readonly #memory: Uint8Array<ArrayBuffer>;

  /**
   * Prepares a run.
   *
   * @param library The library.
   * @param options What is compiled; throws INVALID_ARGUMENT for wrong flags.
   */
  constructor(library: CompilerLibrary, options: CompilationOptions) {
    using stack = new DisposableStack();
    const { native } = library;
    const session = stack.adopt(
      native.ireeCompilerSessionCreate(),
      native.ireeCompilerSessionDestroy,
    );
    const { array, count } = library.argv(options.flags);
    library.check(
      native.ireeCompilerSessionSetFlags(
        session,
        count,
        library.addressOf(array),
      ),
    );
    const receiver = canReceiveDiagnostics()
      ? stack.use(new DiagnosticReceiver(library, options.onDiagnostic))
      : undefined;
    this.#memory = terminated(options.source);
    const name = toCString(options.name, "name");
    const { length } = this.#memory;
    this.#source = stack.adopt(
      createdIn(library, (out) =>
        native.ireeCompilerSourceWrapBuffer(
          session,
          name,
          this.#memory,
          BigInt(length),
          true,
          out,
        )),
      native.ireeCompilerSourceDestroy,
    );
    this.#invocation = stack.adopt(
      native.ireeCompilerInvocationCreate(session),
      native.ireeCompilerInvocationDestroy,
    );
    if (receiver === undefined) {
      native.ireeCompilerInvocationEnableConsoleDiagnostics(this.#invocation);
    } else {
      native.ireeCompilerInvocationEnableCallbackDiagnostics(
        this.#invocation,
        0,
        receiver.function,
        0n,
      );
    }
    this.#library = library;
    this.#stack = stack.move();
  }

  /**
   * Parses the source on another thread.
   *
   * @returns Whether it is valid; a diagnostic says why not.
   */
  async parse(): Promise<boolean> {
    return await this.#library.native.ireeCompilerInvocationParseSource(
      this.#invocation,
      this.#source,
    );
  }

  /**
   * Runs the pipeline on other threads, from the end of one phase to the end of
   * another.
   *
   * @param from The last phase that has run; `start` for none.
   * @param to The last phase to run.
   * @returns Whether it succeeded; a diagnostic says why not.
   */
  async run(from: string, to: string): Promise<boolean> {
    const { native } = this.#library;
    native.ireeCompilerInvocationSetCompileFromPhase(
      this.#invocation,
      toCString(from, "phase"),
    );
    native.ireeCompilerInvocationSetCompileToPhase(
      this.#invocation,
      toCString(to, "phase"),
    );
    return await native.ireeCompilerInvocationPipeline(
      this.#invocation,
      STANDARD_PIPELINE,
    );
  }

  /**
   * Serializes the program on another thread, after the last phase.
   *
   * @returns The program, a `.vmfb`.
   */
  async output(): Promise<Uint8Array<ArrayBuffer>> {
    using stack = new DisposableStack();
    const { native } = this.#library;
    const output = stack.adopt(
      createdIn(this.#library, native.ireeCompilerOutputOpenMembuffer),
      native.ireeCompilerOutputDestroy,
    );
    this.#library.check(
      await native.ireeCompilerInvocationOutputVMBytecode(
        this.#invocation,
        output,
      ),
    );
    const contents = new BigUint64Array(1);
    const size = new BigUint64Array(1);
    this.#library.check(
      native.ireeCompilerOutputMapMemory(output, contents, size),
    );
    return this.#library.readBytes(contents[0], Number(size[0]));
  }

  /** Releases the run. */
  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}

/** Returns the object that a function creates, or throws its failure. */
function createdIn(
  library: CompilerLibrary,
  create: (out: BigUint64Array<ArrayBuffer>) => Address,
): Address {
  const out = new BigUint64Array(1);
  library.check(create(out));
  return out[0];
}
