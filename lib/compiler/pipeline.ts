import { Compilation } from "../../ffi/compiler/compilation.ts";
import type { OnDiagnostic } from "../../ffi/compiler/diagnostics.ts";
import type { CompilerLibrary } from "../../ffi/compiler/library.ts";
import { type CompilePhase, PHASES } from "./phases.ts";
import {
  canWiden,
  CONFIGURED_PHASE,
  splitWideTiles,
  widenTiles,
} from "./wide_tiles.ts";

/** A source to compile. */
export interface CompileJob {
  /** Name of the source in diagnostics. */
  readonly name: string;
  /** MLIR text or bytecode. */
  readonly source: Uint8Array<ArrayBuffer>;
  /** IREE's flags, and this package's own. */
  readonly flags: readonly string[];
}

/** Receives events of a compile. */
export interface CompileEvents {
  /** Receives a diagnostic. */
  readonly onDiagnostic: OnDiagnostic;
  /** Receives each phase as it starts. */
  readonly onPhase: (phase: CompilePhase) => void;
}

/**
 * Compiles with an open library. The compiler works on other threads.
 *
 * @param library The library.
 * @param job The source and flags.
 * @param events Receives events.
 * @param isWanted Called between phases; false stops the compile.
 * @returns The program; `undefined` if it was stopped, or if a diagnostic
 * reports the failure.
 */
export async function runPipeline(
  library: CompilerLibrary,
  job: CompileJob,
  events: CompileEvents,
  isWanted: () => boolean = () => true,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { isWide, flags } = splitWideTiles(job.flags);
  const run = (
    source: Uint8Array<ArrayBuffer>,
    from: number,
    to: number,
  ) =>
    runPhases(library, { ...job, source, flags }, events, isWanted, from, to);
  const all = PHASES.length;
  if (!isWide || !canWiden(job.source)) return await run(job.source, 0, all);
  const middle = PHASES.indexOf(CONFIGURED_PHASE) + 1;
  const mlir = await run(job.source, 0, middle);
  if (mlir === undefined) return undefined;
  const wide = widenTiles(new TextDecoder().decode(mlir));
  return await run(new TextEncoder().encode(wide), middle, all);
}

/** Runs some phases; the result is MLIR unless they include the last one. */
async function runPhases(
  library: CompilerLibrary,
  job: CompileJob,
  { onDiagnostic, onPhase }: CompileEvents,
  isWanted: () => boolean,
  from: number,
  to: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  await using compilation = await Compilation.create(library, {
    ...job,
    onDiagnostic,
  });
  if (!await compilation.parse()) return undefined;
  // The same passes as in one run, in the same order.
  let last: string = PHASES[from - 1] ?? "start";
  for (const phase of PHASES.slice(from, to)) {
    if (!isWanted()) return undefined;
    onPhase(phase);
    if (!await compilation.run(last, phase)) return undefined;
    last = phase;
  }
  return await compilation.output(to < PHASES.length ? "MLIR" : "program");
}
