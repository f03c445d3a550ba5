import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import {
  parseDeclaredType,
  parseSignature,
} from "../../lib/signature/signature.ts";
import {
  type DeclaredType,
  type DeclaredValue,
  formatDeclaredType,
  formatSignature,
  inspectProgram,
  type Signature,
} from "../../lib/inspect/mod.ts";
import { Random } from "../mutations/random.ts";
import { program, ROOT, sampleProgram, test } from "../support.ts";

// Properties of every signature: the compiler's, a generated one, or a damaged
// one.

const paths = [
  await sampleProgram(),
  ...await Promise.all(
    Array.from(Deno.readDirSync(join(ROOT, "tests/fixtures")))
      .filter(({ name }) => name.endsWith(".mlir"))
      .map(({ name }) => program(name)),
  ),
];

/** Name and declaration of every function of every fixture. */
const declarations = paths.flatMap((path) =>
  inspectProgram(path).exports.flatMap(({ name, attributes }) => {
    const declaration = attributes["iree.abi.declaration"];
    if (declaration === undefined) return [];
    // An asynchronous form has the declaration of its function.
    const isOwn = declaration.includes(` func @${name}(`);
    const declared = isOwn ? name : name.replace(/\$async$/, "");
    return [{ name: declared, declaration }];
  })
);

test("Every fixture's declarations are formatted as they were parsed", () => {
  assert(declarations.length > 50, `${declarations.length}`);
  for (const { name, declaration } of declarations) {
    const signature = parseSignature(declaration, name);
    assert(signature !== undefined, declaration);
    assertEquals(formatSignature(signature, name), declaration);
    assertKnown(signature, declaration);
  }
});

function assertKnown(signature: Signature, text: string): void {
  for (const value of [...signature.inputs, ...signature.outputs]) {
    assert(value.kind !== "unknown", text);
  }
}

const ELEMENTS = [
  ..."i1 i4 si8 ui8 i32 i64 index f16 bf16 f32 f64 tf32".split(" "),
  ..."f8E4M3FN f8E5M2FNUZ f6E2M3FN complex<f32> complex<f64>".split(" "),
];
const OBJECTS = [
  ..."hal.buffer_view hal.fence util.buffer custom.string a.b.c_d$e".split(" "),
  ..."util.list<?> util.list<util.list<!a.b>> x.y<1x2, {k = (i32) -> i32}>"
    .split(/ (?=\w*\.)/),
];
const ENCODINGS = ["#enc", "#enc<a, b>", '#enc<"a, b>">', "dense<[1, 2]>"];
const ATTRIBUTES = [
  "iree.abi.output = 0 : index",
  'iree.identifier = "a, {b}, \\\\"c\\\\" -> (d)"',
  "unit",
  "list = [1, {a = 2}, (i32) -> i32]",
];
const NAMES = ["main", "a.b", "f$async", 'odd "name (with) -> all, of: it', ""];

/** Names of inputs and outputs of models. */
const VALUE_NAMES = [
  "save_infer_model/scale_0.tmp_1",
  "onnx::Shape_422",
  "463",
  'a "b", (c) -> {d}: \\e\n',
  "é",
];

/** A declaration that the compiler could have written, and its meaning. */
class Grammar {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  signature(): Signature {
    const random = this.#random;
    return {
      model: random.pick(["sync", "async"]),
      inputs: this.#values("input"),
      outputs: this.#values("output"),
    };
  }

  #values(prefix: string): DeclaredValue[] {
    const random = this.#random;
    let ordinal = 0;
    return random.times(random.below(5), () => ({
      ...this.type(),
      name: random.once(4) ? random.pick(VALUE_NAMES) : `${prefix}${ordinal++}`,
      attributes: this.#attributes(),
    }));
  }

  #attributes(): Record<string, string> {
    const random = this.#random;
    const texts = random.times(
      random.once(3) ? random.below(3) : 0,
      () => random.pick(ATTRIBUTES),
    );
    return Object.fromEntries(texts.map((text) => {
      const [key, ...rest] = text.split(" = ");
      return [key, rest.join(" = ")];
    }));
  }

  type(): DeclaredType {
    const random = this.#random;
    if (random.once(5)) {
      return { kind: "object", type: random.pick(OBJECTS) };
    }
    const elementType = random.pick(ELEMENTS);
    if (random.once(4)) return { kind: "scalar", type: elementType };
    const shape = random.times(
      random.below(7),
      () => random.once(4) ? null : random.pick([0, 1, 4, 1024, 2 ** 40]),
    );
    const encoding = random.pick(ENCODINGS);
    return random.once(6)
      ? { kind: "tensor", elementType, shape, encoding }
      : { kind: "tensor", elementType, shape };
  }
}

