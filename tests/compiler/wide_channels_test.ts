import { assertEquals, assertNotEquals } from "@std/assert";
import { compile } from "../../lib/compiler/mod.ts";
import {
  WIDE_CHANNELS,
  widenChannels,
} from "../../lib/compiler/wide_channels.ts";
import { load } from "../../mod.ts";
import { COMPILER } from "./support.ts";
import { test } from "../support.ts";

/** A convolution as the importer writes it. */
interface Convolution {
  readonly filters: readonly [number, number, number, number];
  readonly from: readonly [number, number, number, number];
  readonly strides?: readonly [number, number];
  readonly pads?: readonly [number, number, number, number];
  readonly dilation?: number;
  readonly hasBias?: boolean;
}

const WIDENED: readonly Convolution[] = [
  { filters: [1, 3, 5, 5], from: [1, 3, 37, 20], pads: [2, 2, 2, 2] },
  { filters: [1, 2, 7, 3], from: [1, 2, 45, 9], hasBias: true },
  { filters: [2, 3, 3, 5], from: [1, 3, 8, 23], pads: [1, 0, 0, 3] },
  { filters: [4, 1, 3, 3], from: [1, 1, 12, 9], hasBias: true },
  { filters: [8, 2, 1, 9], from: [1, 2, 3, 30], strides: [2, 1] },
  { filters: [8, 2, 4, 9], from: [1, 2, 30, 41], strides: [1, 3] },
];

const LEFT_ALONE: readonly Convolution[] = [
  { filters: [16, 3, 5, 5], from: [1, 3, 37, 20] },
  { filters: [3, 3, 5, 5], from: [1, 3, 37, 20] },
  { filters: [1, 3, 2, 2], from: [1, 3, 37, 20] },
  { filters: [1, 3, 5, 5], from: [2, 3, 37, 20] },
  { filters: [2, 1, 5, 5], from: [1, 2, 37, 20] },
  { filters: [1, 3, 5, 5], from: [1, 3, 37, 20], strides: [2, 2] },
  { filters: [1, 3, 5, 5], from: [1, 3, 37, 20], dilation: 2 },
  { filters: [1, 3, 5, 5], from: [1, 3, 20, 9] },
];

function sizesOf(given: Convolution): readonly number[] {
  const { filters, from, pads = [0, 0, 0, 0], strides = [1, 1] } = given;
  const sizes = [2, 3].map((axis) => {
    const length = (filters[axis]! - 1) * (given.dilation ?? 1) + 1;
    const padded = from[axis]! + pads[axis - 2]! + pads[axis]!;
    return Math.floor((padded - length) / strides[axis - 2]!) + 1;
  });
  return [from[0], filters[0], ...sizes];
}

function mlirOf(given: Convolution, opset = 17): string {
  const { filters, from, strides = [1, 1], pads, dilation = 1 } = given;
  const tensor = (shape: readonly number[]) => `!torch.vtensor<[${shape}],f32>`;
  const list = (name: string, values: readonly number[]) =>
    `torch.onnx.${name} = [${values.map((it) => `${it} : si64`).join(", ")}]`;
  const types = [from, filters, ...(given.hasBias ? [[filters[0]]] : [])]
    .map(tensor);
  const names = ["%x", "%w", "%b"].slice(0, types.length);
  const attributes = [
    list("dilations", [dilation, dilation]),
    `torch.onnx.group = ${from[1] / filters[1]} : si64`,
    list("kernel_shape", filters.slice(2)),
    ...(pads ? [list("pads", pads)] : []),
    list("strides", strides),
  ];
  const result = tensor(sizesOf(given));
  const parameters = names.map((name, at) => `${name}: ${types[at]}`);
  const declared = names.map((name, at) =>
    `${name}: tensor<${[from, filters, [filters[0]]][at]!.join("x")}xf32>`
  );
  const declaration = `sync func @conv(${declared.join(", ")}) -> ` +
    `(%y: tensor<${sizesOf(given).join("x")}xf32>)`;
  const meta = "torch.onnx_meta.ir_version = 8 : si64, " +
    "torch.onnx_meta.opset_version = " + `${opset} : si64, ` +
    `iree.reflection = {iree.abi.declaration = "${declaration}"}`;
  return `func.func @conv(${
    parameters.join(", ")
  }) -> ${result} attributes {${meta}} {
  %0 = torch.operator "onnx.Conv"(${names.join(", ")}) {${
    attributes.join(", ")
  }} : (${types.join(", ")}) -> ${result}
  return %0 : ${result}
}
`;
}

/** Small integers, so that the order of additions does not matter. */
function integers(shape: readonly number[]): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1);
  return Float32Array.from({ length: count }, (_, at) => at * at % 13 - 5);
}

for (const given of WIDENED) {
  const { filters, from, hasBias } = given;

  test(`Wide channels compute the same: ${filters} over ${from}`, async () => {
    const run = async (flags: readonly string[]) => {
      const bytes = await compile(mlirOf(given), {
        ...{ library: COMPILER, cache: false, target: "generic", flags },
      });
      using program = load(bytes, { device: "local-sync" });
      const bias = hasBias ? [integers([filters[0]])] : [];
      return program.lookupFunction("conv")
        .compute(integers(from), integers(filters), ...bias) as Float32Array;
    };
    const expected = await run([]);
    assertEquals(
      expected.length,
      sizesOf(given).reduce((count, size) => count * size, 1),
    );
    assertEquals(await run([WIDE_CHANNELS]), expected);
  });
}

function widened(mlir: string): string {
  return new TextDecoder()
    .decode(widenChannels(new TextEncoder().encode(mlir)));
}

Deno.test("Channels are widened on the convolution's line", () => {
  for (const given of WIDENED) {
    const mlir = mlirOf(given);
    assertNotEquals(widened(mlir), mlir);
    assertEquals(widened(mlir).split("\n").length, mlir.split("\n").length);
  }
});

Deno.test("Convolutions with many channels, short filters, or few pixels stay", () => {
  for (const given of LEFT_ALONE) {
    assertEquals(widened(mlirOf(given)), mlirOf(given));
  }
  // IREE has no Slice of earlier opsets.
  const [given] = WIDENED;
  assertEquals(widened(mlirOf(given!, 12)), mlirOf(given!, 12));
  assertNotEquals(widened(mlirOf(given!, 13)), mlirOf(given!, 13));
});
