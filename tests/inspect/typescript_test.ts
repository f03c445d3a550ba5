import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { basename, join, toFileUrl } from "@std/path";
import { parseSignature } from "../../lib/signature/signature.ts";
import { load, LoadedProgram } from "../../mod.ts";
import {
  formatProgramTypes,
  inspectProgram,
  type ProgramDescription,
} from "../../lib/inspect/mod.ts";
import {
  denoFlags,
  execute,
  nativeModule,
  type Output,
  program,
  ROOT,
  sampleProgram,
  TemporaryFolder,
  test,
} from "../support.ts";

const MOD = toFileUrl(join(ROOT, "mod.ts")).href;
const programs = new Map<string, string>([["example", await sampleProgram()]]);
for (const { name } of Deno.readDirSync(join(ROOT, "tests/fixtures"))) {
  if (!name.endsWith(".mlir")) continue;
  programs.set(basename(name, ".mlir"), await program(name));
}
const types = await nativeModule("fixtures/types_module.cc");

/** A folder with the types of all programs, each in a separate file. */
function folderWithTypes(): TemporaryFolder {
  const folder = new TemporaryFolder();
  for (const [name, path] of programs) {
    const description = inspectProgram(path);
    const text = formatProgramTypes(description, { package: MOD });
    Deno.writeTextFileSync(folder.join(`${name}.ts`), text);
  }
  return folder;
}

function check(folder: TemporaryFolder, ...files: string[]): Promise<Output> {
  const flags = denoFlags();
  const paths = files.map((file) => folder.join(file));
  return execute(Deno.execPath(), ["check", ...flags, ...paths]);
}

const HEAD = `
import {
  asTensor, BufferView, type CallResult, type Computed, List, load,
  LoadedProgram, type NdArray, type Program, VmRef, type Tensor, type VmFunction,
} from ${JSON.stringify(MOD)};
import type { Functions as Arithmetic } from "./arithmetic.ts";
import type { Functions as Custom } from "./custom_import.ts";
import type { Functions as Declared } from "./declared_names.ts";
import type { Functions as Many } from "./many_types.ts";
import type { Functions as Mul } from "./mul.ts";
import type { Functions as Async } from "./mul_async.ts";
import type { Functions as Names } from "./names.ts";
import type { Functions as Signatures } from "./signatures.ts";
import type { Functions as Structures } from "./structures.ts";
declare const mul: Mul, arithmetic: Arithmetic, many: Many, names: Names;
declare const signatures: Signatures, custom: Custom;
declare const structures: Structures;
declare const mulProgram: Program<Mul>, manyProgram: Program<Many>;
declare const arithmeticProgram: Program<Arithmetic>;
declare const declaredProgram: Program<Declared>;
declare const signaturesProgram: Program<Signatures>;
declare const structuresProgram: Program<Structures>;
declare const namesProgram: Program<Names>, untyped: Program;
declare const view: BufferView;
declare const list: List;
declare const other: VmRef;
const f32 = new Float32Array(4);
const f64 = new Float64Array(4);
const i32 = new Int32Array(4);
const bytes = new Uint8Array(12);
`;

