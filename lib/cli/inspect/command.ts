import { DynamicModule, Instance, IreeError } from "../../../mod.ts";
import {
  type FileDescription,
  formatProgramTypes,
  inspect,
  inspectProgram,
} from "../../inspect/mod.ts";
import { type ModuleUri, resolveModuleUri } from "../../tooling/mod.ts";
import { writeFile } from "../common/write_file.ts";
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
      "Prints everything about programs, not only exports, parameters, devices,",
      "requirements and imports.",
    ],
  },
  load: {
    kind: "boolean",
    help: [
      "Loads native libraries to describe their modules. This runs their code.",
      "Libraries load in the given order, so that each finds the types of",
      "those before it. Forms, as for `iree run --module`:",
      "  library.so                    a module, using the default export",
      "  library.so@export             a module, using a named export",
      "  library.so@export?key=value&… the same with parameters",
    ],
  },
  json: {
    kind: "boolean",
    help: [
      "Prints JSON. docs/inspect.md describes its shape, in the package and",
      "the repository.",
    ],
  },
  types: {
    kind: "boolean",
    help: [
      "Prints a TypeScript module with the types of a program's functions, for",
      "`load<Functions>()`, and of those that it imports, for `hostModule`.",
    ],
  },
  package: {
    kind: "text",
    value: "SPECIFIER",
    help: [
      "Import specifier of this package in that module; @iree/runtime by default.",
    ],
  },
  output: {
    kind: "text",
    value: "FILE",
    help: ["Writes the output to a file."],
  },
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const HELP =
  `Describes compiled programs and native libraries, without loading programs, so
that their requirements may be missing.

Usage: iree inspect [FLAGS] FILE…

FILE is a compiled program (.vmfb), - to read one from stdin, or a native library.

Flags (- and _ in their names are the same):
${formatFlags(FLAGS)}
Exit status: 0 on success, 1 on failure, 2 for wrong usage.

Examples:
  iree inspect model.vmfb
  iree inspect --all model.vmfb
  iree inspect --json model.vmfb | jq '.[0].exports[].name'
  iree inspect --types --output=model.ts model.vmfb
  iree inspect --load ./module.so@create_custom_module
`;

/** `iree inspect`. */
export const INSPECT: Command = {
  summary: "describes a compiled program or a native library",
  flags: FLAGS,
  run: inspectFiles,
};

type Flags = ReturnType<typeof parseFlags<typeof FLAGS>>;

async function inspectFiles(args: readonly string[]): Promise<void> {
  const isFlag = (arg: string) => arg.startsWith("-") && arg !== "-";
  const flags = parseFlags(FLAGS, args.filter(isFlag));
  if (flags.help) {
    printHelp(HELP);
    return;
  }
  const files = args.filter((arg) => !isFlag(arg));
  const [file] = files;
  if (file === undefined) throw new UsageError("no file given");
  checkUsage(flags, files);
  if (flags.types) {
    await print(formatTypes(file, flags), flags);
    return;
  }
  const results = describeFiles(files, flags.load);
  const described = results.filter((it): it is Described =>
    !(it instanceof Failure)
  );
  if (flags.json) {
    await print(`${JSON.stringify(results.map(toJson), orNull, 2)}\n`, flags);
  } else if (described.length > 0) {
    const texts = described.map((it) => toText(it, flags.all));
    await print(`${texts.join("\n\n")}\n`, flags);
  }
  const errors = results.flatMap((it) => it instanceof Failure ? it.error : []);
  for (const { message } of errors.slice(0, -1)) printError(message.trimEnd());
  const last = errors.at(-1);
  if (last !== undefined) throw last;
}

function checkUsage(flags: Flags, files: readonly string[]): void {
  if (files.filter((file) => file === "-").length > 1) {
    throw new UsageError("- can be used only once");
  }
  if (flags.types && (flags.json || flags.load || files.length > 1)) {
    throw new UsageError(
      "--types requires exactly one program, and excludes --json and --load",
    );
  }
  if (flags.all && (flags.json || flags.types)) {
    throw new UsageError(
      "--all applies to text; --json always prints everything",
    );
  }
  if (flags.package !== undefined && !flags.types) {
    throw new UsageError("--package requires --types");
  }
}

async function print(text: string, { output }: Flags): Promise<void> {
  if (output === undefined) console.log(text.slice(0, -1));
  else await writeFile(output, [new TextEncoder().encode(text)]);
}

function formatTypes(file: string, flags: Flags): string {
  return formatProgramTypes(inspectProgram(file), { package: flags.package });
}

/** A file's description. */
interface Described {
  readonly file: string;
  readonly description: FileDescription;
  /** The description of a library's module, if it was loaded. */
  readonly module: LoadedDescription | undefined;
}

/** Why a file could not be described. */
class Failure {
  readonly file: string;
  readonly error: Error;

  constructor(file: string, error: Error) {
    this.file = file;
    this.error = error;
  }
}

/** Describes each file; a failure does not stop the others. */
function describeFiles(
  files: readonly string[],
  load: boolean,
): (Described | Failure)[] {
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
    throw new UsageError("--load requires a native library, got none");
  }
  return results;
}

function describeOne(file: string, loader: Loader | undefined): Described {
  const uri = resolveModuleUri(file);
  if (loader === undefined && uri.path !== file) {
    throw new UsageError(`'${file}' names a module to create; add --load`);
  }
  const description = inspect(uri.path);
  const module = description.kind === "library" ? loader?.load(uri) : undefined;
  return { file, description, module };
}

/** Loads libraries and keeps their types until all are described. */
class Loader implements Disposable {
  readonly #resources = new DisposableStack();
  #instance: Instance | undefined;

  load(uri: ModuleUri): LoadedDescription {
    const options = uri.kind === "dynamic"
      ? { exportName: uri.exportName, parameters: uri.parameters }
      : {};
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

function toText(
  { file, description, module }: Described,
  all: boolean,
): string {
  return description.kind === "program"
    ? formatProgram(file, description, all)
    : formatLibrary(file, description, module);
}

function toJson(result: Described | Failure): unknown {
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

/** Writes absent fields as null, so that readers find every field. */
function orNull(_key: string, value: unknown): unknown {
  return value === undefined ? null : value;
}
