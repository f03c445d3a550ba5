/**
 * The measured programs and their data.
 *
 * @module
 */

import { join } from "@std/path";
import { mustRun, ROOT, tool } from "../tests/support.ts";
import { cachedFolder } from "./cached_folder.ts";
import { testImage } from "./workload.ts";

/** Programs that are compiled unchanged. */
const PLAIN = ["scalars", "tensors", "through", "hosted"];

/** Flags that make functions return before their work is done. */
const FENCES = "--iree-execution-model=async-external";

/** Sizes of the network's weights. */
const WEIGHTS = { w0: 16 * 3 * 3 * 3, w1: 32 * 16 * 3 * 3, w2: 8192 * 10 };

/** Numbers in the constants of the programs to load. */
const CONSTANTS = { "1MiB": 2 ** 18, "100MiB": 100 * 2 ** 18 };

/**
 * Compiles the programs and writes the data, unless they are cached.
 *
 * @returns Their folder.
 */
export async function buildPrograms(): Promise<string> {
  // They are compiled for this machine's CPU.
  const inputs = [tool(""), await processor(), await readBench("programs.ts")];
  for (const name of ["convnet", "weights", "power", ...PLAIN]) {
    inputs.push(await programText(name));
  }
  return await cachedFolder("programs", inputs, async (folder) => {
    await writeData(folder);
    for (const name of PLAIN) {
      await compile(folder, name, await programText(name));
    }
    await compile(folder, "convnet", await convnetText(folder));
    const power = await programText("power");
    await compile(folder, "power", power);
    await compile(
      folder,
      "power_fences",
      power.replace("iree-compile", `iree-compile ${FENCES}`),
    );
    const weights = await programText("weights");
    for (const [size, count] of Object.entries(CONSTANTS)) {
      const text = weights.replace("<COUNTx", `<${count}x`);
      await compile(folder, `weights_${size}`, text);
    }
    await writeScores(folder);
  });
}

/** The CPU and its features, where the system reports them. */
async function processor(): Promise<string> {
  try {
    const text = await Deno.readTextFile("/proc/cpuinfo");
    const lines = text.split("\n").filter((it) =>
      /^(model name|flags|Features)\s*:/.test(it)
    );
    return [...new Set(lines)].join("\n");
  } catch {
    return Deno.build.arch;
  }
}

async function writeData(folder: string): Promise<void> {
  await writeFloats(folder, "image", testImage());
  for (const [ordinal, [name, length]] of Object.entries(WEIGHTS).entries()) {
    // Small numbers around zero, without a pattern for a compiler to exploit.
    const weight = (i: number) => ((i * 7919 + ordinal) % 101 - 50) / 500;
    await writeFloats(
      folder,
      name,
      Float32Array.from({ length }, (_, i) => weight(i)),
    );
  }
}

async function writeFloats(
  folder: string,
  name: string,
  array: Float32Array<ArrayBuffer>,
): Promise<void> {
  const path = join(folder, `${name}.bin`);
  await Deno.writeFile(path, new Uint8Array(array.buffer));
}

function programText(name: string): Promise<string> {
  return readBench(`programs/${name}.mlir`);
}

function readBench(path: string): Promise<string> {
  return Deno.readTextFile(join(ROOT, "bench", path));
}

/** The network with its weights, as MLIR writes large constants. */
async function convnetText(folder: string): Promise<string> {
  const resources: string[] = [];
  for (const name of Object.keys(WEIGHTS)) {
    const bytes = await Deno.readFile(join(folder, `${name}.bin`));
    // The alignment comes first, as a little-endian number.
    resources.push(`      ${name}: "0x04000000${bytes.toHex()}"`);
  }
  const text = await programText("convnet");
  return `${text}{-#\n  dialect_resources: {\n    builtin: {\n` +
    `${resources.join(",\n")}\n    }\n  }\n#-}\n`;
}

/** Compiles a program with the flags in its first line. */
async function compile(
  folder: string,
  name: string,
  text: string,
): Promise<void> {
  const flags = /^\/\/ RUN: iree-compile(.*)\n/.exec(text)?.[1];
  if (flags === undefined) throw new Error(`no RUN line in ${name}.mlir`);
  const source = join(folder, `${name}.mlir`);
  await Deno.writeTextFile(source, text);
  await mustRun(tool("iree-compile"), [
    ...flags.split(" ").filter(Boolean),
    source,
    "-o",
    join(folder, `${name}.vmfb`),
  ]);
}

/** The network's scores for the image, according to IREE's own tool. */
async function writeScores(folder: string): Promise<void> {
  await mustRun(tool("iree-run-module"), [
    `--module=${join(folder, "convnet.vmfb")}`,
    "--device=local-sync",
    "--function=classify",
    `--input=1x3x64x64xf32=@${join(folder, "image.bin")}`,
    `--output=@${join(folder, "scores.bin")}`,
  ]);
}