const RIGHT = `
const loaded = load<Mul>({ modules: ["mul.vmfb"] });
const product: Tensor<"f32", readonly [4]> = loaded.mul(f32, [1, 2, 3, 4]);
mul.mul(product, product);
mul.mul(asTensor(view, "f32", [4]), f32);
mul.mul({ elementType: "f32", shape: [4], data: f32 }, f32);
const plain: BufferView = product;
const known: "f32" = product.elementType;
const size: 4 = product.shape[0];
const elements: Float32Array = product.toTypedArray();
const nested: readonly number[] = product.toNestedArray();

const sum: number = arithmetic.add_i32(1, 2);
const long: bigint = arithmetic.add_i64(1n, 2);
const [a, b, c]: [number, bigint, number] =
  arithmetic.mixed(1, 2n, 3, 4, 5, 6n, 7, 8);
const nothing: undefined = arithmetic.nothing();

const [matrix, scalar] = signatures.dynamic(f32, 7, bytes);
signatures.dynamic(matrix, scalar, [[[true, false, true]], [[1, 0, 1]]]);
signatures.dynamic([[1, 2, 3, 4]], i32, new Uint8Array(6));
const rows: number = matrix.shape[0];
const columns: 4 = matrix.shape[1];
signatures.elements([[1, 0], [0, 1]], new Uint16Array(4), bytes, bytes);
signatures.scalars(1n, 2, 1, 0.5);
signatures['odd "name (with) -> all, of: it'](1);
signatures.objects(view, list, null);
signatures.objects(view, [1, 2n, view, null, list], null);
const chosen: number = signatures.choose(true) + signatures.choose(0);
names.plain();

many.list_size(many.list());
many.counter(1, 2)[0]?.dispose();
const doubled: Tensor<"f32", readonly [2, 3]> = many.doubled();
custom.echo(other);

const weights = { bias: [1, 2], scales: [0.5, [3, 4n]] } as const;
const [state, scale] = structures.layer(weights, f32);
const output: BufferView = state.output;
const counts: [{ count: bigint; step: number }, []] = state.rest;
structures.layer({ ...weights, bias: asTensor(output, "f32", [2]) }, [1, 2]);
const offset = { by: 1n, of: f32 };
const by: bigint = structures.named(1, { scale: 2.5, offset })[2].by;
const difference: number = structures.only_named({ a: 5, b: 3 });
const floats: number[] = structures.homogeneous([1, 2, 3]);
const views: BufferView[] = structures.any_list([[1, 2], f32]);
const halves: number = structures.inlined_tuple()[0];
structures.odd_names({ "__proto__": 1, toString: 2, "a.b c": 3, "": 4 });
const none: undefined = structures.nothing();

const called: Tensor<"f32", readonly [4]> =
  mulProgram.call("mul", f32, [1, 2, 3, 4]);
const later: Tensor<"f32", readonly [4]> =
  await mulProgram.callAsync("mul", called, f32);
const fn = mulProgram.lookupFunction("mul");
const computed: Float32Array = fn.compute(f32, called);
const computedLater: Float32Array = await fn.computeAsync(f32, f32);
const inTime: Float32Array = await fn.with({ shapes: false }).computeAsync(f32, f32);
const calledInTime: BufferView = await fn.with({}).callAsync(f32, f32);
const shaped: NdArray = fn.with({ shapes: true }).compute(f32, f32);
const named: NdArray = (await fn.run({ x: f32, y: f32 })).output0;
const scaled: Float32Array = (await declaredProgram.lookupFunction("scale")
  .with({ structures: false }).run({ x: f32, factors: f32 })).y.data;
const plainly: Float32Array = mulProgram.compute("mul", f32, f32);
const plainlyLater: Float32Array =
  await mulProgram.computeAsync("mul", f32, f32);
const submitted: Tensor<"f32", readonly [4]> = fn.submit(f32, f32).results;
fn.bind(called, f32).run();
const boundCalled: BufferView = fn.bind(called, f32).call();
fn.with({ into: [f32] }).compute(f32, called);
const plainFunctions: VmFunction[] = [fn, untyped.lookupFunction("any")];
const fork: Program<Mul> = mulProgram.fork();
const forked: Tensor<"f32", readonly [4]> = fork.mul(f32, f32);
const number: number = arithmeticProgram.call("add_i32", 1, 2);
const mixed: [number, bigint, number] =
  await arithmeticProgram.callAsync("mixed", 1, 2n, 3, 4, 5, 6n, 7, 8);
const empty: undefined = arithmeticProgram.call("nothing");
const triple: [number, bigint, number] = arithmeticProgram
  .lookupFunction("mixed").compute(1, 2n, 3, 4, 5, 6n, 7, 8);
const first: Float32Array =
  signaturesProgram.lookupFunction("dynamic").compute(f32, 7, bytes)[0];
manyProgram.call("list_size", manyProgram.call("list"));
const [{ output: sameOutput }] = structuresProgram.call("layer", weights, f32);
const sameView: BufferView = sameOutput;
structuresProgram.call("homogeneous", [1, 2, 3]);
const layers = structuresProgram.lookupFunction("layer");
const anything: CallResult = layers.with({ structures: false }).call(list, f32);
const plainProgram: LoadedProgram = mulProgram;
const seven: CallResult = (namesProgram as LoadedProgram).call("then");
const some: CallResult = untyped.call("any", 1, f32, [[1]], list);
const whatever: CallResult = await untyped.callAsync("any", null);
const arrays: Computed =
  await untyped.lookupFunction("any").computeAsync(1);
const other2: Program = untyped.fork();
`;

