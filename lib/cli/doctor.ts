import { expectFewCalls } from "../base/few_calls.ts";
import { BufferView, Device, Instance, IreeError, runtime } from "../../mod.ts";
import {
  cpuFeatures,
  type LibraryPlace,
  type LibraryVersion,
  probeDrivers,
} from "../tooling/mod.ts";
import type { Command } from "./common/command.ts";
import { isFailure } from "./common/failure.ts";
import { formatFlags, parseFlags } from "./common/flags.ts";
import { printHelp } from "./common/terminal.ts";
import { findSdk } from "./sdk.ts";

const FLAGS = {
  json: {
    kind: "boolean",
    help: [
      "Prints JSON; `works` is whether programs can run here.",
    ],
  },
  help: { kind: "boolean", help: ["Prints this help."] },
} as const;

const HELP =
  `Checks the installation and suggests fixes: which library is used, where it
was found, which compiler, and which devices work.

Usage: iree doctor [--json]

Flags:
${formatFlags(FLAGS)}
Exit status: 0 if the library opens and a device works, 1 if not, 2 for wrong
usage.
`;

/** `iree doctor`. */
export const DOCTOR: Command = {
  summary: "checks the installation and suggests fixes",
  flags: FLAGS,
  run,
};

async function run(args: readonly string[]): Promise<void> {
  const flags = parseFlags(FLAGS, args);
  if (flags.help) return printHelp(HELP);
  if (flags.json) {
    const places = runtime.findLibrary();
    const library = attempt(() => runtime.version());
    const sdk = attempt(findSdk);
    const compiler = await findCompiler();
    const cpu = findFeatures();
    const devices = tryDevices();
    printJson({ places, library, sdk, compiler, cpu, devices });
    demandWorking(devices);
    return;
  }
  print("deno", `${Deno.version.deno} for ${Deno.build.target}`);
  print("package", `${runtime.packageVersion}, run by ${startedBy()}`);
  const places = runtime.findLibrary();
  print("searched", ...places.map(describePlace));
  print("library", ...orError(attempt(describeLibrary)));
  print("SDK", ...orError(attempt(() => [findSdk()])));
  print("compiler", ...describeCompiler(await findCompiler()));
  print("permissions", ...leastPermissions(places.at(-1)));
  const cpu = findFeatures();
  if (cpu !== undefined) print("CPU", ...wrap(namesOf(cpu)));
  const devices = tryDevices();
  if (devices.length > 0) {
    print("devices", ...devices.map(({ uri, state }) => `${uri}: ${state}`));
  }
  demandWorking(devices);
  print("result", "programs can run here");
}

/** Throws if programs cannot run, with a hint on how to fix it. */
function demandWorking(devices: readonly Trial[]): void {
  if (runtime.libraryPath === undefined) {
    throw new IreeError("FAILED_PRECONDITION", "programs cannot run here", {
      hint: `\`deno run -A ${runtime.cli} setup\` installs the library`,
    });
  }
  if (!devices.some(({ works }) => works)) {
    throw new IreeError("FAILED_PRECONDITION", "no device works here");
  }
}

/** Returns a function's result, or the error it throws. */
interface Attempt<T> {
  readonly value?: T;
  readonly error?: string;
}

function attempt<T>(get: () => T): Attempt<T> {
  try {
    return { value: get() };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { error: error.message };
  }
}

/** Prints the findings as JSON; missing ones are null or an error. */
function printJson(found: {
  readonly places: readonly LibraryPlace[];
  readonly library: Attempt<LibraryVersion>;
  readonly sdk: Attempt<string>;
  readonly compiler: Attempt<FoundCompiler>;
  readonly cpu: Readonly<Record<string, boolean>> | undefined;
  readonly devices: readonly Trial[];
}): void {
  const { places, library, sdk, compiler, cpu, devices } = found;
  const place = places.at(-1);
  console.log(JSON.stringify({
    works: devices.some(({ works }) => works),
    deno: Deno.version.deno,
    target: Deno.build.target,
    package: runtime.packageVersion,
    lookedFor: places.map(({ path, description }) => ({
      place: description,
      path: path ?? null,
    })),
    library: library.value === undefined ? null : {
      path: runtime.libraryPath,
      version: library.value.library,
      iree: library.value.iree,
    },
    sdk: sdk.value ?? null,
    compiler: compiler.value ?? null,
    permissions: place?.path === undefined
      ? null
      : [...place.flags, `--allow-ffi=${place.path}`],
    cpu: cpu ?? null,
    devices,
    errors: [library, sdk].flatMap(({ error }) => error ?? []),
  }));
}

