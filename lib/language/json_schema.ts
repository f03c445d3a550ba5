import { IreeError } from "../base/error.ts";
import { ExclusiveShapes } from "./json_exclusive.ts";
import { findEndless } from "./json_finite.ts";
import { idOf } from "./json_frame.ts";
import {
  countOf,
  type TakeKeyword,
  unsupported,
  wrong,
} from "./json_schema_errors.ts";
import { type SchemaForm, SchemaForms } from "./json_schema_forms.ts";
import { SchemaSteps } from "./json_schema_steps.ts";
import {
  ANY,
  ANY_NUMBER,
  INTEGER,
  type JsonShape,
  NOTHING,
  type ObjectShape,
  STRING,
} from "./json_shape.ts";

// The part of JSON Schema that a mask over tokens can guarantee. Everything else is
// rejected by name: an answer never breaks a rule of its schema.

/** A schema in JSON. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Keywords that allow the same values. */
const NOTES: ReadonlySet<string> = new Set([
  ...["title", "description", "default", "examples", "deprecated", "readOnly"],
  ...["writeOnly", "$schema", "$id", "$comment", "$defs", "definitions"],
]);

/** How deep a schema may be in others. */
const DEEPEST = 64;

const TYPES = [
  ...["object", "array", "string", "number", "integer", "boolean", "null"],
];

/**
 * Reads a schema of an object.
 *
 * @param schema The schema.
 * @returns What the object can be; throws UNIMPLEMENTED for keywords that are not
 * supported.
 */
export function readJsonSchema(schema: JsonSchema): ObjectShape {
  // A copy, so that later changes have no effect.
  let copy: unknown;
  try {
    copy = JSON.parse(JSON.stringify(schema));
  } catch (cause) {
    throw new IreeError("INVALID_ARGUMENT", "json must be a schema in JSON", {
      cause,
    });
  }
  const reader = new SchemaReader(copy);
  let shape = reader.read(copy, "json");
  for (let depth = 0; shape.kind === "definition" && depth < 64; depth++) {
    shape = shape.resolve();
  }
  if (shape.kind !== "object") {
    throw unsupported("json", "whose value is not an object");
  }
  reader.checkEnds();
  reader.checkExclusive();
  return shape;
}

class SchemaReader {
  readonly #root: unknown;
  /** Counts all work that can grow faster than the text of the schema. */
  readonly #steps = new SchemaSteps();
  readonly #forms = new SchemaForms(this.#steps);
  /** Definitions, by their schemas: a reference can be written in several ways. */
  readonly #definitions = new Map<unknown, JsonShape>();
  /** What was read, by schema: references are to parts that are read anyway. */
  readonly #read = new Map<unknown, JsonShape>();
  /** Where each shape was found first. */
  readonly #places = new Map<JsonShape, string>();
  /** Shapes by their content: equal ones are the same object. */
  readonly #unique = new Map<string, JsonShape>();
  /** Alternatives of which a value must have only one, by their places. */
  readonly #exclusive: (readonly [string, readonly JsonShape[]])[] = [];
  #depth = 0;

  constructor(root: unknown) {
    this.#root = root;
  }