/** Statements that must not compile; \`«\` marks the position of the error. */
const WRONG = `
mul.mul(«f64, f32);
mul.mul(f32, «i32);
mul.mul([«1n, «2n], f32);
mul.«mul(f32);
mul.mul(f32, f32, «f32);
mul.mul(f32, «1);
mul.mul(f32, [«[1, 2, 3, 4]]);
mul.mul(«view, f32);
mul.mul(«many.doubled(), f32);
mul.mul(asTensor(view, "f32", [4]), «asTensor(view, "f32", [null]));
mul.mul(f32, «asTensor(view, "i32", [4]));
mul.mul(f32, «{ elementType: "f64", shape: [4], data: f64 });
mul.mul(f32, «null);
mul.«mull(f32, f32);
const «p: Tensor<"f32", readonly [5]> = mul.mul(f32, f32);
const «q: Tensor<"i32", readonly [4]> = mul.mul(f32, f32);
arithmetic.add_i32(«1n, 2);
arithmetic.add_i64(1n, «"2");
arithmetic.add_f32(1, «"2");
arithmetic.add_f64(1, «2n);
arithmetic.nothing(«1);
arithmetic.mixed(«1n, 2n, 3, 4, 5, 6n, 7, 8);
const «r: number = arithmetic.add_i64(1n, 2n);
const «bytes2: Int32Array = mul.mul(f32, f32).toTypedArray();
const «nested: number = mul.mul(f32, f32).toNestedArray();
const «s: number = arithmetic.nothing();
const [t, u, v, «w] = arithmetic.mixed(1, 2n, 3, 4, 5, 6n, 7, 8);
signatures.dynamic(f32, «7n, bytes);
signatures.dynamic([«1, «2], 7, bytes);
signatures.dynamic(f32, «[7], bytes);
signatures.dynamic(f32, 7, «f32);
signatures.elements(«f64, new Uint16Array(4), bytes, bytes);
signatures.elements(f32, «f32, bytes, bytes);
signatures.elements(f32, new Uint16Array(4), bytes, [«1, «2]);
signatures.scalars(1, «2n, 1, 0.5);
signatures.objects(«list, list, null);
signatures.objects(view, «7, null);
signatures.objects(view, [«"text"], null);
signatures.choose(«"yes");
signatures.choose(«1n);
signatures.add_i8(«true, 1);
many.list_size(«view);
many.list_size(«7);
custom.echo(«list);
names.«then();
structures.layer(«{ bias: [1, 2] }, f32);
structures.layer({ bias: [1, 2], scales: [0.5, [«3n, 4]] }, f32);
structures.layer({ «bias: f64, scales: [0.5, [3, 4n]] }, f32);
structures.layer({ bias: f32, scales: [0.5, [3, 4n]], «more: 1 }, f32);
structures.layer({ bias: f32, scales: [0.5, «[3]] }, f32);
structures.named(1, «2.5);
structures.«only_named();
structures.takes_half(«1.5);
structures.«no_json(1);
mulProgram.call(«"mull", f32, f32);
mulProgram.callAsync(«"mull", f32, f32);
mulProgram.lookupFunction(«"mull");
mulProgram.call("mul", «f64, f32);
mulProgram.«call("mul", f32);
await mulProgram.callAsync("mul", f32, «i32);
const «late: number = await mulProgram.callAsync("mul", f32, f32);
const «c32: Int32Array = mulProgram.lookupFunction("mul").compute(f32, f32);
const «a32: Int32Array =
  await mulProgram.lookupFunction("mul").computeAsync(f32, f32);
mulProgram.lookupFunction("mul").with({}).compute(f32, «i32);
mulProgram.lookupFunction("mul").with({ «patience: 1 });
mulProgram.compute("mul", «f64, f32);
structuresProgram.call("layer", «{ bias: [1, 2] }, f32);
mulProgram.fork().mul(«f64, f32);
mulProgram.fork().call(«"mull", f32, f32);
arithmeticProgram.call("add_i64", 1n, «"2");
namesProgram.call(«"then");
declaredProgram.lookupFunction("scale").with({}).run({ x: f32, «factor: f32 });
structuresProgram.lookupFunction(«"no_json");
`;

