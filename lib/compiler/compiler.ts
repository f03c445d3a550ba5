import { isRevoked } from "../base/checks.ts";
import { IreeError } from "../base/error.ts";
import type { CompilerBackend } from "./backend.ts";
import { cacheKey } from "./cache_key.ts";
import { compileFailure } from "./compile_error.ts";
import { type Diagnostic, parseDiagnostic } from "./diagnostics.ts";
import { findCompiler } from "./find_compiler.ts";
import { InProcessBackend } from "./in_process_backend.ts";
import { IsolatedBackend } from "./isolated_backend.ts";
import {
  type CompilerOptions,
  type CompileTargetOptions,
  readCompilerOptions,
  readTargetOptions,
} from "./options.ts";
import { demandModel } from "./model_shapes.ts";
import { type CompileSource, readSource } from "./compile_source.ts";
import { compileOnnx, withDoubles } from "./onnx_compile.ts";
import { demandWidable } from "./own_flags.ts";
import { ProgramCache } from "./program_cache.ts";
import { sourceKey } from "./source_key.ts";
import { withTarget } from "./target.ts";
import type { CompileJob } from "./pipeline.ts";
import { canIsolate } from "./worker_command.ts";

/** A compiled program, and how it was made. */
export interface CompiledProgram {
  /** The program, a `.vmfb`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its file in the cache, if it was cached. */
  readonly path: string | undefined;
  /** Whether it was in the cache. */
  readonly isCached: boolean;
  /** The compiler's build, such as `3.13.0 @ 89ece87`. */
  readonly compiler: string;
  /** All flags of the compiler, those of the target first. */
  readonly flags: readonly string[];
}

/**
 * IREE's compiler, for several compiles.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { load } from "@iree/runtime";
 * import { Compiler } from "@iree/runtime/compiler";
 *
 * await using compiler = await Compiler.open();
 * const bytes = await compiler.compile(`
 *   func.func @twice(%x: i32) -> i32 {
 *     %y = arith.addi %x, %x : i32
 *     return %y : i32
 *   }`);
 * using program = load(bytes);
 * assertEquals(program.twice(21), 42);
 * ```
 */
export class Compiler implements AsyncDisposable {
  /** Path of the compiler's library. */
  readonly path: string;
  readonly #backend: CompilerBackend;
  readonly #cache: ProgramCache | undefined;

