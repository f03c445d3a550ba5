import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { join } from "@std/path";
import {
  type JsonSchema,
  readJsonSchema,
} from "../../lib/language/json_schema.ts";
import { ANY_OBJECT } from "../../lib/language/json_shape.ts";
import {
  jsonAfter,
  jsonStart,
  type JsonState,
} from "../../lib/language/json_state.ts";
import { JsonMask, VocabularyTexts } from "../../lib/language/json_mask.ts";
import { LanguageModel } from "../../lib/language/mod.ts";
import { Random } from "../../lib/language/random.ts";
import { IreeError } from "../../mod.ts";
import { test } from "../support.ts";
import { objectWith, read } from "./json_support.ts";
import { inFolder, SMALL } from "./support.ts";
import { byteVocabulary, pieceVocabulary } from "./texts.ts";
import { tinyModel, writeGguf } from "./tiny_models.ts";

const OBJECTS: readonly string[] = [
  '{"a": 1, "b": [true, false, null], "c": {"d": "e"}}',
  '{ "n" : [0, -1, 2.50, 1e5, -0.1E-7, 10E+2], "s": "\\u00e9\\n\\"\\\\/\u20ac" }',
  '\n{\t"": {} , "x":[ ],"y":[[],{}]}',
  '{"a":-0.0,"b":12}',
];

function isObject(text: string): boolean {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null &&
      !Array.isArray(value);
  } catch {
    return false;
  }
}

const CHARACTERS = '{}[]",:\\0123456789-+.eEutrfalsn x\n\u0001\u20ac';

/** Texts with up to three random edits. */
function* edited(texts: readonly string[], count: number): Generator<string> {
  const random = new Random(3);
  for (let round = 0; round < count; round++) {
    let text = texts[round % texts.length]!;
    for (let edits = round % 4; edits > 0; edits--) {
      const at = Math.floor(random.next() * text.length);
      const other = CHARACTERS[Math.floor(random.next() * CHARACTERS.length)];
      const removed = random.next() < 0.5 ? 0 : 1;
      text = text.slice(0, at) + (random.next() < 0.7 ? other : "") +
        text.slice(at + removed);
    }
    yield text;
  }
}

Deno.test("The states of JSON accept what JSON.parse does, and nothing else", () => {
  let right = 0;
  for (const text of edited(OBJECTS, 20_000)) {
    // Nothing follows the object, not even white space.
    const expected = isObject(text) && text.endsWith("}");
    assertEquals(read(text).isWhole, expected, text);
    if (expected) right++;
  }
  assert(right > 5000);
});

/** A schema with every keyword that is supported, and texts of it. */
const PERSON: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Person",
  type: "object",
  properties: {
    name: { type: "string", description: "in full" },
    years: { type: "integer" },
    height: { type: ["number", "null"] },
    kind: { enum: ["friend", 'fri"end', 12, 123, null, { a: [1] }] },
    tags: { type: "array", items: { const: "x" }, minItems: 1, maxItems: 3 },
    parent: { anyOf: [{ $ref: "#" }, { type: "boolean" }] },
    places: {
      type: "object",
      additionalProperties: { $ref: "#/$defs/place" },
    },
    'quo"te': {},
  },
  required: ["name", "years"],
  additionalProperties: false,
  $defs: { place: { type: "array", items: { type: "number" }, maxItems: 2 } },
};

const PERSONS: readonly string[] = [
  '{"name":"x","years":-12}',
  '{"years": 0, "height": 1.5e3, "name": "\\u20ac", "kind": "fri\\"end"}',
  '{"name":"","years":7,"kind":123,"tags":["x", "x"],"height":null}',
  '{"name":"","years":7,"kind":{"a":[1]},"tags":["x","x","x"]}',
  '{"parent":{"name":"","years":1,"parent":true},"name":"n","years":1}',
  '{"name":"","years":1,"places":{"a":[0.5,-1],"b":[]},"quo\\"te":[{}, 1]}',
];