  read(schema: unknown, at: string): JsonShape {
    const known = this.#read.get(schema);
    if (known !== undefined) return known;
    if (this.#depth >= DEEPEST) throw unsupported(at, "that deep in others");
    this.#depth++;
    try {
      const shape = this.#placed(this.#readKeywords(schema, at), at);
      this.#read.set(schema, shape);
      return shape;
    } finally {
      this.#depth--;
    }
  }

  /** Throws if a value cannot end, as it must contain itself. */
  checkEnds(): void {
    const endless = findEndless(this.#places.keys());
    if (endless === undefined) return;
    throw new IreeError(
      "INVALID_ARGUMENT",
      `no value has the schema ${
        this.#places.get(endless)
      }: it would contain ` +
        "itself without end",
    );
  }

  /** Throws if a value can have several alternatives of which it must have one. */
  checkExclusive(): void {
    const exclusive = new ExclusiveShapes(this.#steps);
    for (const [at, shapes] of this.#exclusive) {
      if (exclusive.areExclusive(shapes, at)) continue;
      throw unsupported(at, "with alternatives that a value can have together");
    }
  }

  #placed<Shape extends JsonShape>(shape: Shape, at: string): Shape {
    if (!this.#places.has(shape)) this.#places.set(shape, at);
    return shape;
  }

  // Equal shapes are one, so that a mask need not follow both.
  #one(shape: JsonShape, content: unknown): JsonShape {
    const key = JSON.stringify([shape.kind, content]);
    const known = this.#unique.get(key) ?? shape;
    this.#unique.set(key, known);
    return known;
  }

  #union(all: readonly JsonShape[]): JsonShape {
    const shapes = [...new Set(all)];
    if (shapes.length === 1) return shapes[0]!;
    return this.#one({ kind: "union", shapes }, shapes.map(idOf));
  }

  #texts(all: readonly string[]): JsonShape {
    const texts = [...new Set(all)];
    return this.#one({ kind: "texts", texts }, texts);
  }

