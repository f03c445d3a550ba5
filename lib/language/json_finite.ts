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
  const finite = new Set<JsonShape>();
  const left = new Set(shapes);
  for (let before = -1; before !== finite.size;) {
    before = finite.size;
    for (const shape of left) {
      if (!canEnd(shape, finite)) continue;
      finite.add(shape);
      left.delete(shape);
    }
  }
  return left.values().next().value;
}

function canEnd(shape: JsonShape, finite: ReadonlySet<JsonShape>): boolean {
  switch (shape.kind) {
    case "definition":
      return finite.has(shape.resolve());
    case "union":
      return shape.shapes.some((it) => finite.has(it));
    case "array":
      return shape.least === 0 || finite.has(shape.items);
    case "object":
      return shape.required.every((name) =>
        finite.has(shape.properties.get(name) ?? shape.others!)
      );
    default:
      return true;
  }
}
