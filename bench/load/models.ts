import { join } from "@std/path";
import { denoFlags, mustRun, ROOT, tool } from "../../tests/support.ts";

/** Flags that run sources of this checkout. */
export const RUN = ["run", "-A", "--quiet", "--no-check", ...denoFlags()];

/** The models by name, with the dimensions of a row. */
export const MODELS: Readonly<Record<string, readonly number[]>> = {
  mlp: [784],
  convnet: [3, 32, 32],
};

/** A request's body. */
export interface Body {
  readonly path: string;
  /** Headers, as `NAME=VALUE`. */
  readonly headers: readonly string[];
}

/** Rows for which programs are tuned: those of batches when 64 clients wait. */
const TUNED_ROWS = 32;

/** Writes the models, as ONNX and compiled by the flags that are fastest here. */
export async function writeModels(folder: string): Promise<void> {
  await mustRun(tool("python"), [join(ROOT, "bench/load/models.py"), folder]);
  for (const [model, shape] of Object.entries(MODELS)) {
    const path = join(folder, model);
    await mustRun(Deno.execPath(), [
      ...[...RUN, join(ROOT, "cli.ts"), "compile"],
      ...[`${path}.onnx`, "-o", `${path}.vmfb`, "--tune", "--tune_workers=1"],
      `--input=${[TUNED_ROWS, ...shape].join("x")}xf32`,
    ]);
  }
}

/** Writes requests of one row, as JSON and as binary data. */
export async function writeBodies(
  folder: string,
  shape: readonly number[],
): Promise<Record<string, Body>> {
  const length = shape.reduce((product, dim) => product * dim, 1);
  const data = Float32Array.from({ length }, (_, at) => at % 17 / 17);
  const input = { name: "x", datatype: "FP32", shape: [1, ...shape] };
  const json = JSON.stringify({ inputs: [{ ...input, data: [...data] }] });
  const header = new TextEncoder().encode(JSON.stringify({
    inputs: [{
      ...input,
      parameters: { binary_data_size: data.byteLength },
    }],
  }));
  const bytes = new Uint8Array(header.length + data.byteLength);
  bytes.set(header);
  bytes.set(new Uint8Array(data.buffer), header.length);
  const paths = [join(folder, "body.json"), join(folder, "body.bin")] as const;
  await Deno.writeTextFile(paths[0], json);
  await Deno.writeFile(paths[1], bytes);
  return {
    JSON: { path: paths[0], headers: ["content-type=application/json"] },
    binary: {
      path: paths[1],
      headers: [
        "content-type=application/octet-stream",
        `inference-header-content-length=${header.length}`,
      ],
    },
  };
}
