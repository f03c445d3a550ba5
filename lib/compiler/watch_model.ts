import { toPath } from "../base/permissions.ts";
import { FileChanges } from "../files/file_changes.ts";
import { KeptDevices } from "../program/kept_devices.ts";
import {
  disposeWith,
  type LoadedProgram,
  replaceProgram,
} from "../program/program.ts";

/** Compiles and loads a model, on devices that stay. */
type Load = (
  signal: AbortSignal | undefined,
  kept: KeptDevices,
) => Promise<LoadedProgram>;

/** Called after a reload, or with its failure. */
type OnReload = (error?: unknown) => void;

/**
 * Loads a model, and again whenever its file changes.
 *
 * @param path The model.
 * @param signal Aborts the first load.
 * @param load Loads it.
 * @param onReload Called after each reload.
 * @returns The program; its disposal ends the watch.
 */
export async function loadWatched(
  path: string | URL,
  signal: AbortSignal | undefined,
  load: Load,
  onReload: OnReload = printFailure,
): Promise<LoadedProgram> {
  using stack = new DisposableStack();
  // Changes during the first load count.
  const watch = stack.use(new ModelWatch(toPath(path), load, onReload));
  const program = await watch.load(signal);
  disposeWith(program, stack.move());
  watch.follow(new WeakRef(program));
  return program;
}

class ModelWatch implements Disposable {
  readonly #load: Load;
  readonly #onReload: OnReload;
  readonly #kept = new KeptDevices();
  readonly #resources = new DisposableStack();
  readonly #changes: FileChanges;
  /** Aborts the reload in progress. */
  #reload = new AbortController();

  constructor(path: string, load: Load, onReload: OnReload) {
    this.#load = load;
    this.#onReload = onReload;
    this.#resources.use(this.#kept.enter());
    this.#changes = this.#resources.use(
      new FileChanges({
        paths: [path],
        optional: filesBeside(path),
        keepsAlive: false,
      }),
    );
  }

  load(signal: AbortSignal | undefined): Promise<LoadedProgram> {
    return this.#load(signal, this.#kept);
  }

  /**
   * Reloads a program until this object is disposed. Programs that are not
   * disposed stay subject to garbage collection.
   */
  async follow(program: WeakRef<LoadedProgram>): Promise<void> {
    const changes = this.#changes;
    let reloading = Promise.resolve();
    while (await changes.next()) {
      this.#reload.abort();
      await reloading;
      this.#reload = new AbortController();
      reloading = this.#replace(program, this.#reload.signal);
    }
  }

  async #replace(
    program: WeakRef<LoadedProgram>,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const next = await this.load(signal);
      const current = program.deref();
      if (current === undefined) return next.dispose();
      replaceProgram(current, next);
      this.#report();
    } catch (error) {
      if (!signal.aborted) this.#report(error);
    }
  }

  // What it throws is an uncaught error, as in other event handlers.
  #report(...failure: readonly [error?: unknown]): void {
    queueMicrotask(() => this.#onReload(...failure));
  }

  [Symbol.dispose](): void {
    this.#reload.abort();
    this.#resources.dispose();
  }
}

/** Weights that belong to a program or a model. */
function filesBeside(path: string): string[] {
  return [path.replace(/\.vmfb$/, ".irpa"), `${path}.data`]
    .filter((it) => it !== path);
}

function printFailure(error?: unknown): void {
  if (error !== undefined) console.error(error);
}
