import { formatDiagnostic, importOnnx } from "../compiler/mod.ts";
import { describeImport } from "../compiler/onnx_description.ts";
import type { Command, CommandStatus } from "./common/command.ts";
import { formatFlags, parseFlags } from "./common/flags.ts";
import { formatBytes, printHelp } from "./common/terminal.ts";
import { joinValues, MODEL_FLAGS, parseShapes } from "./common/model_flags.ts";
import { UsageError } from "./common/usage_error.ts";
import { InterruptionWatch } from "./common/interruption.ts";
import { writeBytes } from "./common/write_file.ts";

const FLAGS = {
  output: {
    kind: "text",
    value: "OUT",
    help: [
      "The MLIR file; also -o OUT. - means stdout. By default, FILE with the",
      "extension .mlir.",
    ],
  },
  opset_version: {
    kind: "text",
    value: "N",
    help: [
      "First updates the model to this version of ONNX's operators. By default, it",
      "is imported as written; if that fails, with a later version.",
    ],
  },
  externalize_params: {
    kind: "boolean",
    help: [
      "Writes large weights to a file next to OUT with the extension .irpa.",
      "Programs find it next to them under the same name.",
    ],
  },
  ...MODEL_FLAGS,
  library: {
    kind: "text",
    value: "FILE",
    help: [
      "The compiler's library; the importer is in its Python environment.",
    ],
  },
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const HELP =
  `Imports an ONNX model: writes it as MLIR, with the names, types and
shapes of its inputs and outputs.

Usage: iree import FILE [-o OUT] [FLAGS]

\`iree compile\` and \`iree run\` also accept ONNX models. The importer comes from
pip's iree-base-compiler[onnx].

Flags:
${formatFlags(FLAGS)}
Exit status: 0 on success, 1 if the import fails, 2 for wrong usage.

Examples:
  iree import model.onnx -o model.mlir
  iree import --externalize-params model.onnx
`;

/** `iree import`. */
export const IMPORT: Command = {
  summary: "imports an ONNX model as MLIR",
  flags: FLAGS,
  run,
};

async function run(args: readonly string[]): Promise<CommandStatus> {
  const files: string[] = [];
  const own = joinValues(args).map((it) =>
    it.replace(/^--no-clean$/, "--clean=false")
  );
  const flags = parseFlags(FLAGS, own, (argument) => files.push(argument));
  if (flags.help) return printHelp(HELP);
  const [file, other] = files;
  if (file === undefined) throw new UsageError("no FILE to import");
  if (other !== undefined) {
    throw new UsageError(
      `unexpected argument '${other}'; one FILE is imported`,
    );
  }
  const stem = file.replace(/\.[^./\\]*$/, "");
  const output = flags.output ?? `${stem}.mlir`;
  if (flags.externalize_params && output === "-") {
    throw new UsageError("--externalize-params needs a file: -o OUT");
  }
  const parameters = output.replace(/\.[^./\\]*$/, "") + ".irpa";
  using watch = new InterruptionWatch();
  const { signal } = watch;
  const imported = await importOnnx(file, {
    signal,
    library: flags.library,
    opset: readOpset(flags.opset_version),
    parameters: flags.externalize_params ? parameters : undefined,
    shapes: parseShapes(flags.shape),
    clean: flags.clean,
  });
  for (const diagnostic of describeImport(file, imported)) {
    console.error(formatDiagnostic(diagnostic));
  }
  const { mlir, opset } = imported;
  signal.throwIfAborted();
  await writeBytes(output, mlir);
  const text = `${output}: ${formatBytes(mlir.length)}, opset ${opset}`;
  if (output === "-") console.error(text);
  else console.log(text);
  if (flags.externalize_params) console.log(`${parameters}: the weights`);
}

function readOpset(text: string | undefined): number | undefined {
  if (text === undefined || /^[1-9]\d{0,3}$/.test(text)) {
    return text === undefined ? undefined : Number(text);
  }
  throw new UsageError(
    `--opset-version must be a positive integer, got '${text}'`,
  );
}
