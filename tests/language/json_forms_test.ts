// Strings and numbers in JSON that a schema limits.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { readJsonSchema } from "../../lib/language/json_schema.ts";
import type { ObjectShape } from "../../lib/language/json_shape.ts";
import {
  jsonAfter,
  jsonStart,
  type JsonState,
} from "../../lib/language/json_state.ts";
import { Random } from "../../lib/language/random.ts";
import { IreeError } from "../../mod.ts";
import { objectWith, read } from "./json_support.ts";

/** Whether a value, as it is written, is the property of such an object. */
function accepts(shape: ObjectShape, written: string): boolean {
  return read(`{"a":${written}}`, shape).isWhole;
}

function shapeOf(property: object): ObjectShape {
  return readJsonSchema(objectWith(property));
}

Deno.test("Limits of integers are those of JSON Schema", () => {
  const bounds = [-1000, -101, -100, -12, -1, 0, 1, 9, 10, 99, 105, 1234];
  const values = [...bounds, ...bounds.flatMap((it) => [it - 1, it + 1]), 555];
  for (const minimum of [undefined, ...bounds]) {
    for (const maximum of [undefined, ...bounds]) {
      if (Number(minimum) > Number(maximum)) continue;
      const shape = shapeOf({ type: "integer", minimum, maximum });
      for (const value of values) {
        const expected = value >= (minimum ?? -Infinity) &&
          value <= (maximum ?? Infinity);
        const what = `${value} from ${minimum} to ${maximum}`;
        assertEquals(accepts(shape, `${value}`), expected, what);
      }
      assert(!accepts(shape, "01"));
    }
  }
  const open = shapeOf({
    ...{ type: "integer", exclusiveMinimum: 2.5, exclusiveMaximum: 5 },
  });
  assertEquals(["2", "3", "4", "5"].filter((it) => accepts(open, it)), [
    "3",
    "4",
  ]);
  const large = shapeOf({ type: "integer", minimum: 123456789 });
  assert(accepts(large, "123456789") && accepts(large, "1123456780"));
  assert(!accepts(large, "123456788") && !accepts(large, "99999999"));
});

Deno.test("Multiples of an integer are those of JSON Schema", () => {
  const limits = [
    {},
    { minimum: 0 },
    { minimum: -36, maximum: 36 },
    { exclusiveMinimum: 0, maximum: 40 },
  ];
  for (const multipleOf of [1, 2, 7, 12]) {
    for (const limit of limits) {
      const shape = shapeOf({ type: "integer", multipleOf, ...limit });
      const { minimum = -Infinity, maximum = Infinity } = limit;
      const least = limit.exclusiveMinimum === undefined ? minimum : 1;
      for (let value = -50; value <= 50; value++) {
        const expected = value % multipleOf === 0 && value >= least &&
          value <= maximum;
        const what = `${value} of ${JSON.stringify([multipleOf, limit])}`;
        assertEquals(accepts(shape, `${value}`), expected, what);
      }
      assert(!accepts(shape, "024") && !accepts(shape, "-"));
    }
  }
  const large = shapeOf({ type: "integer", multipleOf: 1e12 });
  assert(accepts(large, "30000000000000000000000000"));
  assert(!accepts(large, "30000000000000000000000001"));
  for (
    const [schema, code, text] of [
      [{ multipleOf: 0 }, "INVALID_ARGUMENT", "a number above 0"],
      [{ multipleOf: 0.5 }, "UNIMPLEMENTED", "multipleOf with the value 0.5"],
      [{ multipleOf: 1e13 }, "UNIMPLEMENTED", "with the value"],
      [{ multipleOf: 2, minimum: 5 }, "UNIMPLEMENTED", "with limits"],
      [{ multipleOf: 2, minimum: 0, maximum: 999 }, "UNIMPLEMENTED", "limits"],
      [
        { multipleOf: 9, minimum: 1, maximum: 8 },
        "INVALID_ARGUMENT",
        "multipleOf must be a divisor",
      ],
    ] as const
  ) {
    const error = assertThrows(
      () => shapeOf({ type: "integer", ...schema }),
      IreeError,
      text,
    );
    assertEquals(error.code, code);
  }
});

