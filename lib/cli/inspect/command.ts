import { DynamicModule, Instance, IreeError } from "../../../mod.ts";
import {
  type FileDescription,
  formatProgramTypes,
  inspect,
  inspectProgram,
} from "../../inspect/mod.ts";
import { type ModuleUri, resolveModuleUri } from "../../tooling/mod.ts";
import { writeOutput } from "../../files/output_file.ts";
import type { Command } from "../common/command.ts";
import { formatFlags, parseFlags } from "../common/flags.ts";
import { printError, printHelp } from "../common/terminal.ts";
import { UsageError } from "../common/usage_error.ts";
import {
  formatLibrary,
  formatProgram,
  type LoadedDescription,
} from "./text.ts";

const FLAGS = {
  all: {
    kind: "boolean",
    help: [
      "Prints everything about programs: without it, exports, parameters,",
      "devices and needs.",
    ],
  },
  load: {
    kind: "boolean",
    help: [
      "Loads native libraries, to tell what the modules of theirs export. A",
      "library is code: it runs. Files are taken in order, so that a library",
      "finds the types of those before it. Forms, as for `iree run --module`:",
      "  library.so                    a module by the default export",
      "  library.so@export             a module by an export's name",
      "  library.so@export?key=value&… the same with parameters",
    ],
  },
  json: {
    kind: "boolean",
    help: [
      "Prints JSON for programs. Its shape is in docs/inspect.md, of the package",
      "and of the repository.",
    ],
  },
  types: {
    kind: "boolean",
    help: [
      "Prints a TypeScript module with the types of a program's functions, for",
      "`load<Functions>()`.",
    ],
  },
  package: {
    kind: "text",
    value: "SPECIFIER",
    help: [
      "What that module imports this package as; @iree/runtime when left out.",
    ],
  },
  output: {
    kind: "text",
    value: "FILE",
    help: ["Writes to a file what would be printed."],
  },
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const HELP =
  `Tells what is in compiled programs and native libraries. Programs are not
loaded: what they need need not be there.

Usage: iree inspect [FLAGS] FILE…

FILE is a compiled program (.vmfb), - for one from stdin, or a native library.

Flags (- and _ in their names are the same):
${formatFlags(FLAGS)}
Exit status: 0 when everything was told, 1 when something failed, 2 for wrong
usage.

Examples:
  iree inspect model.vmfb
  iree inspect --all model.vmfb
  iree inspect --json model.vmfb | jq '.[0].exports[].name'
  iree inspect --types --output=model.ts model.vmfb
  iree inspect --load ./module.so@create_custom_module
`;

/** `iree inspect`. */
export const INSPECT: Command = {
  summary: "tells what is in a compiled program or a native library",
  flags: FLAGS,
  run: inspectFiles,
};

type Flags = ReturnType<typeof parseFlags<typeof FLAGS>>;

function inspectFiles(args: readonly string[]): void {
  const isFlag = (arg: string) => arg.startsWith("-") && arg !== "-";
  const flags = parseFlags(FLAGS, args.filter(isFlag));
  if (flags.help) {
    printHelp(HELP);
    return;
  }
  const files = args.filter((arg) => !isFlag(arg));
  const [file] = files;
  if (file === undefined) throw new UsageError("no file to inspect is named");
  checkUsage(flags, files);
  if (flags.types) {
    print(formatTypes(file, flags), flags);
    return;
  }
  const results = describeFiles(files, flags.load);
  const told = results.filter((it): it is Told => !(it instanceof Failure));
  if (flags.json) {
    print(`${JSON.stringify(results.map(toJson), orNull, 2)}\n`, flags);
  } else if (told.length > 0) {
    const texts = told.map((it) => toText(it, flags.all));
    print(`${texts.join("\n\n")}\n`, flags);
  }
  const errors = results.flatMap((it) => it instanceof Failure ? it.error : []);
  for (const { message } of errors.slice(0, -1)) printError(message.trimEnd());
  const last = errors.at(-1);
  if (last !== undefined) throw last;
}

function checkUsage(flags: Flags, files: readonly string[]): void {
  if (files.filter((file) => file === "-").length > 1) {
    throw new UsageError("- can be given once");
  }
  if (flags.types && (flags.json || flags.load || files.length > 1)) {
    throw new UsageError(
      "--types is for one program, without --json and --load",
    );
  }
  if (flags.all && (flags.json || flags.types)) {
    throw new UsageError("--all is for text; --json always prints everything");
  }
  if (flags.package !== undefined && !flags.types) {
    throw new UsageError("--package is for --types");
  }
}

function print(text: string, { output }: Flags): void {
  if (output === undefined) console.log(text.slice(0, -1));
  else {
    const bytes = new TextEncoder().encode(text);
    writeOutput(output, (writeBytes) => writeBytes(bytes));
  }
}

function formatTypes(file: string, flags: Flags): string {
  return formatProgramTypes(inspectProgram(file), { package: flags.package });
}

/** What a file told. */
interface Told {
  readonly file: string;
  readonly description: FileDescription;
  /** What the module of a library told, when it was loaded. */
  readonly module: LoadedDescription | undefined;
}

/** Why a file told nothing. */
class Failure {
  readonly file: string;
  readonly error: Error;

  constructor(file: string, error: Error) {
    this.file = file;
    this.error = error;
  }
}

/** Describes each file; one that fails does not keep the others from it. */
function describeFiles(
  files: readonly string[],
  load: boolean,
): (Told | Failure)[] {
  using loader = new Loader();
  const results = files.map((file) => {
    try {
      return describeOne(file, load ? loader : undefined);
    } catch (error) {
      if (error instanceof UsageError || !(error instanceof Error)) throw error;
      return new Failure(file, error);
    }
  });
  if (load && !results.some((it) => it instanceof Failure || it.module)) {
    throw new UsageError("--load is for native libraries; there is none");
  }
  return results;
}

function describeOne(file: string, loader: Loader | undefined): Told {
  const uri = resolveModuleUri(file);
  if (loader === undefined && uri.path !== file) {
    throw new UsageError(`'${file}' names a module to create; add --load`);
  }
  const description = inspect(uri.path);
  const module = description.kind === "library" ? loader?.load(uri) : undefined;
  return { file, description, module };
}

/** Loads libraries, and keeps what they defined until all are described. */
class Loader implements Disposable {
  readonly #resources = new DisposableStack();
  #instance: Instance | undefined;

  load(uri: ModuleUri): LoadedDescription {
    const options = uri.kind === "dynamic" ? uri : {};
    this.#instance ??= this.#resources.use(Instance.open());
    const module = this.#resources.use(
      DynamicModule.load(this.#instance, uri.path, options),
    );
    const { name, version, attributes, exports, imports, dependencies } =
      module;
    return { name, version, attributes, exports, imports, dependencies };
  }

  [Symbol.dispose](): void {
    this.#resources.dispose();
  }
}

function toText({ file, description, module }: Told, all: boolean): string {
  return description.kind === "program"
    ? formatProgram(file, description, all)
    : formatLibrary(file, description, module);
}

function toJson(result: Told | Failure): unknown {
  const { file } = result;
  if (result instanceof Failure) {
    const { error } = result;
    const code = error instanceof IreeError ? error.code : error.name;
    return { file, kind: "failure", code, message: error.message };
  }
  const { description, module } = result;
  return description.kind === "program"
    ? { file, ...description }
    : { file, ...description, module };
}

/** Programs that read JSON find every field, be there something in it or not. */
function orNull(_key: string, value: unknown): unknown {
  return value === undefined ? null : value;
}
