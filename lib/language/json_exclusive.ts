import { idOf } from "./json_frame.ts";
import type { SchemaSteps } from "./json_schema_steps.ts";
import type { JsonShape } from "./json_shape.ts";

/** How deep shapes are compared in others. */
const DEEPEST = 16;

/** The values of a shape that is neither a union nor a definition. */
interface Values {
  /** Their types. */
  readonly types: ReadonlySet<string>;
  /** Those that are listed. */
  readonly listed: ReadonlySet<string> | undefined;
  /** Names of properties that each must have. */
  readonly required: ReadonlySet<string>;
}

/** Compares the alternatives of a schema. */
export class ExclusiveShapes {
  readonly #steps: SchemaSteps;
  /** Results for definitions, which are in several places, by depth and shapes. */
  readonly #known = new Map<string, boolean>();
  readonly #values = new Map<JsonShape, Values>();

  constructor(steps: SchemaSteps) {
    this.#steps = steps;
  }

  /**
   * Whether no value has two of several shapes: they differ in type, in the texts
   * that are listed, or in a property that each must have.
   *
   * @param shapes The shapes.
   * @param at Where they are in the schema.
   */
  areExclusive(shapes: readonly JsonShape[], at: string): boolean {
    return shapes.every((left, index) => {
      for (let other = index + 1; other < shapes.length; other++) {
        if (!this.#areDisjoint(left, shapes[other]!, 0, at)) return false;
      }
      return true;
    });
  }

  #areDisjoint(
    left: JsonShape,
    right: JsonShape,
    depth: number,
    at: string,
  ): boolean {
    this.#steps.add(1, at);
    if (depth > DEEPEST) return false;
    if (left.kind !== "definition" && right.kind !== "definition") {
      return this.#compare(left, right, depth + 1, at);
    }
    const key = `${depth} ${idOf(left)} ${idOf(right)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = this.#compare(left, right, depth + 1, at);
    this.#known.set(key, found);
    return found;
  }

  #compare(a: JsonShape, b: JsonShape, next: number, at: string): boolean {
    const compare = (a: JsonShape, b: JsonShape) =>
      this.#areDisjoint(a, b, next, at);
    if (a.kind === "definition") return compare(a.resolve(), b);
    if (b.kind === "definition") return compare(a, b.resolve());
    if (a.kind === "union") return a.shapes.every((it) => compare(it, b));
    if (b.kind === "union") return b.shapes.every((it) => compare(a, it));
    const [left, right] = [this.#valuesOf(a), this.#valuesOf(b)];
    if (left.types.isDisjointFrom(right.types)) return true;
    if (left.listed !== undefined && right.listed !== undefined) {
      this.#steps.add(Math.min(left.listed.size, right.listed.size), at);
      return left.listed.isDisjointFrom(right.listed);
    }
    if (a.kind !== "object" || b.kind !== "object") return false;
    this.#steps.add(Math.min(left.required.size, right.required.size), at);
    return left.required.intersection(right.required).values().some((name) => {
      const [x, y] = [a, b].map((it) => it.properties.get(name) ?? it.others);
      return x !== undefined && y !== undefined && compare(x, y);
    });
  }

  #valuesOf(shape: JsonShape): Values {
    let values = this.#values.get(shape);
    if (values === undefined) {
      values = {
        types: typesOf(shape),
        listed: shape.kind === "texts"
          ? new Set(shape.texts.map(valueText))
          : undefined,
        required: new Set(shape.kind === "object" ? shape.required : []),
      };
      this.#values.set(shape, values);
    }
    return values;
  }
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
