/**
 * What does not run on Windows under Wine, each with why.
 *
 * @module
 */

const PEERS =
  "IREE's tools for Windows call a function that Wine lacks, or load no modules";
const PYTHON = "starts Python, which is for Linux";
const SHELL = "runs shell commands";
const MAPPED = "Windows does not shorten or replace a mapped file";
const LOADED = "Windows does not delete a loaded library";
const LINUX = "reads the /proc or /sys of Linux";
const LINKS = "Wine makes no symbolic links, and reports success";
const MODES = "Windows has no file modes of Unix";
const SIGNALS = "Windows has no signals";
const SYSTEM_CODE =
  "machine code for the system's loader needs Microsoft's linker";
const BUNDLES = "makes a bundle, which needs esbuild for Windows, from npm";
const ELF = "changes the bytes of a library for Linux";
const WORDS = "expects the words or codes of Linux";
const CARGO = "reads Cargo's folder of sources";

/** Files, by the start of their paths. */
export const WINDOWS_FILES: Readonly<Record<string, string>> = {
  "tests/base/messages_test.ts": LINKS,
  "tests/bench_models_test.ts": "measures time",
  "tests/bench_test.ts": "measures time",
  "tests/benchmark/": "measures time",
  "tests/boundary_test.ts": "reads sources",
  "tests/cli/benchmark/compare_test.ts": PYTHON,
  "tests/cli/completions_test.ts": SHELL,
  "tests/cli/differential/": PEERS,
  "tests/cli/executable/": "the launcher is written for Unix",
  "tests/cli/run_memory_test.ts": PYTHON,
  "tests/compiler/vulkan_target_test.ts": "needs a driver for Linux",
  "tests/compiler/watch_test.ts": MAPPED,
  "tests/dev/": "tests the script of this machine",
  "tests/docs": SHELL,
  "tests/examples_test.ts": SHELL,
  "tests/models/": PYTHON,
  "tests/notebook/": "starts Jupyter, which starts this machine's Deno",
  "tests/offline/": "tests stand-ins for packages",
  "tests/onnx/": PYTHON,
  "tests/platforms/": "tests this list",
  "tests/profile/page_test.ts": "opens a browser of Linux",
  "tests/release/": "packages the library of this machine",
  "tests/run/": "tests the script of this machine",
  "tests/sanitizers/": "needs a sanitized library",
  "tests/voice/": "reads sources",
  "tests/vulkan/": "needs a driver for Linux",
};

