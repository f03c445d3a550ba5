import {
  assertEquals,
  assertMatch,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  type JsonSchema,
  readJsonSchema,
} from "../../lib/language/json_schema.ts";
import { IreeError } from "../../mod.ts";
import { objectWith } from "./json_support.ts";

/** Makes the members of a list. */
function many<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function refused(schema: JsonSchema): IreeError {
  const error = assertThrows(() => readJsonSchema(schema), IreeError);
  assertEquals(error.code, "RESOURCE_EXHAUSTED");
  return error;
}

Deno.test("Definitions are compared once, however many alternatives refer to them", () => {
  // Compared each time, these were more than 32⁴ pairs.
  const alternatives = (name: string) => ({
    anyOf: many(32, (index) => ({
      type: "object",
      properties: { a: { $ref: `#/$defs/${name}` }, [`b${index}`]: {} },
      required: ["a", `b${index}`],
    })),
  });
  const schema = objectWith({
    oneOf: [{ $ref: "#/$defs/x0" }, { $ref: "#/$defs/y0" }],
  }, {
    ...{ x0: alternatives("x1"), x1: alternatives("x2"), x2: { const: "x" } },
    ...{ y0: alternatives("y1"), y1: alternatives("y2"), y2: { const: "y" } },
  });
  assertEquals(readJsonSchema(schema).kind, "object");
});

Deno.test("Too many alternatives to compare are an error that names their place", () => {
  const oneOf = many(1000, (index) => ({
    type: "object",
    properties: { kind: { const: index } },
    required: ["kind"],
  }));
  const error = refused(objectWith({ oneOf }));
  assertMatch(error.message, /json\.properties\.a\.oneOf is too complex/);
  assertMatch(error.hint!, /use anyOf/);
  assertEquals(readJsonSchema(objectWith({ anyOf: oneOf })).kind, "object");
});

Deno.test("Listed values count when alternatives are compared", () => {
  const oneOf = many(100, (index) => ({
    enum: many(200, (value) => `${index} ${value}`),
  }));
  assertMatch(
    refused(objectWith({ oneOf })).message,
    /a\.oneOf is too complex/,
  );
});

Deno.test("Patterns that repeat much are limited together, and equal ones count once", () => {
  const strings = (pattern: (index: number) => string) =>
    objectWith({
      type: "object",
      properties: Object.fromEntries(
        many(300, (index) =>
          [`p${index}`, { type: "string", pattern: pattern(index) }] as const),
      ),
    });
  const error = refused(strings((index) => `^${index}a{4000}$`));
  assertMatch(error.message, /a\.properties\.p\d+\.pattern is too complex/);
  assertEquals(readJsonSchema(strings(() => "^a{4000}$")).kind, "object");
});

Deno.test("Values that are very deep are an error, not an overflow", () => {
  const deep = JSON.parse("[".repeat(3000) + "]".repeat(3000));
  for (const schema of [{ const: deep }, { enum: [deep], const: 1 }]) {
    const error = assertThrows(
      () => readJsonSchema(objectWith(schema)),
      IreeError,
      "json.properties.a with values that deep",
    );
    assertEquals(error.code, "UNIMPLEMENTED");
  }
});

Deno.test("A definition is read once, however its references are written", () => {
  const { properties } = readJsonSchema({
    type: "object",
    properties: { a: { $ref: "#/$defs/~" }, b: { $ref: "#/$defs/~0" } },
    $defs: { "~": { type: "string" } },
  });
  assertStrictEquals(properties.get("a"), properties.get("b"));
});
