import { IreeError } from "../../mod.ts";
import { type CachedProgram, ProgramCache } from "../compiler/mod.ts";
import type { Command } from "./common/command.ts";
import { formatFlags, parseFlags } from "./common/flags.ts";
import { formatBytes, printHelp } from "./common/terminal.ts";
import { suggestion } from "../base/suggestion.ts";
import { UsageError } from "./common/usage_error.ts";

const FLAGS = {
  json: {
    kind: "boolean",
    help: ["Prints a JSON object, with all flags of each program."],
  },
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const ACTIONS = ["list", "clear"];

const HELP = `Lists or removes compiled programs in the cache.

Usage: iree cache [list|clear] [--json]

\`iree compile\`, \`iree run\` and loadModel cache programs by the content of their
source, the flags, the compiler and, for the target host, this machine's CPU.
Above the limit, the least recently used programs are removed.

Actions:
  list   lists the programs, most recently used first (the default)
  clear  removes all of them

Flags:
${formatFlags(FLAGS)}
Exit status: 0 on success, 1 on failure, 2 for wrong usage.
`;

/** `iree cache`. */
export const CACHE: Command = {
  summary: "lists or removes compiled programs in the cache",
  flags: FLAGS,
  words: ACTIONS,
  run,
};

async function run(args: readonly string[]): Promise<void> {
  const actions: string[] = [];
  const flags = parseFlags(FLAGS, args, (argument) => actions.push(argument));
  if (flags.help) return printHelp(HELP);
  const [action = "list", extra] = actions;
  if (!ACTIONS.includes(action)) {
    throw new UsageError(
      `unknown action '${action}'${
        suggestion(action, ACTIONS) || `; actions: ${ACTIONS.join(", ")}`
      }`,
    );
  }
  if (extra !== undefined) {
    throw new UsageError(`unexpected argument '${extra}'`);
  }
  const cache = ProgramCache.find();
  if (typeof cache === "string") {
    throw new IreeError("FAILED_PRECONDITION", `the cache is ${cache}`);
  }
  const programs = await cache.list();
  if (action === "clear") await cache.clear();
  if (flags.json) {
    const { folder, limit } = cache;
    const removed = action === "clear";
    console.log(JSON.stringify({ folder, limit, removed, programs }));
  } else if (action === "clear") {
    console.log(`removed ${count(programs)}`);
  } else {
    for (const program of programs) console.log(formatProgram(program));
    console.log(
      `${count(programs)} of at most ${formatBytes(cache.limit)} in ` +
        cache.folder,
    );
  }
}

function count(programs: readonly CachedProgram[]): string {
  const bytes = programs.reduce((sum, program) => sum + program.bytes, 0);
  const noun = programs.length === 1 ? "program" : "programs";
  return `${programs.length} ${noun}, ${formatBytes(bytes)}`;
}

function formatProgram({ bytes, used, source, flags }: CachedProgram): string {
  const size = formatBytes(bytes).padStart(8);
  const time = used.toISOString().slice(0, 16).replace("T", " ");
  return `${size}  ${time}  ${source}  ${flags.join(" ")}`;
}
