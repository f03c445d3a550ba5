import { serialize } from "node:v8";
import { runtime } from "../base/runtime.ts";
import type { LoadOptions } from "../program/load_options.ts";
import type { TensorData } from "../tensor/tensor_data.ts";

/** The request to the child process. */
export interface ProbeRequest {
  /** The program's file or bytes. */
  readonly program: string | Uint8Array<ArrayBuffer>;
  /** The devices to call it on. */
  readonly devices: readonly {
    readonly uri: string;
    readonly workers: number | undefined;
  }[];
  /** The function. */
  readonly name: string;
  /** Its inputs. */
  readonly inputs: readonly TensorData[];
  /** Options for loading the program. */
  readonly options: Omit<LoadOptions, "modules">;
}

/** Packages that the child's modules import. */
const PACKAGES = [
  ...["basename", "dirname", "from-file-url", "is-absolute", "join"],
  "resolve",
].map((name) => `@std/path/${name}`);

/**
 * Calls a program once on each device in a child process, to learn whether it
 * crashes.
 *
 * @param request The program and its inputs.
 * @param signal Ends the process when it is aborted.
 * @returns The description of a crash; `undefined` for a program that can be
 * called in this process.
 */
export async function probe(
  request: ProbeRequest,
  signal: AbortSignal,
): Promise<string | undefined> {
  const script = new URL("probe_worker.ts", import.meta.url);
  // A bundle contains no script for a child process.
  if (!import.meta.url.endsWith(".ts") || Deno.build.standalone) return;
  const bytes = encode({
    ...request,
    options: { ...request.options, library: runtime.libraryPath },
  });
  if (bytes === undefined) return undefined;
  const imports = Object.fromEntries(
    PACKAGES.map((name) => [name, import.meta.resolve(name)]),
  );
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-config", "--no-prompt", "--no-check"],
      ...["--allow-ffi", "--allow-read", "--allow-env", "--allow-sys"],
      `--import-map=data:application/json,${
        encodeURIComponent(JSON.stringify({ imports }))
      }`,
      script.href,
    ],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
    signal,
  }).spawn();
  // A process that crashes does not read everything.
  await new Blob([bytes]).stream().pipeTo(process.stdin).catch(() => {});
  const { signal: crash } = await process.status;
  signal.throwIfAborted();
  return crash === null ? undefined : `crashes when it is called (${crash})`;
}

/** Some parameters are objects of this process, which no other one can use. */
function encode(request: ProbeRequest): Uint8Array<ArrayBuffer> | undefined {
  try {
    return new Uint8Array(serialize(request));
  } catch {
    return undefined;
  }
}
