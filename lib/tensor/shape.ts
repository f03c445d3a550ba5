/** Dimensions, outermost first; unknown ones are `null`. */
export type Shape = readonly (number | null)[];

/** Maximum number of dimensions. */
export const MAX_RANK = 128;

/**
 * Returns the number of elements in a shape.
 *
 * @param shape The dimensions.
 */
export function sizeOfShape(shape: readonly number[]): number {
  return shape.reduce((size, dim) => size * dim, 1);
}

/**
 * Formats a shape like MLIR: `2x?x4`.
 *
 * @param shape The dimensions.
 */
export function formatShape(shape: Shape): string {
  return shape.map((dim) => dim ?? "?").join("x") || "a scalar";
}

/**
 * Formats a tensor's type like IREE: `2x2xf32`.
 *
 * @param shape The dimensions.
 * @param elementType The element type's name.
 */
export function formatTensorType(shape: Shape, elementType: string): string {
  return [...shape.map((dim) => dim ?? "?"), elementType].join("x");
}