/** Says whether a value has the schema above. */
function isPerson(value: unknown): boolean {
  const known = Object.keys(PERSON.properties as object);
  const { name, years, height = 1, kind = 12 } = Object(value);
  const { tags = ["x"], parent = true, places = {} } = Object(value);
  const isRecord = (it: unknown): it is object =>
    typeof it === "object" && it !== null && !Array.isArray(it);
  return isRecord(value) &&
    Object.keys(value).every((it) => known.includes(it)) &&
    typeof name === "string" && Number.isInteger(years) &&
    (typeof height === "number" || height === null) &&
    (["friend", 'fri"end', 12, 123, null].includes(kind) ||
      JSON.stringify(kind) === '{"a":[1]}') &&
    Array.isArray(tags) && tags.length >= 1 && tags.length <= 3 &&
    tags.every((it: unknown) => it === "x") &&
    (typeof parent === "boolean" || isPerson(parent)) &&
    isRecord(places) &&
    Object.values(places).every((it) =>
      Array.isArray(it) && it.length <= 2 &&
      it.every((number) => typeof number === "number")
    );
}

/**
 * Whether integers have digits only, and listed values are written without white
 * space, exactly as listed.
 */
function isPlain(text: string): boolean {
  return !/"years"\s*:\s*-?\d+[.eE]/.test(text) &&
    !/"kind"\s*:\s*(?:\d+[.eE]|\{[^}]*[\s.eE])/.test(text);
}

Deno.test("The states of a schema accept only texts of it, and all plain ones", () => {
  const shape = readJsonSchema(PERSON);
  const counts = { right: 0, wrong: 0 };
  for (const text of edited(PERSONS, 40_000)) {
    const { isWhole } = read(text, shape);
    let isRight = false;
    try {
      isRight = isPerson(JSON.parse(text)) && text.endsWith("}");
    } catch {
      // not JSON
    }
    if (isWhole) assert(isRight, `accepted ${text}`);
    else assert(!isRight || !isPlain(text), `rejected ${text}`);
    counts[isWhole ? "right" : "wrong"]++;
  }
  assert(counts.right > 8000 && counts.wrong > 8000, JSON.stringify(counts));
});

/** The most states while a text is read, which must be a beginning. */
function mostStates(schema: JsonSchema, text: string): number {
  let states: readonly JsonState[] = [jsonStart(readJsonSchema(schema))];
  let most = 0;
  for (const character of text) {
    states = jsonAfter(states, character);
    assert(states.length > 0, text);
    most = Math.max(most, states.length);
  }
  return most;
}

Deno.test("Alternatives that overlap do not multiply with the items of an array", () => {
  const many = Array.from({ length: 25 }, (_, index) => index);
  const chain = Object.fromEntries(many.map((index) => {
    const next = { $ref: `#/$defs/d${index + 1}` };
    return [`d${index}`, { anyOf: [next, next, { anyOf: [next, {}] }] }];
  }));
  const pair = {
    anyOf: [
      { type: "object", properties: { b: {} }, title: "one" },
      { title: "two", properties: { b: {} }, type: "object" },
    ],
  };
  for (
    const [items, item] of [
      [{ anyOf: [{ type: "integer" }, { type: "number" }] }, "12"],
      [{ anyOf: [{ type: "string" }, { enum: ["x", "y", "x"] }] }, '"x"'],
      [{ anyOf: [{ type: "array" }, {}] }, "[[1]]"],
      [pair, '{"b":1}'],
      [{ $ref: "#/$defs/d0" }, '"x"'],
    ] as const
  ) {
    const schema = objectWith(
      { type: "array", items, maxItems: 200 },
      { ...chain, d25: { type: "string" } },
    );
    const text = `{"a":[${Array(100).fill(item).join(", ")}]}`;
    const most = mostStates(schema, text);
    assert(most <= 3, `${most} states for ${JSON.stringify(items)}`);
  }
});

