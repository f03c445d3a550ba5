import type { JsonShape } from "./json_shape.ts";

/**
 * Finds a shape that no value has, since each value would contain another without
 * end. A text that begins such a value could never be completed.
 *
 * @param shapes All shapes of a schema.
 */
export function findEndless(
  shapes: Iterable<JsonShape>,
): JsonShape | undefined {
  const left = new Set(shapes);
  // How many shapes must have values first, and the shapes that wait for one.
  const missing = new Map<JsonShape, number>();
  const waiting = new Map<JsonShape, JsonShape[]>();
  const finite: JsonShape[] = [];
  for (const shape of left) {
    const needs = needsOf(shape);
    missing.set(shape, shape.kind === "union" ? 1 : needs.size);
    if (needs.size === 0) finite.push(shape);
    for (const need of needs) {
      const others = waiting.get(need);
      if (others === undefined) waiting.set(need, [shape]);
      else others.push(shape);
    }
  }
  for (const shape of finite) {
    left.delete(shape);
    for (const other of waiting.get(shape) ?? []) {
      const count = missing.get(other)! - 1;
      missing.set(other, count);
      if (count === 0) finite.push(other);
    }
  }
  return left.values().next().value;
}

// The shapes of which a value contains all, or one if the shape is a union.
function needsOf(shape: JsonShape): ReadonlySet<JsonShape> {
  switch (shape.kind) {
    case "definition":
      return new Set([shape.resolve()]);
    case "union":
      return new Set(shape.shapes);
    case "array":
      return new Set(shape.least === 0 ? [] : [shape.items]);
    case "object":
      return new Set(
        shape.required.map((name) =>
          shape.properties.get(name) ?? shape.others!
        ),
      );
    default:
      return new Set();
  }
}
