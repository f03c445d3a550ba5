import {
  type CompiledProgram,
  type CompilePhase,
  compileProgram,
  type Diagnostic,
  formatDiagnostic,
} from "../../compiler/mod.ts";
import { askVulkanTarget } from "../../compiler/vulkan_target.ts";
import type { TunedProgram } from "../../tuning/mod.ts";
import type { Command, CommandStatus } from "../common/command.ts";
import { formatFlags, parseFlags } from "../common/flags.ts";
import { formatBytes, printHelp } from "../common/terminal.ts";
import { UsageError } from "../common/usage_error.ts";
import { InterruptionWatch } from "../common/interruption.ts";
import { writeBytes } from "../common/write_file.ts";
import { splitArguments } from "./arguments.ts";
import { askShapes } from "./ask_shapes.ts";
import { PhaseLine } from "../common/phase_line.ts";
import { MODEL_FLAGS, parseShapes } from "../common/model_flags.ts";
import { basename } from "@std/path/basename";
import { checkInputFile } from "../common/input_file.ts";
import { asFileError } from "../run/file_error.ts";
import { writeStandalone } from "./standalone.ts";
import { checkTuneFlags, runTuning, TUNE_FLAGS } from "./tuning.ts";
import { formatTuning } from "./tuning_table.ts";
import { isWorker, runAsWorker } from "../common/compiler_worker.ts";

