/** Dimensions, outermost first; `null` for one that is not known. */
export type Shape = readonly (number | null)[];

/** Shapes of more dimensions are a mistake. */
export const MAX_RANK = 128;

/**
 * Number of elements in a shape.
 *
 * @param shape The dimensions.
 */
export function sizeOfShape(shape: readonly number[]): number {
  return shape.reduce((size, dim) => size * dim, 1);
}

/**
 * Formats a shape as MLIR does: `2x?x4`; nothing for a scalar.
 *
 * @param shape The dimensions.
 */
export function formatShape(shape: Shape): string {
  return shape.map((dim) => dim ?? "?").join("x") || "a scalar";
}

/**
 * Formats the type of a tensor as IREE does: `2x2xf32`.
 *
 * @param shape The dimensions.
 * @param elementType Name of the element type.
 */
export function formatTensorType(shape: Shape, elementType: string): string {
  return [...shape.map((dim) => dim ?? "?"), elementType].join("x");
}
