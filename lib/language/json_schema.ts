import { IreeError } from "../base/error.ts";

// The part of JSON Schema that a mask over tokens can guarantee. Everything else is
// rejected by name: an answer never breaks a rule of its schema.

/** What a value can be. */
export type JsonShape =
  | { readonly kind: "any" | "string" | "number" | "integer" }
  | ObjectShape
  | ArrayShape
  /** One of these texts. */
  | { readonly kind: "texts"; readonly texts: readonly string[] }
  /** Any of these. */
  | { readonly kind: "union"; readonly shapes: readonly JsonShape[] }
  /** A definition, which may contain itself. */
  | { readonly kind: "definition"; readonly resolve: () => JsonShape };

/** An object. */
export interface ObjectShape {
  readonly kind: "object";
  /** The values of keys that are known. */
  readonly properties: ReadonlyMap<string, JsonShape>;
  /** Keys that it must have. */
  readonly required: readonly string[];
  /** The values of other keys; undefined if there are none. */
  readonly others: JsonShape | undefined;
}

/** An array. */
export interface ArrayShape {
  readonly kind: "array";
  readonly items: JsonShape;
  readonly least: number;
  readonly most: number;
}

/** A schema in JSON. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const ANY: JsonShape = { kind: "any" };

/** Any object. */
export const ANY_OBJECT: ObjectShape = {
  kind: "object",
  properties: new Map(),
  required: [],
  others: ANY,
};

/** Any array. */
export const ANY_ARRAY: ArrayShape = {
  kind: "array",
  items: ANY,
  least: 0,
  most: Infinity,
};

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
  let shape = new SchemaReader(copy).read(copy, "json");
  for (let depth = 0; shape.kind === "definition" && depth < 64; depth++) {
    shape = shape.resolve();
  }
  if (shape.kind === "object") return shape;
  throw unsupported("json", "whose value is not an object");
}

class SchemaReader {
  readonly #root: unknown;
  readonly #definitions = new Map<string, JsonShape>();
  #depth = 0;

  constructor(root: unknown) {
    this.#root = root;
  }

  read(schema: unknown, at: string): JsonShape {
    if (this.#depth >= DEEPEST) throw unsupported(at, "that deep in others");
    this.#depth++;
    try {
      return this.#read(schema, at);
    } finally {
      this.#depth--;
    }
  }

  #read(schema: unknown, at: string): JsonShape {
    if (schema === true) return ANY;
    if (!isPlainObject(schema)) throw wrong(at, "a schema", schema);
    const rest = new Map(Object.entries(schema));
    const take = (name: string): unknown => {
      const value = rest.get(name);
      rest.delete(name);
      return value;
    };
    const shape = this.#shape(take, at);
    const keyword = [...rest.keys()].find((name) => !NOTES.has(name));
    if (keyword === undefined) return shape;
    throw unsupported(`${at}.${keyword}`);
  }

  #shape(take: (name: string) => unknown, at: string): JsonShape {
    const reference = take("$ref");
    if (reference !== undefined) return this.#define(reference, `${at}.$ref`);
    const several = take("anyOf");
    if (several !== undefined) {
      const shapes = listOf(several, `${at}.anyOf`)
        .map((it, index) => this.read(it, `${at}.anyOf[${index}]`));
      return { kind: "union", shapes };
    }
    const values = take("enum");
    const constant = take("const");
    const type = take("type");
    if (values !== undefined || constant !== undefined) {
      const texts = constant === undefined
        ? listOf(values, `${at}.enum`).map((it) => JSON.stringify(it))
        : [JSON.stringify(constant)];
      const right = texts.filter((it) => isOf(it, type));
      if (right.length > 0) return { kind: "texts", texts: right };
      throw wrong(`${at}.type`, "the type of a value that is listed", type);
    }
    if (type === undefined) return ANY;
    const types = Array.isArray(type) ? listOf(type, `${at}.type`) : [type];
    const shapes = types.map((it) => this.#typed(it, take, at));
    return shapes.length === 1 ? shapes[0]! : { kind: "union", shapes };
  }

  #typed(
    type: unknown,
    take: (name: string) => unknown,
    at: string,
  ): JsonShape {
    switch (type) {
      case "object":
        return this.#object(take, at);
      case "array":
        return this.#array(take, at);
      case "string":
      case "number":
      case "integer":
        return { kind: type };
      case "boolean":
        return { kind: "texts", texts: ["true", "false"] };
      case "null":
        return { kind: "texts", texts: ["null"] };
      default:
        throw wrong(`${at}.type`, TYPES.join(", "), type);
    }
  }

  #array(take: (name: string) => unknown, at: string): ArrayShape {
    const items = this.read(take("items") ?? true, `${at}.items`);
    const least = countOf(take("minItems") ?? 0, `${at}.minItems`);
    const most = countOf(take("maxItems") ?? Infinity, `${at}.maxItems`);
    if (least <= most) return { kind: "array", items, least, most };
    throw wrong(`${at}.maxItems`, `at least ${least}`, most);
  }

  #object(take: (name: string) => unknown, at: string): JsonShape {
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
    return { kind: "object", properties: read, required, others };
  }

  #define(reference: unknown, at: string): JsonShape {
    if (typeof reference !== "string" || !/^#(?:\/|$)/.test(reference)) {
      throw unsupported(at, "to another document");
    }
    const known = this.#definitions.get(reference);
    if (known !== undefined) return known;
    let target = this.#root;
    for (const part of reference.split("/").slice(1)) {
      const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
      target = isPlainObject(target) && Object.hasOwn(target, name)
        ? target[name]
        : undefined;
    }
    if (target === undefined) throw wrong(at, "a definition", reference);
    const definition: JsonShape = { kind: "definition", resolve: () => shape };
    this.#definitions.set(reference, definition);
    const shape = this.read(target, reference);
    return definition;
  }
}

function isPlainObject(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isOf(text: string, type: unknown): boolean {
  if (type === undefined) return true;
  const value = JSON.parse(text);
  const found = value === null
    ? "null"
    : Array.isArray(value)
    ? "array"
    : typeof value;
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  return types.includes(found) ||
    types.includes("integer") && Number.isInteger(value);
}

function listOf(value: unknown, at: string): readonly unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  throw wrong(at, "a list that is not empty", value);
}

function countOf(value: unknown, at: string): number {
  if (value === Infinity || Number.isSafeInteger(value) && Number(value) >= 0) {
    return value as number;
  }
  throw wrong(at, "a count", value);
}

function wrong(at: string, expected: string, value: unknown): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `${at} must be ${expected}, got ${JSON.stringify(value)?.slice(0, 64)}`,
  );
}

function unsupported(at: string, detail = ""): IreeError {
  return new IreeError(
    "UNIMPLEMENTED",
    `the schema's ${[at, detail].join(" ").trim()} is not supported`,
    {
      hint: "supported are type, properties, required, additionalProperties, " +
        "items, minItems, maxItems, enum, const, anyOf and $ref",
    },
  );
}