  #readKeywords(schema: unknown, at: string): JsonShape {
    if (schema === true) return ANY;
    if (!isPlainObject(schema)) throw wrong(at, "a schema", schema);
    const rest = new Map(Object.entries(schema));
    const take: TakeKeyword = (name) => {
      const value = rest.get(name);
      rest.delete(name);
      return value;
    };
    const shape = this.#shape(take, at);
    const keyword = [...rest.keys()].find((name) => !NOTES.has(name));
    if (keyword === undefined) return shape;
    throw unsupported(`${at}.${keyword}`);
  }

  #shape(take: TakeKeyword, at: string): JsonShape {
    const reference = take("$ref");
    if (reference !== undefined) return this.#define(reference, `${at}.$ref`);
    for (const name of ["anyOf", "oneOf"]) {
      const several = take(name);
      if (several === undefined) continue;
      const shapes = listOf(several, `${at}.${name}`)
        .map((it, index) => this.read(it, `${at}.${name}[${index}]`));
      if (name === "oneOf") this.#exclusive.push([`${at}.oneOf`, shapes]);
      return this.#union(shapes);
    }
    const values = take("enum");
    const constant = take("const");
    const type = take("type");
    if (values !== undefined || constant !== undefined) {
      const listed = values === undefined
        ? [constant]
        : listOf(values, `${at}.enum`);
      if (isDeep([constant, listed])) {
        throw unsupported(at, "with values that deep");
      }
      const only = constant === undefined ? undefined : sortedText(constant);
      const same = only === undefined
        ? listed
        : listed.filter((it) => sortedText(it) === only);
      if (same.length === 0) {
        throw wrong(`${at}.const`, "a value of the enum", constant);
      }
      const types = new Set(Array.isArray(type) ? type : [type]);
      const right = same.map((it) => JSON.stringify(it))
        .filter((it) => type === undefined || isOf(it, types));
      if (right.length > 0) return this.#texts(right);
      throw wrong(`${at}.type`, "the type of a value that is listed", type);
    }
    if (type === undefined) return ANY;
    const types = Array.isArray(type) ? listOf(type, `${at}.type`) : [type];
    // Once each: the keywords of a type are taken when it is read. Integers are
    // numbers.
    const distinct = [...new Set(types)].filter((it) =>
      it !== "integer" || !types.includes("number")
    );
    const shapes = distinct.map((it) =>
      this.#placed(this.#typed(it, take, at), at)
    );
    return this.#union(shapes);
  }

  #typed(
    type: unknown,
    take: TakeKeyword,
    at: string,
  ): JsonShape {
    switch (type) {
      case "object":
        return this.#object(take, at);
      case "array":
        return this.#array(take, at);
      case "string":
        return this.#form(STRING, this.#forms.readString(take, at), true);
      case "number":
        return this.#form(
          ANY_NUMBER,
          this.#forms.readNumber(take, at, false),
          false,
        );
      case "integer":
        return this.#form(
          INTEGER,
          this.#forms.readNumber(take, at, true),
          false,
        );
      case "boolean":
        return this.#texts(["true", "false"]);
      case "null":
        return this.#texts(["null"]);
      default:
        throw wrong(`${at}.type`, TYPES.join(", "), type);
    }
  }

  #form(
    free: JsonShape,
    found: SchemaForm | undefined,
    isString: boolean,
  ): JsonShape {
    if (found === undefined) return free;
    const { form, content } = found;
    return this.#one({ kind: "form", form, isString }, [content, isString]);
  }

  #array(take: TakeKeyword, at: string): JsonShape {
    const each = this.read(take("items") ?? true, `${at}.items`);
    const least = countOf(take("minItems") ?? 0, `${at}.minItems`);
    const most = countOf(take("maxItems") ?? Infinity, `${at}.maxItems`);
    if (least > most) throw wrong(`${at}.maxItems`, `at least ${least}`, most);
    const items = most === 0 ? NOTHING : each;
    return this.#one(
      { kind: "array", items, least, most },
      [idOf(items), least, String(most)],
    );
  }

  #object(take: TakeKeyword, at: string): JsonShape {
    const properties = take("properties") ?? {};
    if (!isPlainObject(properties)) {
      throw wrong(`${at}.properties`, "an object", properties);
    }
    const read = new Map(
      Object.entries(properties).map(([name, schema]) =>
        [name, this.read(schema, `${at}.properties.${name}`)] as const
      ),
    );
    const more = take("additionalProperties") ?? true;
    const others = more === false
      ? undefined
      : this.read(more, `${at}.additionalProperties`);
    const required = take("required") ?? [];
    const isList = Array.isArray(required) &&
      required.every((it) => typeof it === "string");
    if (!isList) throw wrong(`${at}.required`, "an array of names", required);
    const missing = required.find((it) =>
      others === undefined && !read.has(it)
    );
    if (missing !== undefined) {
      throw wrong(`${at}.required`, "names of properties", missing);
    }
    return this.#one(
      { kind: "object", properties: read, required, others },
      [
        [...read].map(([name, shape]) => [name, idOf(shape)]).sort(),
        [...required].sort(),
        others && idOf(others),
      ],
    );
  }

  #define(reference: unknown, at: string): JsonShape {
    if (typeof reference !== "string" || !/^#(?:\/|$)/.test(reference)) {
      throw unsupported(at, "to another document");
    }
    let target = this.#root;
    for (const part of reference.split("/").slice(1)) {
      const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
      target = isPlainObject(target) && Object.hasOwn(target, name)
        ? target[name]
        : undefined;
    }
    if (target === undefined) throw wrong(at, "a definition", reference);
    const known = this.#definitions.get(target);
    if (known !== undefined) return known;
    const definition: JsonShape = { kind: "definition", resolve: () => shape };
    this.#definitions.set(target, definition);
    const shape = this.read(target, reference);
    return definition;
  }
}

function isPlainObject(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether lists of values are too deep for functions that call themselves. */
function isDeep(value: unknown, left = DEEPEST): boolean {
  if (typeof value !== "object" || value === null) return false;
  return left === 0 || Object.values(value).some((it) => isDeep(it, left - 1));
}

/** The text of a value, with keys in order. */
function sortedText(value: unknown): string {
  return JSON.stringify(
    value,
    (_, it) => isPlainObject(it) ? Object.entries(it).sort() : it,
  );
}

function isOf(text: string, types: ReadonlySet<unknown>): boolean {
  const value = JSON.parse(text);
  const found = value === null
    ? "null"
    : Array.isArray(value)
    ? "array"
    : typeof value;
  return types.has(found) || types.has("integer") && Number.isInteger(value);
}

function listOf(value: unknown, at: string): readonly unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  throw wrong(at, "a list that is not empty", value);
}