/** Tests, by the start of their titles, where `*` is any text. */
export const WINDOWS_TESTS: Readonly<Record<string, string>> = {
  // tests/parameters
  "An archive matches iree-convert-parameters byte for byte": PEERS,
  "Python reads our archives, and we read Python's": PYTHON,
  "An archive can overwrite a file that it is made from": MAPPED,
  "Files of every format list as by iree-dump-parameters": PEERS,
  "GGUF types have GGML's numbers where IREE's differ": PEERS,
  "Safetensors keep the order of their header": PEERS,
  "An offset that wraps around is rejected; iree-dump-parameters crashes":
    PEERS,
  "iree-run-module reads the same archive, except for long patterns": PEERS,
  "A program reads part of a parameter in every mode, unlike iree-run-module":
    PEERS,
  "A call whose mapped parameters were truncated fails, and so does each later one":
    MAPPED,
  "An asynchronous call whose mapped parameters were truncated fails": MAPPED,
  "Once the program of a truncated file is disposed, others work": MAPPED,
  "While a truncated file is mapped, no tensor is read, printed or mapped":
    MAPPED,
  "Parameters in a truncated file are not read or copied as zeros": MAPPED,
  "A file that is shortened after the bytes in use loses nothing": MAPPED,
  "The next archive removes the leftovers of a killed process":
    "a lock of Windows would keep native code from writing",
  // tests/vm, tests/call
  "A missing export gets no hint if exports cannot be read": ELF,
  "A truncated library is rejected instead of killing the process": ELF,
  "A file that is not a library of this system is rejected by its kind": ELF,
  "The same relative path in another folder is another library": LOADED,
  "A library replaced on disk is not mistaken for the old one": LOADED,
  "A C module lists its imports, dependencies and attributes too": LOADED,
  "Types of modules are registered and unregistered in every order": LOADED,
  "Names without a slash are files in the working directory":
    "makes a file whose name Windows rejects",
  "A path that is not a regular file is rejected": SHELL,
  "Structures are passed and returned as by Python's FunctionInvoker": PYTHON,
  "Values that Python rejects are rejected": PYTHON,
  // tests/base
  "A changed library is rejected under any spelling of its path": LOADED,
  "* opens the file that Deno checked when links have parents": LINKS,
  "* follows a link in an allowed folder, as Deno does": LINKS,
  "A link to a system file is rejected as in Deno": LINUX,
  "A plugin and a profile file must be regular files": SHELL,
  "Flags keep quotes, spaces and empty paths unchanged":
    "makes a file whose name Windows rejects",
  // tests/cli
  "iree compile reports a full disk and leaves no partial program": LINUX,
  "An interrupted iree compile leaves no program, and its compiler ends":
    SIGNALS,
  "The bundled command line compiles in a child process": BUNDLES,
  "The bundled command line tunes in child processes": BUNDLES,
  "Several arguments and results, and none, print like iree-run-module's":
    PEERS,
  "Results that are objects print like iree-run-module's": PEERS,
  "A program's only function is the default": PEERS,
  "The function is looked up in the last module": PEERS,
  "Files are read, mapped or read from stdin": PEERS,
  "Paths are relative to the working directory": PEERS,
  "A flag file is expanded in place, as in iree-run-module": PEERS,
  "A full disk under stdout is a one-line error": SHELL,
  "iree devices --topologies prints the same as --dump_task_topologies":
    "IREE orders CPUs by the one that asks, which changes",
  "iree disassemble --machine_code prints the output of the disassembler":
    "starts objdump, which is for Linux",
  "iree doctor names the required glibc when the system's is too old":
    "makes a library for Linux",
  "Inputs and flag files can be pipes of the shell": SHELL,
  "Files on the command line that may never end are rejected": SHELL,
  "iree new module --typescript makes a project whose tests pass": SHELL,
  "iree new module makes a project that builds, and whose tests pass": SHELL,
  "iree new app makes a project that compiles, and whose tests pass": SHELL,
  "dump prints the same as iree-dump-parameters, byte for byte": PEERS,
  "dump --extract writes contents of every kind, unlike iree-dump-parameters":
    PEERS,
  "create --data writes a pattern of several bytes, unlike iree-create-parameters":
    PEERS,
  "convert writes the same archive as iree-convert-parameters": PEERS,
  "convert rejects a duplicate key, which iree-convert-parameters mixes up":
    PEERS,
  "iree-profile reads the profile": PEERS,
  "A plugin is found in the working directory, with or without a slash": WORDS,
  "Vulkan is looked up at a given path, with or without a slash":
    "Wine has a Vulkan loader of its own",
  "The system's tar reads our archive, and we read its": SHELL,
  "Entries other than plain files are rejected": SHELL,
  "A download shows progress on a terminal and one line elsewhere": PYTHON,
  "Help is coloured on a terminal, and never with NO_COLOR": PYTHON,
  "Errors are coloured on a terminal, and never with NO_COLOR": PYTHON,
  // tests/compiler, tests/tuning
  "A compile whose child process is killed is reported": SIGNALS,
  "A crash of the compiler is reported with its output": SIGNALS,
  "A killed compile leaves a good cache": SIGNALS,
  "tune skips a recipe that crashes while it is measured": SIGNALS,
  // tests/files
  "A library's exports match those of nm": ELF,
  "A truncated library has fewer exports and never throws": ELF,
  "CPUs have Deno's names": ELF,
  "Damaged libraries never throw and yield only text": ELF,
  "A full disk leaves ": SHELL,
  "Outputs can be devices and pipes of the shell": SHELL,
  // tests/inspect
  "Inspecting * matches iree-dump-module": PEERS,
  "A file that is neither a program nor a library is rejected by name": WORDS,
  "Embedded files match those of Python's zipfile": PYTHON,
  "All functions of IREE's VM programs are read to their end": CARGO,
  // tests/library
  "An unreadable library in the cache is distinguished from a missing one":
    LINKS,
  "Looking into the cache never prompts for a permission": PYTHON,
  "Functions bound later belong to the opened library, even if the file changes":
    LOADED,
  "Each system has its own cache location": "joins paths of other systems",
  "A library is placed in a folder that only its user can access": MODES,
  "A folder writable by others is closed before its library is trusted": MODES,
  "Placing a library where something else exists fails and leaves nothing behind":
    MODES,
  "A library is not placed below a folder that others can write to": MODES,
  // tests/npy
  "Errors about files name them": WORDS,
  "readNpy and NpyFile reject files that are not regular and may never end":
    SHELL,
  "Arrays of every type and rank go from NumPy to a device and back": PYTHON,
  // tests/profile, tests/replay
  "iree profile prints what iree-profile prints": PEERS,
  "IREE's tools replay and print our recordings": PEERS,
  // tests/program
  "Python's zipfile reads a tuned program's archive": PYTHON,
  "The error includes why the system's loader rejected machine code":
    SYSTEM_CODE,
  // tests/tensor, tests/tooling, tests/hal
  "Decimals are rounded to f32 as by C's strtof": PYTHON,
  "Devices are listed as by IREE, for one driver or for all": PEERS,
  "Workers are placed as by IREE: ":
    "IREE orders CPUs by the one that asks, which changes",
  "A disposed watchdog has no thread left": LINUX,
  "Workers have the requested stack size": LINUX,
};

const PATTERNS = Object.keys(WINDOWS_TESTS).map((title) =>
  new RegExp(`^${title.split("*").map(RegExp.escape).join(".*")}`)
);

/**
 * Whether a test cannot run on Windows.
 *
 * @param title The test's title.
 */
export function isExcludedOnWindows(title: string): boolean {
  return PATTERNS.some((pattern) => pattern.test(title));
}
