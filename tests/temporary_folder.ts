import { join } from "@std/path";

/** A folder that is removed when it goes out of scope. */
export class TemporaryFolder implements Disposable {
  /** Its path. */
  readonly path: string = Deno.makeTempDirSync({ prefix: "iree_deno_" });

  /** Joins a path in the folder. */
  join(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** Removes it with its contents. */
  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