test("A correct program over generated types compiles", async () => {
  using folder = folderWithTypes();
  await Deno.writeTextFile(folder.join("right.ts"), HEAD + RIGHT);
  const files = [...programs.keys()].map((name) => `${name}.ts`);
  const { code, stderr } = await check(folder, "right.ts", ...files);
  assertEquals(code, 0, stderr);
});

test("An incorrect program over generated types fails to compile at the fault", async () => {
  using folder = folderWithTypes();
  const wanted = (HEAD + WRONG).split("\n").flatMap((line, index) =>
    Array.from(line.matchAll(/«/g)).map(({ index: column }, before) =>
      `${index + 1}:${column + 1 - before}`
    )
  );
  assert(wanted.length > 35);
  const text = (HEAD + WRONG).replaceAll("«", "");
  await Deno.writeTextFile(folder.join("wrong.ts"), text);
  const { code, stderr } = await check(folder, "wrong.ts");
  assertEquals(code, 1);
  const found = Array.from(
    stderr.matchAll(/wrong\.ts:(\d+:\d+)$/gm),
    ([, place]) => place,
  );
  assertEquals(found, wanted, stderr);
});

test("A program runs with its generated types", async () => {
  using folder = folderWithTypes();
  const script = `${HEAD}
    using a = load<Arithmetic>({ modules: [Deno.args[0]] });
    console.log(a.add_i32(1, 2), a.add_i64(2n ** 40n, 1n), a.add_f64(1.5, 2));
    console.log(a.mixed(1, 2n, 3, 4, 5, 6n, 7, 8), a.nothing());
    using m = load<Many>({ modules: [Deno.args[1], Deno.args[2]] });
    using l = m.list();
    using t = m.doubled();
    using u = asTensor(t, "f32", [2, null]);
    console.log(m.list_size(l), u.elementType, u.shape);
    using p = load<Mul>({ modules: [Deno.args[3]], device: "local-sync" });
    using once = p.mul(f32.fill(2), [1, 2, 3, 4]);
    using twice = p.mul(once, { elementType: "f32", shape: [4], data: f32 });
    console.log(twice.toTypedArray().join(), twice.toNestedArray()[3]);
    using w = load<Async>({ modules: [Deno.args[4]], device: "local-sync" });
    using later = w.mul(f32, f32);
    console.log(later.toTypedArray().join());
  `.replaceAll(/^declare .*\n/gm, "");
  await Deno.writeTextFile(folder.join("run.ts"), script);
  const modules = ["arithmetic", "many_types", "mul", "mul_async"]
    .map((it) => programs.get(it) ?? "");
  const args = modules.toSpliced(1, 0, types);
  const { code, stdout, stderr } = await execute(Deno.execPath(), [
    "run",
    "-A",
    "--check",
    ...denoFlags(),
    folder.join("run.ts"),
    ...args,
  ]);
  assertEquals([code, stderr.replaceAll(/^Check .*\n/gm, "")], [0, ""]);
  assertEquals(
    stdout,
    `3 1099511627777n 3.5\n[ 6, 8n, 22 ] undefined\n7 f32 [ 2, 3 ]\n4,8,12,16 16\n4,4,4,4\n`,
  );
});

