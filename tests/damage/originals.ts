/**
 * The files that are damaged.
 *
 * @module
 */

import { join } from "@std/path";
import { Recording } from "../../lib/replay/mod.ts";
import { Device, Instance, load } from "../../mod.ts";
import { program } from "../support.ts";
import { MADE } from "../tokenizer/made.ts";
import { fileOf, tiktokenFile } from "../tokenizer/made_tokenizers.ts";
import type { Kind, Original } from "./kinds.ts";

const FACTORS = [
  new Float32Array([1, 2, 3, 4]),
  new Float32Array([2, 2, 2, 2]),
] as const;

const DEVICES = ["local-sync", "local-task"] as const;

/** Programs of every kind of module, code and attribute. */
const PROGRAMS = [
  "inspected.mlir",
  "mul.mlir",
  "mul_vmvx.mlir",
  "mul_async.mlir",
  "signatures.mlir",
  "structures.mlir",
  "parameters.mlir",
  "many_types.mlir",
  "inline_dynamic.mlir",
  "vulkan.mlir",
  "host.mlir",
  "tests/mutations/containers.mlir",
] as const;

/**
 * Writes the files of a kind.
 *
 * @param kind The kind.
 * @param folder Where to.
 */
export async function writeOriginals(
  kind: Kind,
  folder: string,
): Promise<void> {
  for (const { name, bytes } of await MAKERS[kind](folder)) {
    await Deno.writeFile(join(folder, name), bytes);
  }
}

/** Reads the files of a kind. */
export function readOriginals(folder: string): Original[] {
  return [...Deno.readDirSync(folder)]
    .map(({ name }) => ({ name, bytes: Deno.readFileSync(join(folder, name)) }))
    .toSorted((a, b) => a.name < b.name ? -1 : 1);
}

const MAKERS: Readonly<
  Record<Kind, (folder: string) => Original[] | Promise<Original[]>>
> = {
  profile: profiles,
  recording: recordings,
  tokenizer: tokenizers,
  program: programs,
};

async function profiles(): Promise<Original[]> {
  const made: Original[] = [];
  for (const device of DEVICES) {
    for (const file of ["mul.mlir", "mul_async.mlir"]) {
      using loaded = load({ modules: [await program(file)], device });
      const bytes = await loaded.profile(async (capture) => {
        await capture.span("prepare", () => loaded.compute("mul", ...FACTORS));
        await loaded.computeAsync("mul", ...FACTORS);
      });
      made.push({ name: `${device}-${file}.ireeprof`, bytes });
    }
  }
  return made;
}

async function recordings(folder: string): Promise<Original[]> {
  const made: Original[] = [];
  for (const device of DEVICES) {
    for (const file of ["echo.mlir", "mul_vmvx.mlir"]) {
      const name = `${device}-${file}.ireereplay`;
      await record(join(folder, name), device, await program(file));
      made.push({ name, bytes: Deno.readFileSync(join(folder, name)) });
    }
  }
  return made;
}

/** Records calls of a program whose code IREE verifies. */
async function record(
  path: string,
  uri: string,
  file: string,
): Promise<void> {
  using instance = Instance.open();
  using recording = Recording.begin(instance, path);
  using device = Device.create(instance, uri);
  using wrapped = recording.wrap([device])[0]!;
  {
    using loaded = load({ modules: [file], device: wrapped });
    recording.scope("execute", () => loaded.compute("mul", ...FACTORS));
    await recording.scope(
      "later",
      () => loaded.computeAsync("mul", ...FACTORS),
    );
  }
  recording.end();
}

function tokenizers(): Original[] {
  return [
    ...Object.entries(MADE).map(([name, json]) => ({
      name: `${name}.json`,
      bytes: fileOf(json),
    })),
    { name: "cl100k_base.tiktoken", bytes: tiktokenFile() },
  ];
}

async function programs(): Promise<Original[]> {
  return await Promise.all(PROGRAMS.map(async (name) => ({
    name: `${name.split("/").at(-1)}.vmfb`,
    bytes: await Deno.readFile(await program(name)),
  })));
}