Deno.test("Limits of numbers are those of JSON Schema", () => {
  const bounds = [-20, -1, 0, 1, 7, 20];
  const texts = [-21, -20, -8, -2, -1, 0, 1, 2, 6, 7, 8, 19, 20, 21]
    .flatMap((it) => [`${it}`, `${it}.0`, `${it}.25`, `${it}.9999999999999`]);
  const limits = [
    undefined,
    ...bounds.flatMap((it) => [[it, true], [it, false]]),
  ];
  let right = 0;
  for (const low of limits as readonly ([number, boolean] | undefined)[]) {
    for (const high of limits as readonly ([number, boolean] | undefined)[]) {
      if (low && high && low[0] >= high[0]) continue;
      const shape = shapeOf({
        type: "number",
        ...low && { [low[1] ? "exclusiveMinimum" : "minimum"]: low[0] },
        ...high && { [high[1] ? "exclusiveMaximum" : "maximum"]: high[0] },
      });
      for (const text of texts) {
        const value = Number(text);
        const isAbove = !low ||
          (low[1] ? value > low[0] : value >= low[0]);
        const isBelow = !high ||
          (high[1] ? value < high[0] : value <= high[0]);
        const expected = isAbove && isBelow;
        assertEquals(accepts(shape, text), expected, `${text} ${low} ${high}`);
        if (expected) right++;
      }
      // So many digits would round to the limit.
      const long = `${(high?.[0] ?? 5) - 1}.${"9".repeat(20)}`;
      if (low || high) assert(!accepts(shape, long), long);
    }
  }
  assert(right > 1000, `${right}`);
  const one = shapeOf({ type: "number", minimum: 3, maximum: 3 });
  assertEquals(["3", "3.0", "3.1", "2"].filter((it) => accepts(one, it)), [
    "3",
    "3.0",
  ]);
});

Deno.test("Limits of a string's length count characters, escaped or not", () => {
  const shape = shapeOf({ type: "string", minLength: 2, maxLength: 3 });
  const right = [
    '"ab"',
    '"abc"',
    '"\\n\\\\"',
    '"😀\u20ac"',
    '"😀😀😀"',
    '"\\"\\""',
  ];
  const wrong = ['"a"', '"abcd"', '"\\\\"', '"😀"', '""', '"😀😀😀😀"', "12"];
  for (const text of right) assert(accepts(shape, text), text);
  for (const text of wrong) assert(!accepts(shape, text), text);
  const long = shapeOf({ type: "string", minLength: 2 });
  assert(accepts(long, JSON.stringify("x".repeat(1000))));
  const either = shapeOf({ type: ["string", "null"], maxLength: 1 });
  assert(accepts(either, "null") && accepts(either, '""'));
  assert(!accepts(either, '"ab"'));
});

/** Patterns, and pieces that texts for them are made of. */
const PATTERNS: readonly (readonly [string, readonly string[]])[] = [
  ["^a+b?$", ["a", "b", "c"]],
  ["b", ["a", "b", "c"]],
  ["^(?:ab|cd){2,3}$", ["ab", "cd", "a"]],
  ["^(a|b)*c{0,2}$|^x", ["a", "c", "x"]],
  ["^[A-Z][a-z-]*\\d{3}$", ["A", "b", "-", "12", "3"]],
  ["^[^\\s,]+(, ?[^\\s,]+)*$", ["a", ", ", ",", "\n", "\u20ac", "😀"]],
  ["^.{2}$", ["a", "\n", "\u20ac", "😀"]],
  ["^\\w+\\.\\w+$", ["a", ".", "_", "-"]],
  ['^"\\\\/"?$', ['"', "\\", "/"]],
  ["\\$\\x41\\u0042$", ["$", "A", "B"]],
  ["^[\\w.+-]+@[\\w-]+\\.[a-z]{2,}?$", ["a", "@b", ".b", "b"]],
  ["^$", ["a"]],
  ["^(a?){3}(b|)+$", ["a", "b"]],
];

