import { assert, assertEquals } from "@std/assert";
import {
  type DeclaredType,
  parseDeclaredType,
  parseSignature,
} from "../../lib/signature/signature.ts";
import { BytecodeModule, DynamicModule, Instance } from "../../mod.ts";
import { nativeModule, program, test } from "../support.ts";

const types = await nativeModule("fixtures/types_module.cc");

const fixtures = await Promise.all(
  ["arithmetic.mlir", "many_types.mlir", "mul.mlir", "signatures.mlir"]
    .map((name) => program(name)),
);
const [signatures] = fixtures.slice(-1);

function tensor(elementType: string, ...shape: (number | null)[]) {
  return { kind: "tensor", elementType, shape } as const;
}

test("A function lists its inputs and outputs as declared", () => {
  using instance = Instance.open();
  using module = BytecodeModule.fromFile(instance, signatures);
  const signature = (name: string) => {
    const found = module.exports.find((it) => it.name === name);
    return parseSignature(
      found?.attributes["iree.abi.declaration"] ?? "",
      name,
    );
  };
  assertEquals(signature("dynamic"), {
    model: "sync",
    inputs: [
      { name: "input0", ...tensor("f32", null, 4), attributes: {} },
      { name: "input1", ...tensor("i32"), attributes: {} },
      { name: "input2", ...tensor("i1", 2, null, 3), attributes: {} },
    ],
    outputs: [
      { name: "output0", ...tensor("f32", null, 4), attributes: {} },
      { name: "output1", ...tensor("i32"), attributes: {} },
    ],
  });
  assertEquals(
    signature("elements")?.inputs.map((it) =>
      it.kind === "tensor" && it.elementType
    ),
    ["complex<f32>", "bf16", "f8E4M3FN", "i4"],
  );
  assertEquals(signature("attributed")?.inputs[0].attributes, {
    "iree.abi.output": "0 : index",
    "iree.identifier": '"hello, (you)"',
  });
  assertEquals(
    signature("scalars")?.inputs.map((it) => it.kind === "scalar" && it.type),
    ["index", "i8", "i1", "f16"],
  );
  assertEquals(
    signature("objects")?.inputs.map((it) => it.kind === "object" && it.type),
    ["hal.buffer_view", "util.list<?>", "util.buffer"],
  );
  assertEquals(signature("nothing"), {
    model: "sync",
    inputs: [],
    outputs: [],
  });
  assertEquals(
    signature('odd "name (with) -> all, of: it')?.inputs,
    [{ name: "input0", kind: "scalar", type: "i32", attributes: {} }],
  );
});

test("Every fixture's declarations are parsed completely", () => {
  using instance = Instance.open();
  using _types = DynamicModule.load(instance, types);
  let count = 0;
  for (const path of fixtures) {
    using module = BytecodeModule.fromFile(instance, path);
    for (const { name, attributes } of module.exports) {
      const declaration = attributes["iree.abi.declaration"];
      if (declaration === undefined) continue;
      const parsed = parseSignature(declaration, name);
      assert(parsed !== undefined, declaration);
      for (const value of [...parsed.inputs, ...parsed.outputs]) {
        assert(value.kind !== "unknown", declaration);
        count++;
      }
    }
  }
  assert(count > 40);
});

test("Unknown syntax is kept as text", () => {
  const cases: [string, DeclaredType][] = [
    ["tensor<4x!odd.type>", {
      kind: "unknown",
      text: "tensor<4x!odd.type>",
    }],
    ["tensor<*xf32>", { kind: "unknown", text: "tensor<*xf32>" }],
    ["(i32) -> i32", { kind: "unknown", text: "(i32) -> i32" }],
    ["", { kind: "unknown", text: "" }],
    ["tensor<2xf32, #enc<a, b>>", {
      ...tensor("f32", 2),
      encoding: "#enc<a, b>",
    }],
  ];
  for (const [text, type] of cases) assertEquals(parseDeclaredType(text), type);
  assertEquals(parseSignature("", "f"), undefined);
  assertEquals(parseSignature("sync func @f(i32)", "f"), undefined);
  assertEquals(parseSignature("sync func @g() -> ()", "f"), undefined);
  assertEquals(parseSignature("odd func @f(what) -> ()", "f"), {
    model: "odd",
    inputs: [{ name: "", kind: "unknown", text: "what", attributes: {} }],
    outputs: [],
  });
});

test("Damaged declarations never throw", () => {
  using instance = Instance.open();
  using _types = DynamicModule.load(instance, types);
  let state = 7;
  const random = (bound: number) => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0;
    return (state >>> 0) % bound;
  };
  const pieces = '()<>{}[]",:%@->=x?!#\\ tensor'.split("");
  let parsed = 0;
  for (const path of fixtures) {
    using module = BytecodeModule.fromFile(instance, path);
    for (const { name, attributes } of module.exports) {
      const declaration = attributes["iree.abi.declaration"] ?? "";
      for (let round = 0; round < 200; round++) {
        const at = random(declaration.length + 1);
        const damaged = declaration.slice(0, at) +
          pieces[random(pieces.length)] +
          declaration.slice(at + random(3));
        if (parseSignature(damaged, name) !== undefined) parsed++;
      }
    }
  }
  assert(parsed > 1000);
});
