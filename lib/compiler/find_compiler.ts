import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";
import { findCacheFolder } from "../../ffi/library/cache_folder.ts";
import { CHECKOUT } from "../../ffi/library/package.ts";
import { IreeError } from "../base/error.ts";
import { loadablePath, toPath } from "../base/permissions.ts";
import { shellWord } from "../base/shell_word.ts";
import { COMPILER } from "../vm/program_version.ts";

/** Environment variable with the compiler library's path. */
const LIBRARY_VARIABLE = "IREE_COMPILER_LIBRARY";

/** Variable of a checkout's `./dev` with the programs of its environment. */
const TOOLS_VARIABLE = "IREE_DENO_TOOLS";

/** The compiler's library in the package `iree.compiler`. */
const LIBRARY = join(
  "_mlir_libs",
  {
    linux: "libIREECompiler.so",
    darwin: "libIREECompiler.dylib",
    windows: "IREECompiler.dll",
  }[Deno.build.os as string] ?? "libIREECompiler.so",
);

/** Prints the folder of the package without importing it. */
const FIND_PACKAGE = "import importlib.util as u; " +
  "s = u.find_spec('iree') and u.find_spec('iree.compiler'); " +
  "print(next(iter(s.submodule_search_locations)) if s else '')";

/** A place to search, by its name. */
type Place = readonly [string, () => Found | Promise<Found>];

/** Path of a library, or the reason why a place lacks it. */
type Found = { readonly path: string } | { readonly reason: string };

/**
 * Finds the compiler's library, and requests the permission to load it.
 *
 * @param given Path passed by the caller.
 * @returns Its absolute path; throws NOT_FOUND with the places that were
 * searched.
 */
export async function findCompiler(given?: string | URL): Promise<string> {
  const tried: string[] = [];
  const places: Place[] = [
    ["the option `library`", () => givenPlace(given)],
    [`the environment variable ${LIBRARY_VARIABLE}`, variablePlace],
    ...(CHECKOUT === undefined
      ? []
      : [["the environment of the checkout", checkoutPlace] as Place]),
    ["the active virtual environment", environmentPlace],
    ["python3", pythonPlace],
    ["the cache of this user", cachePlace],
  ];
  for (const [name, look] of places) {
    const found = await look();
    if ("path" in found) return loadablePath(found.path);
    tried.push(`\n  ${name}: ${found.reason}`);
  }
  throw new IreeError("NOT_FOUND", `no IREE compiler:${tried.join("")}`, {
    hint: `install it: ${installLine()}`,
  });
}

/** Returns the command that installs the compiler where it is found. */
export function installLine(): string {
  const cache = findCacheFolder().path;
  if (cache === undefined) return `pip install ${COMPILER}`;
  const folder = compilerFolder(cache);
  const pip = Deno.build.os === "windows" ? "Scripts\\pip" : "bin/pip";
  return `python3 -m venv ${shellWord(folder)} && ` +
    `${shellWord(join(folder, pip))} install ${COMPILER}`;
}

function givenPlace(given?: string | URL): Found {
  if (given === undefined) return { reason: "not given" };
  return { path: toPath(given) };
}

function variablePlace(): Found {
  const { value, reason } = readVariable(LIBRARY_VARIABLE);
  return value === undefined ? { reason } : { path: value };
}

function checkoutPlace(): Found {
  const { value, reason } = readVariable(TOOLS_VARIABLE);
  return value === undefined ? { reason } : inEnvironment(dirname(value));
}

function environmentPlace(): Found {
  const { value, reason } = readVariable("VIRTUAL_ENV");
  return value === undefined ? { reason } : inEnvironment(value);
}

function cachePlace(): Found {
  const cache = findCacheFolder();
  return cache.path === undefined
    ? { reason: cache.reason }
    : inEnvironment(compilerFolder(cache.path));
}

/** The Python environment in the cache that the install line creates. */
function compilerFolder(cache: string): string {
  return join(cache, "compiler");
}

type Variable =
  | { readonly value: string; readonly reason?: undefined }
  | { readonly value?: undefined; readonly reason: string };

function readVariable(variable: string): Variable {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  if (state !== "granted") {
    return { reason: `not searched without --allow-env=${variable}` };
  }
  const value = Deno.env.get(variable);
  return value ? { value } : { reason: `${variable} is not set` };
}

/** Finds the library in a Python environment. */
function inEnvironment(folder: string): Found {
  const { state } = Deno.permissions.querySync({ name: "read", path: folder });
  if (state !== "granted") {
    return { reason: `not searched without --allow-read=${folder}` };
  }
  for (const packages of packageFolders(folder)) {
    const path = join(packages, "iree", "compiler", LIBRARY);
    if (isFile(path)) return { path };
  }
  return { reason: `'${folder}' has no iree-base-compiler` };
}

function packageFolders(folder: string): string[] {
  if (Deno.build.os === "windows") return [join(folder, "Lib/site-packages")];
  try {
    return [...Deno.readDirSync(join(folder, "lib"))]
      .filter(({ name }) => name.startsWith("python3"))
      .map(({ name }) => join(folder, "lib", name, "site-packages"));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

let answer: Promise<Found> | undefined;

/** Searches the packages of the `python3` on PATH, once. */
function pythonPlace(): Promise<Found> {
  return answer ??= askPython();
}

async function askPython(): Promise<Found> {
  const descriptor = { name: "run", command: "python3" } as const;
  const { state } = await Deno.permissions.request(descriptor);
  if (state !== "granted") {
    return { reason: "not asked without --allow-run=python3" };
  }
  try {
    const { success, stdout } = await new Deno.Command("python3", {
      args: ["-c", FIND_PACKAGE],
      stdin: "null",
      stderr: "null",
    }).output();
    const folder = new TextDecoder().decode(stdout).trim();
    return success && folder !== ""
      ? { path: join(folder, LIBRARY) }
      : { reason: "has no iree-base-compiler" };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return { reason: "not on PATH" };
  }
}
