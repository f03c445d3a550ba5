/**
 * One run of the compiler.
 *
 * @module
 */

import { toBigint } from "../base/intrinsics.ts";
import { lengthOf } from "../base/typed_array.ts";
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

/** Options for compiling a source. */
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
export class Compilation implements AsyncDisposable {
  readonly #library: CompilerLibrary;
  readonly #stack: AsyncDisposableStack;
  readonly #invocation: Address;
  readonly #source: Source;

  private constructor(
    library: CompilerLibrary,
    stack: AsyncDisposableStack,
    invocation: Address,
    source: Source,
  ) {
    this.#library = library;
    this.#stack = stack;
    this.#invocation = invocation;
    this.#source = source;
  }

  /**
   * Prepares a run.
   *
   * @param library The library.
   * @param options The source and flags; rejects with INVALID_ARGUMENT for
   * wrong flags.
   */
  static async create(
    library: CompilerLibrary,
    options: CompilationOptions,
  ): Promise<Compilation> {
    await using stack = new AsyncDisposableStack();
    const { native } = library;
    const session = stack.adopt(
      await native.ireeCompilerSessionCreate(),
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
    const source = wrapSource(library, session, options);
    stack.adopt(source.address, native.ireeCompilerSourceDestroy);
    const invocation = stack.adopt(
      native.ireeCompilerInvocationCreate(session),
      native.ireeCompilerInvocationDestroy,
    );
    if (receiver === undefined) {
      native.ireeCompilerInvocationEnableConsoleDiagnostics(invocation);
    } else {
      native.ireeCompilerInvocationEnableCallbackDiagnostics(
        invocation,
        0,
        receiver.function,
        0n,
      );
    }
    return new Compilation(library, stack.move(), invocation, source);
  }

  /**
   * Parses the source on another thread.
   *
   * @returns Whether it is valid; a diagnostic says why not.
   */
  async parse(): Promise<boolean> {
    return await this.#library.native.ireeCompilerInvocationParseSource(
      this.#invocation,
      this.#source.address,
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
   * Serializes the result of the phases on another thread.
   *
   * @param form The program, a `.vmfb`, after the last phase; MLIR after others.
   */
  async output(form: "program" | "MLIR"): Promise<Uint8Array<ArrayBuffer>> {
    await using stack = new AsyncDisposableStack();
    const { native } = this.#library;
    const output = stack.adopt(
      createdIn(this.#library, native.ireeCompilerOutputOpenMembuffer),
      native.ireeCompilerOutputDestroy,
    );
    const write = form === "MLIR"
      ? native.ireeCompilerInvocationOutputIR
      : native.ireeCompilerInvocationOutputVMBytecode;
    this.#library.check(await write(this.#invocation, output));
    const contents = new BigUint64Array(1);
    const size = new BigUint64Array(1);
    this.#library.check(
      await native.ireeCompilerOutputMapMemory(output, contents, size),
    );
    return await this.#library.readBytesLater(contents[0]!, Number(size[0]));
  }

  /** Releases the run. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** A source, and its memory, which the compiler reads until it is parsed. */
interface Source {
  readonly address: Address;
  readonly memory: Uint8Array<ArrayBuffer>;
}

function wrapSource(
  library: CompilerLibrary,
  session: Address,
  { name, source }: CompilationOptions,
): Source {
  const memory = terminated(source);
  const bufferName = toCString(name, "name");
  const address = createdIn(
    library,
    (out) =>
      library.native.ireeCompilerSourceWrapBuffer(
        session,
        bufferName,
        memory,
        toBigint(lengthOf(memory)),
        true,
        out,
      ),
  );
  return { address, memory };
}

/** Returns the object that a function creates, or throws its failure. */
function createdIn(
  library: CompilerLibrary,
  create: (out: BigUint64Array<ArrayBuffer>) => Address,
): Address {
  const out = new BigUint64Array(1);
  library.check(create(out));
  return out[0]!;
}
