import { isAbsolute, join } from "@std/path";
import { main } from "../../../cli.ts";
import { execute, type Output, TemporaryFolder, tool } from "../../support.ts";

/** A command line of one of IREE's tools, and how ours may differ. */
export interface ToolCase {
  /** The tool's arguments; `$NAME` is a program or another file. */
  readonly args: readonly string[];
  /** Why ours differs, if it does. */
  readonly because?: string;
  /** How ours ends, if it differs. */
  readonly exit?: number;
}

/** The outcome of both. */
export interface ToolOutcome {
  /** Standard output; with numbers left out if they are times. */
  readonly stdout: string;
  /** The exit status. */
  readonly exit: number;
  /** Files that were written, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Runs a tool and our command with the same arguments, and says how they differ.
 *
 * @param name The name of the tool, or its path.
 * @param command Our command.
 * @param it The case.
 * @param files Files by the names that arguments use.
 * @param mask Leaves out what differs from run to run.
 * @returns The problem, if any.
 */
export async function compareTool(
  name: string,
  command: readonly string[],
  it: ToolCase,
  files: Readonly<Record<string, string>>,
  mask: (text: string) => string = (text) => text,
): Promise<string | undefined> {
  const args = it.args.map((arg) =>
    arg.replace(/\$(\w+)/g, (_, file) => files[file] ?? `$${file}`)
  );
  const theirs = await outcome(
    (options) => execute(isAbsolute(name) ? name : tool(name), args, options),
    mask,
  );
  const ours = await outcome(
    ({ cwd }) => runHere([...command, ...args], cwd),
    mask,
  );
  const isSame = JSON.stringify(theirs) === JSON.stringify(ours);
  const line = `${name} ${it.args.join(" ")}`;
  if (it.because === undefined) {
    return isSame
      ? undefined
      : `${line}\ntheirs ${JSON.stringify(theirs)}\nours ${
        JSON.stringify(ours)
      }`;
  }
  if (isSame) return `${line}: no longer differs, though ${it.because}`;
  return ours.exit === (it.exit ?? 0)
    ? undefined
    : `${line}: exits with ${ours.exit}`;
}

/**
 * Runs our command line in this process: starting Deno takes longer than most
 * commands. One at a time.
 *
 * @param args The arguments.
 * @param cwd The working directory.
 */
async function runHere(args: string[], cwd: string): Promise<Output> {
  const output = { code: 0, stdout: "", stderr: "" };
  const decoder = new TextDecoder();
  const before = {
    cwd: Deno.cwd(),
    log: console.log,
    error: console.error,
    write: Deno.stdout.writeSync,
  };
  Deno.chdir(cwd);
  console.log = (text) => output.stdout += `${text}\n`;
  console.error = (text) => output.stderr += `${text}\n`;
  Deno.stdout.writeSync = (bytes) => {
    output.stdout += decoder.decode(bytes);
    return bytes.length;
  };
  try {
    output.code = await main(args);
  } finally {
    Deno.chdir(before.cwd);
    console.log = before.log;
    console.error = before.error;
    Deno.stdout.writeSync = before.write;
  }
  return output;
}

async function outcome(
  run: (options: { cwd: string }) => Promise<Output>,
  mask: (text: string) => string,
): Promise<ToolOutcome> {
  using folder = new TemporaryFolder();
  const { code, stdout } = await run({ cwd: folder.path });
  const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
  return {
    stdout: mask(stdout),
    exit: code,
    files: Object.fromEntries(
      names.sort().map((file) => [
        file,
        mask(Deno.readTextFileSync(join(folder.path, file))),
      ]),
    ),
  };
}
