import { mayRead } from "../base/permissions.ts";

/** Milliseconds between two looks at the files. */
const INTERVAL = 200;

/** Which files are watched, and how. */
export interface FileChangesOptions {
  /** Files that exist, but for a moment while they are replaced. */
  readonly paths: readonly string[];
  /** Files that may or may not exist. */
  readonly optional?: readonly string[] | undefined;
  /**
   * Whether waiting for a change keeps the process alive.
   *
   * @default {true}
   */
  readonly keepsAlive?: boolean | undefined;
}

/**
 * Changes of files. A file counts as changed once it exists and its time and
 * size stay the same for a moment, so that half of it is never read.
 *
 * Looks at the files repeatedly. The system's notifications would need
 * permission for the folder, since saving often replaces the file by another.
 * Files without permission to read are ignored.
 */
export class FileChanges implements Disposable {
  readonly #paths: readonly string[];
  readonly #optional: readonly string[];
  readonly #keepsAlive: boolean;
  /** The state that the caller knows. */
  #known: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stop: (() => void) | undefined;
  #isDisposed = false;

  /**
   * Remembers the present state, so that changes during the first use of the
   * files count.
   *
   * @param options The files.
   */
  constructor({ paths, optional = [], keepsAlive = true }: FileChangesOptions) {
    this.#paths = paths.filter(mayRead);
    this.#optional = optional.filter(mayRead);
    this.#keepsAlive = keepsAlive;
    this.#known = this.#look();
  }

  /**
   * Waits for the next change.
   *
   * @returns Whether there was one; false after disposal.
   */
  async next(): Promise<boolean> {
    let last = this.#known;
    while (!this.#isDisposed) {
      const state = this.#look();
      if (state !== this.#known && state === last && this.#exist()) {
        this.#known = state;
        return true;
      }
      last = state;
      await this.#pause();
    }
    return false;
  }

  #look(): string {
    return [...this.#paths, ...this.#optional].map(stateOf).join();
  }

  #exist(): boolean {
    return this.#paths.every((path) => stateOf(path) !== "");
  }

  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#stop = resolve;
    const timer = setTimeout(resolve, INTERVAL);
    if (!this.#keepsAlive) Deno.unrefTimer(timer);
    this.#timer = timer;
    await promise;
  }

  /** Ends the wait for a change. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    this.#stop?.();
  }
}

/** What differs once a file was written or replaced; empty if it is missing. */
function stateOf(path: string): string {
  try {
    const { mtime, size, ino, dev } = Deno.statSync(path);
    return [mtime?.getTime(), size, ino, dev].join(":");
  } catch {
    return "";
  }
}