/** Texts of up to five pieces. */
function textsOf(pieces: readonly string[]): ReadonlySet<string> {
  const all = new Set([""]);
  for (let count = 0; count < 5; count++) {
    for (const text of [...all]) {
      for (const piece of pieces) all.add(text + piece);
    }
  }
  return all;
}

Deno.test("Patterns of strings match what RegExp does", () => {
  for (const [pattern, pieces] of PATTERNS) {
    const shape = shapeOf({ type: "string", pattern });
    const expression = new RegExp(pattern, "u");
    const counts = { right: 0, wrong: 0 };
    for (const text of textsOf(pieces)) {
      const expected = expression.test(text);
      const actual = accepts(shape, JSON.stringify(text));
      assertEquals(actual, expected, `${pattern} and ${JSON.stringify(text)}`);
      counts[expected ? "right" : "wrong"]++;
    }
    assert(counts.right > 0 && counts.wrong > 0, pattern);
  }
});

/** Values of each format, right and wrong. */
const FORMATS: Readonly<Record<string, readonly [string, string]>> = {
  date: [
    "2026-11-30 1999-02-28 2024-02-29 2000-02-29 2025-12-31",
    "2026-11-31 2023-02-29 1900-02-29 2026-13-01 2026-00-10 26-01-01",
  ],
  time: [
    "23:59:59Z 00:00:00.5+01:00 12:30:00-11:45",
    "24:00:00Z 12:60:00Z 12:00:00 1:00:00Z 12:00Z",
  ],
  "date-time": [
    "2026-11-30T12:00:00Z 2024-02-29T00:00:00.123+02:00",
    "2026-11-30 2026-11-30T12:00Z 2026-02-30T12:00:00Z T12:00:00Z",
  ],
  duration: [
    "P1D P3Y6M4DT12H30M5S PT36H P2W P1Y PT1M30S",
    "P P1 PT 1D P1S P1W2D PT1H5S P1Y2D",
  ],
  email: ["a@b a.b+c@mail.example.org x_y@a-b.de", "a @b a@ a@@b a@-b .a@b"],
  hostname: ["a example.org a-b.c1 0.x", "-a a- a..b .a a_b a."],
  ipv4: ["0.0.0.0 255.255.255.255 192.168.1.10", "256.1.1.1 1.1.1 01.1.1.1"],
  ipv6: [
    "1:2:3:4:5:6:7:8 ::1 :: 2001:db8::ff00:42:8329 1:: 1:2:3:4:5:6:7:: ::2:3",
    "1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9 12345::1 1::2::3 g::1 1: :1",
  ],
  uuid: [
    "123e4567-e89b-12d3-a456-426614174000",
    "123e4567e89b12d3a456426614174000 123e4567-e89b-12d3-a456-42661417400g",
  ],
};

Deno.test("Formats of strings are those of their standards", () => {
  for (const [format, [right, wrong]] of Object.entries(FORMATS)) {
    const shape = shapeOf({ type: "string", format });
    for (const text of right.split(" ")) {
      assert(accepts(shape, `"${text}"`), `${format} ${text}`);
    }
    for (const text of wrong.split(" ")) {
      assert(!accepts(shape, `"${text}"`), `${format} ${text}`);
    }
  }
});

