import { fromFileUrl } from "@std/path/from-file-url";
import { IreeError } from "../base/error.ts";

/** Whether this module is source code, with the scripts of workers beside it. */
const isSource = import.meta.url.endsWith(".ts") && !Deno.build.standalone;

/** A child process that works for this one. */
export interface Worker {
  /** Its name, which the main program of a bundle receives. */
  readonly name: string;
  /** Its script among the sources. */
  readonly script: URL;
  /** Deno's permission flags. */
  readonly permissions: readonly string[];
  /** Names of packages that its modules import. */
  readonly packages: readonly string[];
}

/** The process that compiles. */
export const COMPILE_WORKER: Worker = {
  name: "compile",
  script: new URL("compile_worker.ts", import.meta.url),
  permissions: ["--allow-ffi"],
  packages: [],
};

let ownWorker: readonly string[] | undefined;

/**
 * Registers that the main program runs workers for these arguments, as the
 * command line does when it is bundled.
 *
 * @param args The arguments; the worker's name and the key of the messages
 * follow.
 */
export function registerWorker(args: readonly string[]): void {
  ownWorker = args;
}

/** Whether a child process can work for this one. */
export function canIsolate(): boolean {
  return isSource || ownWorker !== undefined;
}

/**
 * Arguments for Deno, or for a standalone binary, that start a worker.
 *
 * @param worker The worker.
 * @param key The key of the messages.
 */
export function workerArguments(
  { name, script, permissions, packages }: Worker,
  key: string,
): string[] {
  const flags = ["run", "--quiet", "--no-config", "--no-prompt"];
  if (isSource) {
    return [
      ...[...flags, ...permissions, ...importMap(packages)],
      ...[script.href, key],
    ];
  }
  if (ownWorker === undefined) {
    throw new IreeError(
      "FAILED_PRECONDITION",
      "isolate must be false in a bundled or standalone program, which " +
        "contains no script for a child process",
    );
  }
  const args = [...ownWorker, name, key];
  return Deno.build.standalone ? args : [
    ...flags,
    ...permissions,
    ...readBundle(permissions),
    Deno.mainModule,
    ...args,
  ];
}

/** The flag for the other files of a bundle, which it imports when it needs them. */
function readBundle(permissions: readonly string[]): string[] {
  const folder = new URL(".", Deno.mainModule);
  if (folder.protocol !== "file:" || permissions.includes("--allow-read")) {
    return [];
  }
  return [`--allow-read=${fromFileUrl(folder).replaceAll(",", ",,")}`];
}

/** The flag for imports by bare names. */
function importMap(packages: readonly string[]): string[] {
  if (packages.length === 0) return [];
  const imports = Object.fromEntries(
    packages.map((name) => [name, import.meta.resolve(name)]),
  );
  const map = encodeURIComponent(JSON.stringify({ imports }));
  return [`--import-map=data:application/json,${map}`];
}