test("A generated signature reads back unchanged", () => {
  const random = new Random(5);
  const grammar = new Grammar(random);
  for (let round = 0; round < 5000; round++) {
    const type = grammar.type();
    assertEquals(parseDeclaredType(formatDeclaredType(type)), type);
    const name = random.pick(NAMES);
    const signature = grammar.signature();
    const text = formatSignature(signature, name);
    assertEquals(parseSignature(text, name), signature, text);
  }
});

const PIECES = [
  ...'()<>{}[]",:%@-=x?!#\\*/ \n\0é'.split(""),
  ..."-> tensor func @ , %a: {} {a} () !a.b 4x 99999999999999999999x".split(
    " ",
  ),
];

/** Damages a text in a few places. */
function damage(text: string, random: Random): string {
  let damaged = text;
  for (let hit = random.between(1, 4); hit > 0; hit--) {
    const at = random.below(damaged.length + 1);
    const rest = damaged.slice(at + random.below(4));
    const piece = random.once(4) ? "" : random.pick(PIECES);
    damaged = damaged.slice(0, at) + piece + rest;
    if (random.once(8)) {
      const start = random.below(damaged.length);
      damaged += damaged.slice(start, start + random.below(20));
    }
  }
  return damaged;
}

test("A damaged signature never throws, and formats to a fixed point", () => {
  const random = new Random(13);
  const grammar = new Grammar(random);
  let parsed = 0;
  let unknown = 0;
  let refused = 0;
  const check = (name: string, text: string) => {
    const signature = parseSignature(text, name);
    if (signature === undefined) {
      refused++;
      return;
    }
    parsed++;
    const values = [...signature.inputs, ...signature.outputs];
    if (values.some(({ kind }) => kind === "unknown")) unknown++;
    const again = formatSignature(signature, name);
    assertEquals(parseSignature(again, name), signature, `${text}\n${again}`);
    for (const value of values) {
      // The value has all of the text's contents, though not their positions.
      // A name in quotes has escapes there.
      assert(text.includes(value.name) || text.includes('"'), text);
      if (value.kind === "unknown") assert(text.includes(value.text), text);
    }
  };
  for (let round = 0; round < 300; round++) {
    for (const { name, declaration } of declarations) {
      check(name, damage(declaration, random));
    }
    const name = random.pick(NAMES);
    const text = formatSignature(grammar.signature(), name);
    for (let again = 0; again < 20; again++) check(name, damage(text, random));
  }
  assert(
    parsed > 5000 && unknown > 1000 && refused > 1000,
    [
      parsed,
      unknown,
      refused,
    ].join(),
  );
});

test("A damaged type never throws, and formats to a fixed point", () => {
  const random = new Random(17);
  const grammar = new Grammar(random);
  const kinds = new Set<string>();
  for (let round = 0; round < 30_000; round++) {
    const text = damage(formatDeclaredType(grammar.type()), random);
    const type = parseDeclaredType(text);
    kinds.add(type.kind);
    assertEquals(parseDeclaredType(formatDeclaredType(type)), type, text);
    if (type.kind === "unknown") assertEquals(type.text, text);
    if (type.kind === "tensor") {
      const sizes = Array.from(text.matchAll(/\d+(?=x)/g), String);
      for (const size of type.shape) {
        assert(
          size === null || sizes.some((it) => BigInt(it) === BigInt(size)),
        );
      }
    }
  }
  assertEquals(kinds.size, 4);
});