Deno.test("Each beginning of a limited value can be continued to its end", () => {
  const random = new Random(11);
  const properties: readonly object[] = [
    ...Object.keys(FORMATS).map((format) => ({ type: "string", format })),
    ...PATTERNS.map(([pattern]) => ({ type: "string", pattern })),
    { type: "string", minLength: 3, maxLength: 4 },
    { type: "integer", minimum: -120, maximum: 77 },
    { type: "integer", exclusiveMaximum: -5 },
    { type: "number", minimum: -3, exclusiveMaximum: 12 },
    {
      anyOf: [{ type: "integer", minimum: 5 }, {
        type: "string",
        minLength: 1,
      }],
    },
  ];
  const characters = Array.from(
    { length: 95 },
    (_, at) => String.fromCharCode(32 + at),
  );
  for (const property of properties) {
    const shape = shapeOf(property);
    for (let round = 0; round < 20; round++) {
      let states: readonly JsonState[] = [jsonStart(shape)];
      let text = "";
      const isWhole = () => states.some(({ expected }) => expected === "end");
      while (text.length < 200 && !isWhole()) {
        const next = characters.filter((it) =>
          jsonAfter(states, it).length > 0
        );
        const visible = next.filter((it) => it !== " ");
        assert(visible.length > 0, `nothing follows ${text}`);
        const ends = visible.filter((it) => '"}'.includes(it));
        const from = text.length > 30 && ends.length > 0 ? ends : visible;
        const character = from[Math.floor(random.next() * from.length)]!;
        states = jsonAfter(states, character);
        text += character;
      }
      assert(isWhole() || text.length === 200, text);
      if (isWhole()) JSON.parse(text);
    }
  }
});

Deno.test("Limits that a mask cannot guarantee are rejected by name", () => {
  for (
    const [property, code, text] of [
      [{ pattern: "(?=a)b" }, "UNIMPLEMENTED", "a.pattern with '(?=a)b'"],
      [{ pattern: "(a)\\1" }, "UNIMPLEMENTED", "a.pattern with '\\1'"],
      [{ pattern: "a\\b" }, "UNIMPLEMENTED", "a.pattern with '\\b'"],
      [{ pattern: "(^a|b)" }, "UNIMPLEMENTED", "a.pattern with '^a|b)'"],
      [{ pattern: "😀" }, "UNIMPLEMENTED", "a.pattern with '😀'"],
      [{ pattern: "(a{99}){99}" }, "UNIMPLEMENTED", "a.pattern of that size"],
      [
        { pattern: `${"(".repeat(999)}a${")".repeat(999)}` },
        "UNIMPLEMENTED",
        "a.pattern with groups that deep",
      ],
      [
        { pattern: `(${"|".repeat(999)}){999}` },
        "UNIMPLEMENTED",
        "a.pattern of that size",
      ],
      [{ pattern: "^\\x00$" }, "UNIMPLEMENTED", "a.pattern with control"],
      [{ pattern: "(" }, "INVALID_ARGUMENT", "a.pattern must be a regular"],
      [{ pattern: 1 }, "INVALID_ARGUMENT", "a.pattern must be a pattern"],
      [{ format: "uri" }, "UNIMPLEMENTED", "a.format 'uri' is not supported"],
      [
        { format: "date", pattern: "^2" },
        "UNIMPLEMENTED",
        "a with both pattern and format",
      ],
      [
        { pattern: "^a", maxLength: 3 },
        "UNIMPLEMENTED",
        "a with both pattern and minLength or maxLength",
      ],
      [
        { minLength: 3, maxLength: 2 },
        "INVALID_ARGUMENT",
        "a.maxLength must be at least 3, got 2",
      ],
      [{ minLength: -1 }, "INVALID_ARGUMENT", "a.minLength must be a count"],
      [{ minimum: 1 }, "UNIMPLEMENTED", "a.minimum is not supported"],
      [
        { type: "number", minimum: 0.5 },
        "UNIMPLEMENTED",
        "a.minimum with the value 0.5",
      ],
      [{ type: "number", minimum: "1" }, "INVALID_ARGUMENT", "a.minimum must"],
      [
        { type: "integer", minimum: 3, exclusiveMaximum: 3 },
        "INVALID_ARGUMENT",
        "a must be a schema of a number that exists",
      ],
    ] as const
  ) {
    const schema = objectWith({ type: "string", ...property });
    const error = assertThrows(() => readJsonSchema(schema), IreeError, text);
    assertEquals(error.code, code, text);
  }
});
