import { describeValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";

/**
 * Shapes of a model's inputs by name; `null` leaves a dimension as it is. Inputs
 * that are left out keep their shapes.
 */
export type ModelShapes = Readonly<Record<string, readonly (number | null)[]>>;

/**
 * Throws INVALID_ARGUMENT unless a value is shapes by name.
 *
 * @param shapes The option `shapes`.
 */
export function checkShapes(shapes: unknown): void {
  if (shapes === undefined) return;
  if (
    typeof shapes !== "object" || shapes === null || Array.isArray(shapes)
  ) {
    throw new IreeError(
      "INVALID_ARGUMENT",
      "shapes must be an object with a shape for each input's name, got " +
        describeValue(shapes),
    );
  }
  for (const [name, shape] of Object.entries(shapes)) {
    if (Array.isArray(shape) && shape.every(isDimension)) continue;
    throw new IreeError(
      "INVALID_ARGUMENT",
      `shapes['${name}'] must be an array of sizes and null, got ${
        Array.isArray(shape)
          ? describeValue(shape.find((it) => !isDimension(it)))
          : describeValue(shape)
      }`,
    );
  }
}

function isDimension(value: unknown): boolean {
  return value === null || Number.isSafeInteger(value) && Number(value) >= 0;
}

/**
 * Throws INVALID_ARGUMENT if shapes are given for a source that is MLIR.
 *
 * @param shapes The shapes.
 * @param name The source's name.
 */
export function demandModel(
  shapes: ModelShapes | undefined,
  name: string,
): void {
  if (shapes === undefined || Object.keys(shapes).length === 0) return;
  throw new IreeError(
    "INVALID_ARGUMENT",
    `shapes must be those of an ONNX model, got '${name}'`,
    { hint: "in MLIR, change the function's types" },
  );
}