Deno.test("Values that are listed are one state, however many there are", () => {
  const values = Array.from({ length: 2000 }, (_, index) => `v${index}`);
  const schema = objectWith({ enum: [...values, 1, 12] });
  assertEquals(mostStates(schema, '{"a":"v1234"}'), 1);
  assertEquals(mostStates(schema, '{"a":12}'), 2);
});

Deno.test("Too many alternatives at once are an error that names the schema", () => {
  const item = { $ref: "#/$defs/list" };
  const list = {
    anyOf: [
      { type: "array", items: item, maxItems: 5 },
      { type: "array", items: item, maxItems: 6 },
    ],
  };
  const error = assertThrows(
    () => mostStates(objectWith(item, { list }), '{"a":' + "[".repeat(40)),
    IreeError,
    "the schema json allows more than 256 alternatives",
  );
  assertEquals(error.code, "RESOURCE_EXHAUSTED");
});

Deno.test("Each beginning that is allowed can be continued", () => {
  const closed = {
    type: "object",
    properties: {},
    additionalProperties: false,
  };
  const characters = [...'{}[]",:\\u0ab19-.e truefalsn xyk'];
  const random = new Random(7);
  for (
    const schema of [
      closed,
      PERSON,
      objectWith(closed),
      objectWith({ type: ["array", "null"], maxItems: 0 }),
      objectWith({ anyOf: [{ $ref: "#" }, closed, { type: "integer" }] }),
      { ...objectWith({ enum: ["x", "xy"] }), additionalProperties: closed },
      objectWith({ type: "array", items: { const: 1 }, minItems: 2 }),
      objectWith({ type: "integer", multipleOf: 12 }),
      objectWith({ oneOf: [tagged({ const: "x" }), tagged({ const: "y" })] }),
    ]
  ) {
    const shape = readJsonSchema(schema);
    const all = [...new Set([...characters, ...JSON.stringify(schema)])];
    for (let round = 0; round < 100; round++) {
      let states: readonly JsonState[] = [jsonStart(shape)];
      let text = "";
      while (
        text.length < 300 && !states.some(({ expected }) => expected === "end")
      ) {
        const next = all.filter((it) => jsonAfter(states, it).length > 0);
        // White space alone would end: only so much of it is allowed.
        const visible = next.filter((it) => it.trim() !== "");
        assert(visible.length > 0, `nothing follows ${text}`);
        // Long texts close what is open, if they can.
        const ends = visible.filter((it) => '"}]'.includes(it));
        const from = text.length > 60 && ends.length > 0 && random.next() < 0.9
          ? ends
          : next;
        const character = from[Math.floor(random.next() * from.length)]!;
        states = jsonAfter(states, character);
        text += character;
      }
    }
  }
});

Deno.test("A constant is also one of the enum, and a repeated type is one", () => {
  const both = (value: unknown) =>
    readJsonSchema(objectWith({ enum: [1, { b: 1, c: 2 }], const: value }));
  assert(read('{"a":1}', both(1)).isWhole);
  assert(read('{"a":{"b":1,"c":2}}', both({ c: 2, b: 1 })).isWhole);
  assert(!read('{"a":{', both(1)).isStart);
  const error = assertThrows(
    () => both(3),
    IreeError,
    "a.const must be a value",
  );
  assertEquals(error.code, "INVALID_ARGUMENT");
  const list = readJsonSchema(
    objectWith({ type: ["array", "array"], items: { const: 1 }, minItems: 2 }),
  );
  assert(read('{"a":[1,1]}', list).isWhole);
  assert(!read('{"a":[1]', list).isStart);
  assert(!read('{"a":[2', list).isStart);
});

/** An object with a property that says which one it is. */
function tagged(kind: object, more: object = {}): object {
  return {
    ...{ type: "object", properties: { kind, ...more }, required: ["kind"] },
    additionalProperties: false,
  };
}

