import { importOnnx, type ModelShapes } from "../../compiler/mod.ts";
import { UsageError } from "./usage_error.ts";

/** Flags of commands that import ONNX models. */
export const MODEL_FLAGS = {
  shape: {
    kind: "list",
    value: "NAME=SHAPE",
    help: [
      "The shape of an ONNX model's input, as --shape x=1x3x320x320 too; repeat",
      "for several. It fixes dimensions that are dynamic; ? leaves one dynamic.",
    ],
  },
  clean: {
    kind: "boolean",
    default: "true",
    help: [
      "Whether to clean an ONNX model first: fold constants, and rewrite operators",
      "that are slow or do not compile; --no-clean for not.",
    ],
  },
} as const;

const SHAPE = /^(.*)=((?:\d+|\?)(?:x(?:\d+|\?))*|)$/s;

/**
 * Reads the values of `--shape`.
 *
 * @param specs The values.
 */
export function parseShapes(
  specs: readonly string[],
): ModelShapes | undefined {
  if (specs.length === 0) return undefined;
  return Object.fromEntries(specs.map((spec) => {
    const [, name = "", sizes = ""] = SHAPE.exec(spec) ?? [];
    if (name !== "") return [name, parseSizes(sizes)];
    throw new UsageError(
      `--shape must be NAME=SHAPE, such as x=1x3x320x320, got '${spec}'`,
    );
  }));
}

function parseSizes(text: string): (number | null)[] {
  if (text === "") return [];
  return text.split("x").map((size) => size === "?" ? null : Number(size));
}

/**
 * Joins flags with values that are arguments of their own: `-o OUT` and
 * `--shape NAME=SHAPE`.
 *
 * @param args The arguments.
 */
export function joinValues(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (arg !== "-o" && arg !== "--shape") {
      joined.push(arg.replace(/^-o=/, "--output="));
      continue;
    }
    const value = args[++at];
    if (value === undefined) {
      throw new UsageError(
        `${arg} needs a value: ${arg} ${arg === "-o" ? "OUT" : "NAME=SHAPE"}`,
      );
    }
    joined.push(`${arg === "-o" ? "--output" : arg}=${value}`);
  }
  return joined;
}

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
