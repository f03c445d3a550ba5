// Types of imported functions, which programs do not store.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import { readArchive } from "../../lib/files/program_archive.ts";
import { memorySource } from "../../lib/files/byte_source.ts";
import { FlatTable } from "../../lib/files/flatbuffer.ts";
import { readBlocks } from "../../lib/inspect/bytecode/function_code.ts";
import {
  formatProgramTypes,
  formatSignature,
  inspectProgram,
} from "../../lib/inspect/mod.ts";
import { vmPrograms } from "../conformance/vm_programs.ts";
import {
  denoFlags,
  execute,
  iree,
  type Output,
  program,
  ROOT,
  sampleProgram,
  TemporaryFolder,
  test,
} from "../support.ts";

/** Signatures of the functions that a program imports from other modules. */
function importsOf(path: string): string[] {
  return inspectProgram(path).imports.flatMap(({ name, signature }) =>
    signature === undefined ? [] : [formatSignature(signature, name)]
  );
}

test("The types of imported functions are those of the source", async () => {
  assertEquals(importsOf(await program("host_types.mlir")), [
    "sync func @host.fixed(tensor<2x3xi64>) -> (tensor<3x2xf16>)",
    "sync func @host.either(tensor<?xf32>) -> (tensor<?x4xcomplex<f32>>)",
    "sync func @host.looped(tensor<4xf64>) -> (tensor<4xf64>)",
    "sync func @host.view(!hal.buffer_view) -> (!hal.buffer_view)",
    "sync func @host.fill(!util.list<?>, !util.buffer, i64) -> ()",
    "sync func @host.thing(!host.thing) -> (!host.other)",
    "sync func @host.other(!host.other) -> (!host.thing)",
    // Numbers are as wide as the VM's.
    "sync func @host.rank(tensor<i32>) -> (tensor<i32>, i32, f32)",
    "sync func @other.name.dotted(i32) -> ()",
  ]);
  assertEquals(importsOf(await program("host.mlir")), [
    "sync func @host.add(i32, i32) -> (i32)",
    "sync func @host.mix(i64, f32, f64, i32, i32) -> " +
    "(i64, f32, f64, i32, i32)",
    "sync func @host.scale(tensor<?xf32>, f32) -> (tensor<?xf32>)",
  ]);
  assertEquals(importsOf(await program("host_shared.mlir")), [
    "sync func @types.counter_create(i32) -> (!types.counter)",
    "sync func @types.counter_add(!types.counter, i32) -> (i32)",
    "sync func @types.sum_list(!util.list<?>) -> (f64)",
    "sync func @host.fill(!util.list<?>, !types.counter, i32) -> ()",
    "sync func @host.keep(!types.counter) -> (!types.counter)",
  ]);
});

test("Functions that are imported with fences have the model async", async () => {
  assertEquals(importsOf(await program("host_fences.mlir")), [
    "async func @host.fetch(tensor<?xf32>) -> (tensor<?xf32>)",
  ]);
});

test("An object that goes from one import to another has the custom type", async () => {
  assertEquals(importsOf(await sampleProgram()), [
    "sync func @custom.string.from_tensor(tensor<5xi8>) -> (!custom.string)",
    "sync func @custom.string.print(!custom.string) -> ()",
    "sync func @custom.error() -> ()",
  ]);
});

test("Functions of IREE's modules have no signature", async () => {
  const { imports } = inspectProgram(await program("mul.mlir"));
  assert(imports.length > 5);
  assertEquals(imports.filter((it) => it.signature !== undefined), []);
});

test("All functions of IREE's VM programs are read to their end", async () => {
  const bytecode = 14;
  const descriptors = 12;
  let functions = 0;
  const opcodes = new Set<number>();
  for (const path of (await vmPrograms()).programs.values()) {
    const { flatbuffer } = readArchive(memorySource(Deno.readFileSync(path)));
    const root = FlatTable.root(flatbuffer, "IREE");
    const code = root.bytes(bytecode);
    const all = root.records(descriptors, 20);
    for (let at = 0; at < all.byteLength; at += 20) {
      const start = code.byteOffset + all.getUint32(at, true);
      const length = all.getUint32(at + 4, true);
      const blocks = readBlocks(new DataView(code.buffer, start, length));
      assertEquals(blocks.length, all.getUint16(at + 14, true), path);
      for (const { opcode } of blocks.flatMap((it) => it.instructions)) {
        opcodes.add(opcode);
      }
      functions++;
    }
  }
  assert(functions > 300 && opcodes.size > 200, `${functions} ${opcodes.size}`);
});

test("iree inspect prints the functions that a module must provide", async () => {
  const host = await program("host.mlir");
  const { stdout } = await iree(["inspect", host]);
  assertStringIncludes(
    stdout,
    `
Imports:
  host.add(i32, i32) -> (i32)
  host.mix(i64, f32, f64, i32, i32) -> (i64, f32, f64, i32, i32)
  host.scale(tensor<?xf32>, f32) -> (tensor<?xf32>)
`,
  );
  const fences = await program("host_fences.mlir");
  const both = await iree(["inspect", "--json", host, fences]);
  const [{ imports }, { imports: [fetched] }] = JSON.parse(both.stdout);
  assertEquals(imports[0].signature, {
    model: "sync",
    inputs: Array(2).fill(scalar("i32")),
    outputs: [scalar("i32")],
  });
  assertEquals(fetched.signature.model, "async");
  const text = (await iree(["inspect", fences])).stdout;
  assertStringIncludes(
    text,
    "  host.fetch(tensor<?xf32>) -> (tensor<?xf32>), ",
  );
  const optional = await iree(["inspect", await program("checks.mlir")]);
  assertStringIncludes(optional.stdout, "  check.expect_true(i32) -> (), opti");
});