/** Prints lines, the first one with a title. */
function print(title: string, ...lines: readonly string[]): void {
  const text = lines.flatMap((line) => line.split("\n"));
  for (const [index, line] of text.entries()) {
    console.log(`${(index === 0 ? title : "").padEnd(12)}${line}`);
  }
}

function startedBy(): string {
  return Deno.build.standalone ? "a standalone binary" : `deno ${runtime.cli}`;
}

function orError({ value, error = "" }: Attempt<string[]>): string[] {
  return value ?? [error];
}

function describePlace({ path, description }: LibraryPlace): string {
  return path === undefined ? description : `${description}: found`;
}

function describeLibrary(): string[] {
  const { library, iree } = runtime.version();
  const linkedBy = runtime.platform?.linkedBy;
  return [
    `${library} with IREE ${iree}`,
    `${runtime.libraryPath}`,
    ...(linkedBy ? [`native modules know it by its ${linkedBy}`] : []),
  ];
}

/** A compiler for this package's version of IREE. */
interface FoundCompiler {
  readonly path: string;
  readonly version: string;
}

/** Finds the compiler and compares its version with the runtime's. */
async function findCompiler(): Promise<Attempt<FoundCompiler>> {
  const { Compiler } = await import("../compiler/mod.ts");
  try {
    // In this process, so that its version is known at once.
    await using compiler = await Compiler.open({ isolate: false });
    const { path, build = "" } = compiler;
    return { value: { path, version: build || "a development build" } };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { error: error.message };
  }
}

function describeCompiler(
  { value, error = "" }: Attempt<FoundCompiler>,
): string[] {
  return value === undefined
    ? [error]
    : [`IREE ${value.version}, fits the library`, value.path];
}

/** The Deno permission flags that programs need. */
function leastPermissions(place: LibraryPlace | undefined): string[] {
  if (place?.path === undefined) return ["unknown without a library"];
  return [
    ...place.flags,
    `--allow-ffi=${place.path}`,
    "and --allow-read for programs, --allow-ffi for native modules",
  ];
}

/** Features of the CPU that programs can use, by LLVM's names. */
function findFeatures(): Readonly<Record<string, boolean>> | undefined {
  if (runtime.libraryPath === undefined) return undefined;
  using instance = Instance.open();
  return cpuFeatures(instance);
}

function namesOf(features: Readonly<Record<string, boolean>>): string[] {
  const names = Object.keys(features).filter((name) => features[name]);
  return names.length > 0 ? names : ["no features that IREE knows"];
}

/** Breaks words into lines. */
function wrap(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < LINE_LENGTH) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

/** Length of a line after its title. */
const LINE_LENGTH = 66;

interface Trial {
  readonly uri: string;
  readonly works: boolean;
  readonly state: string;
}

/** Sends data to every device and reads it back. */
function tryDevices(): Trial[] {
  if (runtime.libraryPath === undefined) return [];
  expectFewCalls();
  using instance = Instance.open();
  return probeDrivers(instance).flatMap(({ name, devices, error }) => {
    if (error !== undefined) {
      const state = `not available: ${firstLine(error.detail)}`;
      return [{ uri: name, works: false, state }];
    }
    return devices.map(({ uri, name }) => tryDevice(instance, uri, name));
  });
}

function tryDevice(instance: Instance, uri: string, name: string): Trial {
  const data = new Float32Array([1, 2, 3, 4]);
  const trial = (works: boolean, state: string) => ({ uri, works, state });
  try {
    using device = Device.create(instance, uri);
    using view = BufferView.from(device, data, [2, 2]);
    const back = view.toTypedArray();
    if (data.every((value, index) => value === back[index])) {
      return trial(true, `works${name === "default" ? "" : ` (${name})`}`);
    }
    return trial(false, "does not keep data");
  } catch (error) {
    if (!(error instanceof IreeError)) throw error;
    return trial(false, firstLine(error.detail));
  }
}

function firstLine(text: string): string {
  return text.replace(/\n.*$/s, "").replace(/:? *$/, "");
}