const FLAGS = {
  output: {
    kind: "text",
    value: "OUT",
    help: [
      "The program, as -o OUT too; - for stdout. By default it is next to",
      "FILE, with the extension .vmfb.",
    ],
  },
  target: {
    kind: "text",
    value: "TARGET",
    help: [
      "host (the default, this machine's CPU), generic (any CPU of its kind), a",
      "CPU such as znver3, a triple such as aarch64-unknown-linux-gnu, or vmvx,",
      "vulkan, cuda, rocm or metal.",
    ],
  },
  cache: {
    kind: "boolean",
    default: "true",
    help: ["Whether to use the cache (see `iree cache`); or pass --no-cache."],
  },
  isolate: {
    kind: "boolean",
    default: "true",
    help: [
      "Whether to compile in a separate process, so that a crash of the compiler",
      "ends only that process; --no-isolate rejects process-wide flags.",
    ],
  },
  library: {
    kind: "text",
    value: "FILE",
    help: ["The compiler's library, libIREECompiler.so of iree-base-compiler."],
  },
  standalone: {
    kind: "boolean",
    help: [
      "Writes an executable with the program, the runtime and Deno. It takes",
      "the flags of `iree run`. FILE may be a program (.vmfb).",
    ],
  },
  script: {
    kind: "text",
    value: "SCRIPT",
    help: [
      "With --standalone, a script to run instead. Its first argument is the",
      "program's path.",
    ],
  },
  ...MODEL_FLAGS,
  ...TUNE_FLAGS,
  json: {
    kind: "boolean",
    help: ["Prints a JSON object on stdout, for failed compiles too."],
  },
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const HELP = `Compiles a model to a program (.vmfb).

Usage: iree compile FILE [-o OUT] [FLAGS]

FILE is MLIR text or bytecode, an ONNX model, a URL of MLIR, or - for MLIR from
stdin. All other flags are those of iree-compile, as --flag=value.

Flags:
${formatFlags(FLAGS)}
Exit status: 0 on success, 1 if the compile fails, 2 for wrong usage.

Examples:
  iree compile model.mlir -o model.vmfb
  iree compile model.mlir --target=vulkan --iree-opt-level=O3
  iree compile model.onnx --shape x=1x3x320x320 --tune
  iree compile --standalone model.vmfb -o model
`;

/** `iree compile`. */
export const COMPILE: Command = {
  summary: "compiles MLIR or an ONNX model to a program",
  flags: FLAGS,
  run,
};

async function run(args: readonly string[]): Promise<CommandStatus> {
  if (isWorker(args)) return await runAsWorker(args);
  const { own, file, compilerFlags } = splitArguments(args, FLAGS);
  const flags = parseFlags(FLAGS, own);
  if (flags.help) return printHelp(HELP);
  if (file === undefined) throw new UsageError("no FILE to compile");
  checkTuneFlags(flags);
  const given = parseShapes(flags.shape);
  const write = flags.standalone
    ? standaloneWriter(flags.script, file)
    : writeBytes;
  if (flags.script !== undefined && !flags.standalone) {
    throw new UsageError("--script needs --standalone");
  }
  const output = flags.output ?? defaultOutput(file, flags.standalone);
  if (flags.standalone && (output === "-" || file === "-")) {
    throw new UsageError(
      "--standalone needs a FILE, and cannot write to stdout",
    );
  }
  if (flags.standalone && file.endsWith(".vmfb")) {
    await write(output, await readProgram(file));
    console.log(`${output}: ${formatBytes(Deno.statSync(output).size)}`);
    return;
  }
  if (flags.json && output === "-") {
    throw new UsageError("--json and the program cannot both go to stdout");
  }
  const isText = !flags.json && output !== "-";
  const shapes = given ??
    (isText ? await askShapes(file, flags.library) : undefined);
  const phases: { phase: CompilePhase; seconds: number }[] = [];
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const diagnostics: Diagnostic[] = [];
  const report = (rest: Record<string, unknown>) =>
    console.log(JSON.stringify({
      file,
      ...rest,
      seconds: seconds(),
      phases,
      diagnostics,
    }));
  try {
    using line = new PhaseLine(
      `${flags.tune ? "tuning" : "compiling"} ${file}`,
    );
    const source = file === "-"
      ? await new Response(Deno.stdin.readable).bytes()
      : file;
    // A compile in this process cannot be stopped, except by its end.
    using watch = flags.isolate === false ? undefined : new InterruptionWatch();
    const signal = watch?.signal;
    const vulkan = askVulkanTarget(flags.target, compilerFlags);
    const options = {
      signal,
      target: flags.target,
      flags: [...compilerFlags, ...vulkan?.flags ?? []],
      cache: flags.cache,
      library: flags.library,
      name: file === "-" ? "stdin" : undefined,
      shapes,
      clean: flags.clean,
      onDiagnostic: (diagnostic: Diagnostic) => diagnostics.push(diagnostic),
    };
    const show = (what: string) => line.show(what);
    const program: CompiledProgram & Partial<TunedProgram> = flags.tune
      ? await runTuning(source, flags, options, show)
      : await compileProgram(source, {
        ...options,
        isolate: flags.isolate,
        onPhase: (phase) => {
          phases.push({ phase, seconds: seconds() });
          line.show(phase);
        },
      });
    signal?.throwIfAborted();
    await write(output, program.bytes);
    const { compiler, flags: allFlags, isCached, tuning } = program;
    line[Symbol.dispose]();
    if (!flags.json) printWarnings(diagnostics);
    if (!flags.json && vulkan !== undefined) console.error(vulkan.note);
    const bytes = program.bytes.length;
    if (flags.json) {
      report({ output, bytes, compiler, flags: allFlags, isCached, tuning });
    } else {
      const table = tuning === undefined ? "" : `${formatTuning(tuning)}\n`;
      const text = table + `${output}: ${formatBytes(bytes)}, ` +
        (isCached ? "from the cache" : `${seconds().toFixed(1)} s`);
      if (output === "-") console.error(text);
      else console.log(text);
    }
  } catch (error) {
    if (flags.json && error instanceof Error) report({ error: error.message });
    throw error;
  }
}

function defaultOutput(file: string, isStandalone = false): string {
  if (file === "-") return "-";
  return file.replace(/\.[^./\\]*$/, "") + (isStandalone ? "" : ".vmfb");
}

/** Reads a program that is compiled already. */
async function readProgram(file: string): Promise<Uint8Array<ArrayBuffer>> {
  checkInputFile(file);
  try {
    return await Deno.readFile(file);
  } catch (error) {
    throw error instanceof Deno.errors.NotCapable
      ? error
      : asFileError(error, file);
  }
}

/** Returns a function that writes a program in an executable. */
function standaloneWriter(
  script: string | undefined,
  file: string,
): (output: string, program: Uint8Array<ArrayBuffer>) => Promise<void> {
  const name = basename(defaultOutput(file));
  return (output, program) =>
    writeStandalone(output, { program, name, script });
}

function printWarnings(diagnostics: readonly Diagnostic[]): void {
  for (const diagnostic of diagnostics) {
    console.error(formatDiagnostic(diagnostic));
  }
}
