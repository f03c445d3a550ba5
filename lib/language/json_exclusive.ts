import type { JsonShape } from "./json_shape.ts";

/** How deep shapes are compared in others. */
const DEEPEST = 16;

/**
 * Whether no value has two of several shapes: they differ in type, in the texts
 * that are listed, or in a property that each must have.
 *
 * @param shapes The shapes.
 */
export function areExclusive(shapes: readonly JsonShape[]): boolean {
  return shapes.every((left, at) =>
    shapes.slice(at + 1).every((right) => areDisjoint(left, right, 0))
  );
}

function areDisjoint(
  left: JsonShape,
  right: JsonShape,
  depth: number,
): boolean {
  if (depth > DEEPEST) return false;
  const next = depth + 1;
  const [a, b] = [left, right];
  if (a.kind === "definition") return areDisjoint(a.resolve(), b, next);
  if (b.kind === "definition") return areDisjoint(a, b.resolve(), next);
  if (a.kind === "union") {
    return a.shapes.every((it) => areDisjoint(it, b, next));
  }
  if (b.kind === "union") {
    return b.shapes.every((it) => areDisjoint(a, it, next));
  }
  const types = typesOf(b);
  if (typesOf(a).isDisjointFrom(types)) return true;
  if (a.kind === "texts" && b.kind === "texts") {
    const values = new Set(b.texts.map(valueText));
    return a.texts.every((text) => !values.has(valueText(text)));
  }
  if (a.kind !== "object" || b.kind !== "object") return false;
  return a.required.some((name) => {
    if (!b.required.includes(name)) return false;
    const [x, y] = [a, b].map((it) => it.properties.get(name) ?? it.others);
    return x !== undefined && y !== undefined && areDisjoint(x, y, next);
  });
}

const ALL = ["object", "array", "string", "number", "boolean", "null"];

/** The types of the values of a shape that is neither a union nor a definition. */
function typesOf(shape: JsonShape): ReadonlySet<string> {
  switch (shape.kind) {
    case "texts":
      return new Set(shape.texts.map((text) => typeOf(JSON.parse(text))));
    case "form":
      return new Set([shape.isString ? "string" : "number"]);
    case "integer":
      return new Set(["number"]);
    case "object":
    case "array":
    case "string":
    case "number":
      return new Set([shape.kind]);
    default:
      return new Set(ALL);
  }
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

// Equal for equal values, in whatever order the keys of objects are.
function valueText(text: string): string {
  return JSON.stringify(
    JSON.parse(text),
    (_, it) => typeOf(it) === "object" ? Object.entries(it).sort() : it,
  );
}
