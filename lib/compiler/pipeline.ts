import { Compilation } from "../../ffi/compiler/compilation.ts";
import type { OnDiagnostic } from "../../ffi/compiler/diagnostics.ts";
import type { CompilerLibrary } from "../../ffi/compiler/library.ts";
import { splitFlags } from "./own_flags.ts";
import { type CompilePhase, PHASES } from "./phases.ts";
import { WIDE_CHANNELS, widenChannels } from "./wide_channels.ts";
import { CONFIGURED_PHASE, WIDE_TILES, widenTiles } from "./wide_tiles.ts";

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
  const { own, flags } = splitFlags(job.flags);
  const source = own.includes(WIDE_CHANNELS)
    ? widenChannels(job.source)
    : job.source;
  const run = { ...events, library, isWanted };
  const hasWideTiles = own.includes(WIDE_TILES);
  return await runPhases(run, { ...job, source, flags }, 0, hasWideTiles);
}

/** How phases run. */
interface Run extends CompileEvents {
  readonly library: CompilerLibrary;
  readonly isWanted: () => boolean;
}

/** Runs the phases from a number on, over the MLIR before them. */
async function runPhases(
  run: Run,
  job: CompileJob,
  first: number,
  hasWideTiles: boolean,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { library, onDiagnostic, onPhase, isWanted } = run;
  await using compilation = await Compilation.create(library, {
    ...job,
    onDiagnostic,
  });
  if (!await compilation.parse()) return undefined;
  // The same passes as in one run, in the same order.
  let last: string = PHASES[first - 1] ?? "start";
  for (const [index, phase] of PHASES.entries()) {
    if (index < first) continue;
    if (!isWanted()) return undefined;
    onPhase(phase);
    if (!await compilation.run(last, phase)) return undefined;
    last = phase;
    if (!hasWideTiles || phase !== CONFIGURED_PHASE) continue;
    const source = widenTiles(await compilation.output("MLIR"));
    if (source === undefined) continue;
    return await runPhases(run, { ...job, source }, index + 1, false);
  }
  return await compilation.output("program");
}