function scalar(type: string): unknown {
  return { kind: "scalar", type, name: "", attributes: {} };
}

/** Checks the types of scripts beside the types of programs. */
async function checkTypes(
  programs: Readonly<Record<string, string>>,
  scripts: Readonly<Record<string, string>>,
): Promise<Output> {
  using folder = new TemporaryFolder();
  const specifier = toFileUrl(join(ROOT, "mod.ts")).href;
  for (const [name, path] of Object.entries(programs)) {
    await Deno.writeTextFile(
      folder.join(`${name}.ts`),
      formatProgramTypes(inspectProgram(path), { package: specifier }),
    );
  }
  const imports = `import { hostModule, hostType } from "${specifier}";\n`;
  for (const [name, text] of Object.entries(scripts)) {
    await Deno.writeTextFile(folder.join(name), imports + text);
  }
  const files = Object.keys(scripts).map((name) => folder.join(name));
  return await execute(Deno.execPath(), ["check", ...denoFlags(), ...files]);
}

const IMPORTS = `
import type { HostFunctions } from "./host.ts";
import type { HostFunctions as Fenced } from "./fences.ts";
import type { HostFunctions as Objects, OtherFunctions } from "./types.ts";
`;

const RIGHT = `
export const host = hostModule("host", {
  add: { types: "(i32, i32) -> i32", call: (a, b) => a + b },
  mix: {
    types:
      "(i64, f32, f64, i32, i32) -> (i64, f32, f64, i32, i32)",
    call: (a, b, c, d, e, { state }) => [a + state.start, b, c, d, e] as const,
  },
  scale: {
    types: "(tensor<?xf32>, f32) -> tensor<?xf32>",
    call: (x, factor) => x.data.map((it) => it * factor),
  },
} satisfies HostFunctions<{ start: bigint }>, {
  state: () => ({ start: 1n }),
});

export const fenced = hostModule("host", {
  fetch: {
    types: "(tensor<?xf32>) -> tensor<?xf32>",
    fences: true,
    shapes: (input) => [input],
    call: async (x) => await Promise.resolve(x.data),
  },
} satisfies Fenced);

interface Held {
  "host.thing": Date;
  "host.other": URL;
}

export const objects: Pick<Objects<undefined, Held>, "fill" | "other"> = {
  fill: {
    types: "(!util.list<?>, !util.buffer, i64) -> ()",
    call: (list, buffer, size) => {
      if (buffer !== null && buffer.byteLength > size) list?.push(1);
    },
  },
  other: {
    types: "(!host.other) -> !host.thing",
    call: (url) => url === null ? null : new Date(url.href),
  },
};

export const dotted = hostModule("other", {
  "name.dotted": { types: "(i32) -> ()", call: () => {} },
} satisfies OtherFunctions);

export const held = hostType<Date>("host.thing");
`;

test("--types describes the modules that a program imports, for the compiler", async () => {
  const programs = {
    host: await program("host.mlir"),
    fences: await program("host_fences.mlir"),
    types: await program("host_types.mlir"),
  };
  const changes: readonly (readonly [from: string, to: string])[] = [
    [
      RIGHT.slice(RIGHT.indexOf("  scale: {"), RIGHT.indexOf("} satisfies")),
      "",
    ],
    ["(i32, i32) -> i32", "(i64, i32) -> i32"],
    ["a + b }", "String(a + b) }"],
    ["    fences: true,\n", ""],
    ["  add: {", "  subtract: {"],
    ["new Date(url.href)", "1"],
  ];
  const scripts: Record<string, string> = { "right.ts": IMPORTS + RIGHT };
  for (const [at, [from, to]] of changes.entries()) {
    assert(RIGHT.includes(from), from);
    scripts[`wrong${at}.ts`] = IMPORTS + RIGHT.replace(from, to);
  }
  // One process, since each checks the package anew.
  const { code, stderr } = await checkTypes(programs, scripts);
  assertEquals(code, 1);
  const errors = stderr.split(/^(?=TS\d+ \[ERROR\])/m).slice(1);
  const inFile = (name: string) => errors.filter((it) => it.includes(name));
  assertEquals(inFile("right.ts"), []);
  const messages = [
    "Property 'scale' is missing",
    `'"(i64, i32) -> i32"' is not assignable to type '"(i32, i32) -> i32"'`,
    "'string' is not assignable to type 'number",
    "Property 'fences' is missing",
    "'subtract' does not exist",
    "'1' is not assignable to type 'Date",
  ];
  for (const [at, message] of messages.entries()) {
    assertStringIncludes(inFile(`wrong${at}.ts`).join(""), message);
  }
});
