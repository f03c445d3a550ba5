/**
 * Self-extracting executables of small files, for the tests of the launcher.
 *
 * @module
 */

import { join } from "@std/path";
import {
  type ExtractedFile,
  FOLDER,
  LAUNCHER,
  writeExecutable,
} from "../../../lib/cli/compile/executable.ts";
import { execute, type Output, SDK, TemporaryFolder } from "../../support.ts";

/** Prints its variable, its arguments and a file beside it. */
const PROGRAM = `#!/bin/sh
printf '%s\\n' "$GREETING" "$@"
cat "$(dirname "$0")/data/text"
`;

const encoder = new TextEncoder();

/** The files of every executable here. */
export const FILES: readonly ExtractedFile[] = [
  { name: "program", contents: encoder.encode(PROGRAM) },
  { name: "data/text", contents: encoder.encode("a text\n") },
  // Takes several reads.
  { name: "data/more", contents: new Uint8Array(300_000).fill(7) },
];

/** The output of an executable that is run with the argument `x`. */
export const OUTPUT = "hello\nfixed\nx\na text\n";

/** An executable with a home of its own. */
export class TestExecutable extends TemporaryFolder {
  readonly app = this.join("app");
  readonly home = this.join("home");
  readonly temporary = this.join("tmp");

  /** The folder that files are placed in. */
  readonly root = join(this.home, ".cache/iree-deno/standalone");

  static async make(
    files: readonly ExtractedFile[] = FILES,
  ): Promise<TestExecutable> {
    const made = new TestExecutable();
    await Deno.mkdir(made.home);
    await Deno.mkdir(made.temporary);
    await writeExecutable(made.app, {
      launcher: join(SDK, LAUNCHER),
      files,
      command: [`${FOLDER}/program`, "fixed"],
      variables: { GREETING: "hello" },
    });
    return made;
  }

  /** Starts it through a command, such as one that changes the user. */
  run(
    before: readonly string[] = [],
    env: Record<string, string> = {},
  ): Promise<Output> {
    const [command, ...args] = [...before, this.app, "x"];
    return execute(command, args, {
      env: {
        HOME: this.home,
        TMPDIR: this.temporary,
        XDG_CACHE_HOME: "",
        ...env,
      },
    });
  }

  /** The folder of the placed files; there must be one. */
  folder(): string {
    const names = Array.from(Deno.readDirSync(this.root))
      .filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
    if (names.length !== 1) throw new Error(`${names.length} folders`);
    return join(this.root, names[0]);
  }
}