test("asTensor rejects a tensor of another type or shape", async () => {
  using folder = folderWithTypes();
  const script = `${HEAD}
    using m = load<Many>({ modules: Deno.args });
    for (const shape of [[2, 4], [2], [2, 3, 1]]) {
      try { asTensor(m.doubled(), "f32", shape); } catch (error) {
        console.log(error.message);
      }
    }
    try { asTensor(m.doubled(), "f64", [null, 3]); } catch (error) {
      console.log(error.message);
    }`.replaceAll(/^declare .*\n/gm, "");
  await Deno.writeTextFile(folder.join("run.ts"), script);
  const args = [types, programs.get("many_types") ?? ""];
  const flags = ["run", "-A", "--no-check", ...denoFlags()];
  const { stdout } = await execute(Deno.execPath(), [
    ...flags,
    folder.join("run.ts"),
    ...args,
  ]);
  const wanted = ["2x4xf32", "2xf32", "2x3x1xf32", "?x3xf64"];
  assertEquals(
    stdout,
    wanted.map((it) =>
      `INVALID_ARGUMENT: view must be of type ${it}, got 2x3xf32\n`
    ).join(""),
  );
});

test("Generated types include functions callable by name and describe the others", () => {
  const path = programs.get("names") ?? "";
  const text = formatProgramTypes(inspectProgram(path));
  using loaded = load({ modules: [path] });
  for (const name of loaded.functionNames) {
    const offered = Object.hasOwn(loaded, name) &&
      !["context", "mainModule"].includes(name);
    assertEquals(text.includes(`\n  ${name}(`), offered, name);
    assertEquals(text.includes(`\n * - "${name}"`), !offered, name);
    assertEquals(loaded.call(name), 7);
  }
  assert(loaded instanceof LoadedProgram);
});

type Export = [name: string, callingConvention: string, model?: string];

/** A program that compilers do not easily produce. */
function described(...exports: Export[]): ProgramDescription {
  return {
    ...inspectProgram(programs.get("single") ?? ""),
    name: "odd */ name\n",
    exports: exports.map(([name, callingConvention, model = ""]) => {
      const declaration = `${model} func @${name}(%in0: tensor<2xf32>) -> ()`;
      const attributes: Record<string, string> = model === "async"
        ? { "iree.abi.model": "coarse-fences" }
        : {};
      const signature = model === ""
        ? undefined
        : parseSignature(declaration, name);
      return {
        name,
        callingConvention,
        optional: false,
        attributes,
        signature,
        asyncForm: undefined,
      };
    }),
  };
}

test("Generated types fall back to the calling convention", async () => {
  const text = formatProgramTypes(
    described(
      ["f", "0iIfFr_rI"],
      ["g", ""],
      ["new", "0i_i"],
      ["delete", "0i_i"],
      ["waiting", "0rrr_v", "async"],
      ["changed", "0rr_v", "sync"],
      ["a*/b\n\u2028", "0v_v"],
    ),
    { package: MOD },
  );
  for (
    const part of [
      "argument0: number,\n    argument1: bigint | number,\n    argument2: number,",
      "argument4: NdArray | VmObject | null,",
      "[\n    VmObject | null,\n    bigint,\n  ];",
      "g(): undefined;",
      '\n  "new"(\n    argument0: number,\n  ): number;',
      'waiting(\n    in0: TensorInput<"f32", readonly [2]>,\n  ): undefined',
      "changed(\n    argument0: NdArray | VmObject | null,",
      '"a*/b\\n',
      'Functions of the program "odd *\\/ name\\n"',
    ]
  ) {
    assertStringIncludes(text, part);
  }
  using folder = new TemporaryFolder();
  await Deno.writeTextFile(folder.join("odd.ts"), text);
  const { code, stderr } = await check(folder, "odd.ts");
  assertEquals(code, 0, stderr);
});
