import type { ModelShapes } from "../../compiler/mod.ts";
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

/** Reads sizes joined by `x`; none is a scalar's. */
export function parseSizes(text: string): (number | null)[] {
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