  private constructor(
    path: string,
    backend: CompilerBackend,
    cache: ProgramCache | undefined,
  ) {
    if (!isBackend(backend)) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        "a Compiler is made by Compiler.open, not by new",
      );
    }
    this.path = path;
    this.#backend = backend;
    this.#cache = cache;
  }

  /**
   * Finds the compiler's library. In this process it also opens it, which blocks
   * for a fifth of a second once.
   *
   * @param options The library, where it runs, and the cache.
   * @returns The compiler, which the caller must dispose; rejects with
   * NOT_FOUND without a library.
   */
  static async open(options?: CompilerOptions): Promise<Compiler> {
    const { library, isolate = canIsolate(), cache = true } =
      readCompilerOptions(options);
    const path = await findCompiler(library);
    const found = cache ? ProgramCache.find() : undefined;
    return new Compiler(
      path,
      isolate ? new IsolatedBackend(path) : new InProcessBackend(path),
      found instanceof ProgramCache ? found : undefined,
    );
  }

  /**
   * The compiler's build, such as `3.13.0 @ 89ece87`; undefined before the first
   * compile in a child process.
   */
  get build(): string | undefined {
    return this.#backend.revision;
  }

  /**
   * Compiles a source.
   *
   * @param source MLIR text, MLIR bytecode, a path or a URL.
   * @param options The target and flags.
   * @returns The program, a `.vmfb`; rejects with a `CompileError` if the source
   * is invalid.
   */
  async compile(
    source: CompileSource,
    options?: CompileTargetOptions,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.compileProgram(source, options)).bytes;
  }

  /**
   * Compiles a source, and also returns how the program was made.
   *
   * @param source MLIR text, MLIR bytecode, a path (`.onnx` too) or a URL.
   * @param options The target and flags.
   * @returns The program; rejects as `compile` does.
   */
  async compileProgram(
    source: CompileSource,
    options?: CompileTargetOptions,
  ): Promise<CompiledProgram> {
    const read = readTargetOptions(options);
    const { signal } = read;
    signal?.throwIfAborted();
    const flags = withTarget(read.target, read.flags ?? []);
    const given = await readSource(source, signal);
    const { name, bytes, onnx } = given;
    const job = { name: read.name ?? name, source: bytes, flags };
    const { onDiagnostic, shapes, clean } = read;
    if (onnx === undefined) {
      demandModel(shapes, job.name);
      return await this.#findOrMake(job, read);
    }
    const origin = { library: this.path, flags, shapes, clean };
    const key = this.#cache && await sourceKey(given, origin);
    const importing = {
      ...{ library: this.path, signal, onDiagnostic, shapes, clean },
    };
    return await this.#find(key) ??
      await compileOnnx(onnx, importing, (source) => {
        const imported = {
          name: `${job.name}.mlir`,
          source,
          flags: withDoubles(source, flags),
        };
        const quiet = { ...read, onDiagnostic: withoutErrors(onDiagnostic) };
        return key === undefined
          ? this.#findOrMake(imported, quiet)
          : this.#make(imported, key, quiet);
      });
  }

  /**
   * Finds the program that tuning made of a source in the cache, for the same
   * target, flags and shapes; `tune` and `iree compile --tune` keep it there.
   *
   * @param source MLIR text, MLIR bytecode, a path (`.onnx` too) or a URL.
   * @param options The target and flags.
   * @returns The program; `undefined` if the source was not tuned.
   */
  async findTuned(
    source: CompileSource,
    options?: CompileTargetOptions,
  ): Promise<CompiledProgram | undefined> {
    const read = readTargetOptions(options);
    const { signal, shapes, clean } = read;
    signal?.throwIfAborted();
    const flags = withTarget(read.target, read.flags ?? []);
    const origin = {
      ...{ library: this.path, flags, shapes, clean },
      isTuned: true,
    };
    const key = this.#cache &&
      await sourceKey(await readSource(source, signal), origin);
    return await this.#find(key);
  }

  async #findOrMake(
    job: CompileJob,
    read: CompileTargetOptions,
  ): Promise<CompiledProgram> {
    const key = await this.#key(job);
    return await this.#find(key) ?? await this.#make(job, key, read);
  }

  async #key(job: CompileJob): Promise<string | undefined> {
    return this.#cache && await cacheKey({ ...job, library: this.path });
  }

  async #find(key: string | undefined): Promise<CompiledProgram | undefined> {
    const found = key && await this.#cache?.get(key);
    if (!found) return undefined;
    const { path, compiler, flags } = found;
    return {
      ...{ path, compiler, flags, isCached: true },
      bytes: await Deno.readFile(path),
    };
  }

  async #make(
    job: CompileJob,
    key: string | undefined,
    { signal, onPhase, onDiagnostic }: CompileTargetOptions,
  ): Promise<CompiledProgram> {
    const { name, source, flags } = job;
    demandWidable(flags, source, name);
    const diagnostics: Diagnostic[] = [];
    const report = (diagnostic: Diagnostic) => {
      diagnostics.push(diagnostic);
      onDiagnostic?.(diagnostic);
    };
    const bytes = await this.#backend.compile(job, {
      onPhase: (phase) => onPhase?.(phase),
      onDiagnostic: (...given) => report(parseDiagnostic(...given)),
    }, signal);
    if (bytes === undefined) throw compileFailure(name, source, diagnostics);
    const compiler = this.#backend.revision ?? "";
    const path = key &&
      await this.#cache?.put(key, bytes, { source: name, flags, compiler })
        .catch((error) => report(notCached(error)));
    return { bytes, path: path || undefined, isCached: false, compiler, flags };
  }

  /**
   * Ends the compiler's process, or waits for compiles in this process.
   *
   * @returns Resolves when nothing is running.
   */
  async dispose(): Promise<void> {
    await this.#backend.dispose();
  }

  /** Calls {@linkcode dispose}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

function isBackend(backend: CompilerBackend): boolean {
  if (isRevoked(backend)) return false;
  return backend instanceof IsolatedBackend ||
    backend instanceof InProcessBackend;
}

type OnDiagnostic = CompileTargetOptions["onDiagnostic"];

/** A model that fails may compile with a later opset. */
function withoutErrors(onDiagnostic: OnDiagnostic): OnDiagnostic {
  return (diagnostic) => {
    if (diagnostic.severity !== "error") onDiagnostic?.(diagnostic);
  };
}

/** Reports a cache failure, which does not affect the program. */
function notCached(error: unknown): Diagnostic {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    ...{ file: undefined, line: undefined, column: undefined, notes: [] },
    severity: "warning",
    message: `cannot write the program to the cache: ${reason}`,
  };
}