Deno.test("One of several exclusive alternatives is any of them", () => {
  const number = { value: { type: "integer" } };
  const list = { items: { $ref: "#/$defs/list" } };
  const defs = { list: { oneOf: [{ const: "end" }, tagged({ const: 2 })] } };
  const shape = readJsonSchema(objectWith({
    oneOf: [
      tagged({ const: "number" }, number),
      tagged({ enum: ["text", "word"] }, { value: { type: "string" } }),
      tagged({ type: "null" }, list),
      { type: ["boolean", "integer"] },
      { enum: ["none"] },
    ],
  }, defs));
  const accepted = [
    '{"kind":"number","value":1}',
    '{"kind":"word","value":"x"}',
    '{"kind":null,"items":"end"}',
    '{"kind":null,"items":{"kind":2}}',
    ...["true", "7", '"none"'],
  ];
  for (const value of accepted) assert(read(`{"a":${value}}`, shape).isWhole);
  const rejected = [
    '{"kind":"number","value":"',
    '{"kind":"other"',
    '{"kind":null,"items":{"kind":1',
    ...['"other"', "1.5"],
  ];
  for (const value of rejected) assert(!read(`{"a":${value}`, shape).isStart);
});

Deno.test("Alternatives that a value can have together are not one of them", () => {
  const list = { $ref: "#/$defs/list" };
  const defs = { list: { type: "array", items: list } };
  const optional = { ...tagged({ const: 2 }), required: [] };
  const pairs: readonly (readonly [object, object])[] = [
    [{ type: "integer" }, { type: "number" }],
    [{ const: { b: 1, c: 2 } }, { const: { c: 2, b: 1 } }],
    [tagged({ const: 1 }), tagged({ enum: [1, 2] })],
    [tagged({ const: 1 }), optional],
    [{ type: "string", maxLength: 1 }, { const: "xy" }],
    [{}, { type: "null" }],
    [{ type: "null" }, { type: "null" }],
    [list, { type: "array", items: { type: "null" } }],
  ];
  for (const oneOf of pairs) {
    const schema = objectWith({ oneOf }, defs);
    const error = assertThrows(() => readJsonSchema(schema), IreeError);
    assertEquals(error.code, "UNIMPLEMENTED", JSON.stringify(oneOf));
  }
});

Deno.test("Schemas that a mask cannot guarantee are rejected by name", () => {
  const object = (property: object) => ({
    type: "object",
    properties: { a: property },
  });
  for (
    const [schema, code, text] of [
      [{ type: "string" }, "UNIMPLEMENTED", "is not an object"],
      [
        object({ type: "number", multipleOf: 2 }),
        "UNIMPLEMENTED",
        "a.multipleOf",
      ],
      [
        object({ oneOf: [{ type: "string" }, { enum: ["b", null] }] }),
        "UNIMPLEMENTED",
        "a.oneOf with alternatives that a value can have together",
      ],
      [object({ properties: {} }), "UNIMPLEMENTED", "a.properties"],
      [object({ $ref: "other.json" }), "UNIMPLEMENTED", "a.$ref"],
      [object({ $ref: "#/$defs/b" }), "INVALID_ARGUMENT", "a.$ref must be"],
      [object({ type: "text" }), "INVALID_ARGUMENT", "a.type must be object,"],
      [object({ enum: [] }), "INVALID_ARGUMENT", "a.enum must be a list"],
      [
        object({ enum: ["b"], type: "null" }),
        "INVALID_ARGUMENT",
        "a.type must be the type of a value that is listed",
      ],
      [
        object({ type: "array", minItems: 2, maxItems: 1 }),
        "INVALID_ARGUMENT",
        "a.maxItems must be at least 2, got 1",
      ],
      [
        { type: "object", required: ["b"], additionalProperties: false },
        "INVALID_ARGUMENT",
        "json.required must be names of properties",
      ],
      [{ $ref: "#" }, "UNIMPLEMENTED", "is not an object"],
      [
        objectWith({ $ref: "#" }),
        "INVALID_ARGUMENT",
        "no value has the schema #.properties.a",
      ],
      [
        objectWith({ $ref: "#/$defs/b" }, { b: { $ref: "#/$defs/b" } }),
        "INVALID_ARGUMENT",
        "no value has the schema #/$defs/b",
      ],
    ] as const
  ) {
    const error = assertThrows(() => readJsonSchema(schema), IreeError, text);
    assertEquals(error.code, code);
  }
});

