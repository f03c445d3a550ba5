import { importOnnx, type ModelShapes } from "../../compiler/mod.ts";
import { parseSizes } from "../common/model_flags.ts";

/**
 * Asks on a terminal for the shapes of a model's inputs that are dynamic, each
 * until the answer fits.
 *
 * @param file The model.
 * @param library The compiler's library.
 * @returns The shapes; `undefined` without a terminal, or without an answer.
 */
export async function askShapes(
  file: string,
  library: string | undefined,
): Promise<ModelShapes | undefined> {
  const isTerminal = Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  if (!isTerminal || !/\.onnx$/i.test(file)) return undefined;
  const { dynamic } = await importOnnx(file, { library, clean: false });
  const shapes: Record<string, ModelShapes[string]> = {};
  for (const [name, shape] of Object.entries(dynamic)) {
    const answer = askShape(name, shape);
    if (answer !== "") shapes[name] = parseSizes(answer);
  }
  return Object.keys(shapes).length === 0 ? undefined : shapes;
}

function askShape(name: string, shape: string): string {
  let problem = `Input '${name}' is ${shape}. Programs of fixed shapes are ` +
    "faster.";
  for (;;) {
    const answer = prompt(`${problem}\nIts shape, or nothing to keep it:`);
    const text = answer?.trim() ?? "";
    if (text === "" || isOfShape(text, shape)) return text;
    problem = `The shape must be sizes such as ${shape}, got '${text}'.`;
  }
}

/** Whether sizes are those of a shape, except where it is dynamic. */
function isOfShape(text: string, shape: string): boolean {
  const sizes = text.split("x");
  const known = shape.split("x");
  return sizes.length === known.length &&
    sizes.every((size, axis) =>
      /^(?:\d+|\?)$/.test(size) && ["?", size].includes(known[axis]!)
    );
}