Deno.test("A mask allows exactly the tokens that continue an object", () => {
  const texts = [
    ...['{"', "{", "}", '":', '"', ":", ",", ", ", '"}', "a", "ab", 'a"', "1"],
    ...["12", "1}", "fal", "se", "true", "\\", "\\n", " ", "\n", "[", "]", ""],
  ];
  const mask = new JsonMask(new VocabularyTexts(texts), ANY_OBJECT);
  let text = "";
  const random = new Random(5);
  for (let step = 0; step < 400 && !mask.isComplete; step++) {
    const logits = new Float32Array(texts.length);
    mask.apply(logits);
    const allowed: number[] = [];
    texts.forEach((piece, token) => {
      const expected = piece !== "" && read(text + piece).isStart;
      assertEquals(logits[token] === 0, expected, `${text} + ${piece}`);
      if (expected) allowed.push(token);
    });
    const chosen = allowed[Math.floor(random.next() * allowed.length)]!;
    mask.push(chosen);
    text += texts[chosen];
  }
  assert(isObject(text), text);
});

/** Passes models with both kinds of vocabularies. */
async function withModels(
  act: (model: LanguageModel) => Promise<void>,
): Promise<void> {
  for (const metadata of [byteVocabulary(), pieceVocabulary()]) {
    await inFolder(async (folder) => {
      const path = join(folder, "model.gguf");
      await writeGguf(path, tinyModel(), { metadata });
      using model = await LanguageModel.load(path, SMALL);
      await act(model);
    });
  }
}

test("Answers in JSON are objects, however random the tokens are", async () => {
  await withModels(async (model) => {
    const likely = Object.fromEntries(
      ['"', "}", ":", "]", "1"].map((it) =>
        [model.tokenizer.encode(it).ids.at(-1)!, 6] as const
      ),
    );
    let complete = 0;
    for (let seed = 0; seed < 12; seed++) {
      const answer = model.generate("a", {
        ...{ json: true, temperature: 1.5, seed, maxTokens: 200 },
        logitBias: likely,
      });
      const text = await answer.text();
      if (answer.finishReason !== "stop") continue;
      assert(isObject(text), text);
      complete++;
    }
    assert(complete > 3, `${complete} of 12`);
  });
});

test("Answers with a schema have it, however random the tokens are", async () => {
  const json = {
    type: "object",
    properties: {
      size: { enum: ["small", "large"] },
      counts: {
        type: "array",
        items: { type: "integer", minimum: -3, maximum: 12 },
        maxItems: 2,
      },
      code: { type: "string", pattern: "^[a-c]{2}\\d$" },
    },
    required: ["size", "code"],
    additionalProperties: false,
  };
  const isCount = (it: number) => Number.isInteger(it) && it >= -3 && it <= 12;
  await withModels(async (model) => {
    let complete = 0;
    for (let seed = 0; seed < 8; seed++) {
      const answer = model.generate("a", {
        ...{ json, temperature: 1, seed, maxTokens: 300 },
      });
      const text = await answer.text();
      if (answer.finishReason !== "stop") continue;
      const { size, code, counts = [], ...others } = JSON.parse(text);
      assertMatch(code, /^[a-c]{2}\d$/);
      assert(["small", "large"].includes(size), text);
      assert(counts.length <= 2 && counts.every(isCount), text);
      assertEquals(others, {});
      complete++;
    }
    assert(complete > 0, `${complete} of 8`);
  });
});
