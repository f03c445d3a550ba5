/**
 * Cases with texts and parameters: module URIs, flags, calling conventions,
 * parameters of native modules.
 *
 * @module
 */

import {
  FLAGFILE_HELP,
  type FlagTable,
  parseFlags,
} from "../../lib/cli/common/flags.ts";
import { parseCallingConvention } from "../../lib/signature/calling_convention.ts";
import { parseScalar } from "../../lib/tensor/scalar_text.ts";
import {
  checkTensorText,
  splitTensorText,
} from "../../lib/tensor/tensor_text.ts";
import { parseTensor } from "../../lib/tooling/tensors.ts";
import { parseModuleUri } from "../../lib/vm/module_uri.ts";
import {
  DynamicModule,
  Instance,
  load,
  type ModuleParameters,
  type VmBuffer,
} from "../../mod.ts";
import type { Fixtures } from "./fixtures.ts";
import type { Kind } from "./kinds.ts";
import type { Random } from "./random.ts";

/** Thrown by a caller's code that runs within the package's. */
export class CallerError extends Error {}

const ELEMENT_TYPES = ["i1", "i8", "ui64", "f16", "f8E4M3FN", "cf64", "i24"];

/** Texts that some parser understands, and some that none does. */
const PIECES: readonly string[] = [
  ..."@?&=-_/.:%\\ '\"\0\n~*[]{}0iIfFrCvD",
  ".so",
  ".so.1.2",
  ".dll",
  ".vmfb",
  "--",
  "..",
  "true",
  "key=value",
  "é",
  "\u{1f600}",
  "\ud800",
  "__proto__",
  "constructor",
  "99999999999999999999",
  "0x1.8p3",
  "-1",
  "nan",
];

const FLAGS: FlagTable = {
  module: { kind: "list", value: "M", help: [] },
  function: { kind: "text", value: "F", help: [] },
  mode: { kind: "choice", choices: ["preload", "mmap"], help: [] },
  verbose: { kind: "boolean", help: [] },
  flagfile: FLAGFILE_HELP,
};

/**
 * Runs a case of one of the text kinds.
 *
 * @param kind The kind.
 * @param random Decides the inputs.
 * @param fixtures Native modules and programs.
 */
export function runText(
  kind: Exclude<Kind, "program" | "arguments">,
  random: Random,
  fixtures: Fixtures,
): void {
  switch (kind) {
    case "uri":
      return runUri(random, fixtures);
    case "flags":
      return runFlags(random, fixtures);
    case "signature":
      return runSignature(random);
    case "parameters":
      return runParameters(random, fixtures);
  }
}

function text(random: Random, most = 8): string {
  const count = random.once(50) ? 20_000 : random.below(most + 1);
  return random.times(count, () => random.pick(PIECES)).join("");
}

function runUri(random: Random, fixtures: Fixtures): void {
  const start = random.pick([
    "",
    fixtures.types,
    fixtures.parameters,
    random.pick(fixtures.programs),
    fixtures.types.slice(0, fixtures.types.lastIndexOf("/")),
    "/dev/null",
    "/dev/zero",
    "file:///nowhere.vmfb",
  ]);
  const uri = `${start}${text(random, 4)}`;
  const parsed = parseModuleUri(uri, () => random.once(3));
  if (!uri.startsWith(parsed.path)) throw new Error(`not a part: ${uri}`);
  load({
    modules: [uri],
    device: "local-sync",
    moduleMode: random.pick(["preload", "mmap"]),
  }).dispose();
}

function runFlags(random: Random, fixtures: Fixtures): void {
  const names = [...Object.keys(FLAGS), text(random, 3)];
  const values = [
    text(random),
    random.pick(fixtures.programs),
    "/dev/null",
    "mmap",
    "false",
  ];
  const args = random.times(random.between(1, 4), () => {
    const name = random.pick(names);
    return random.pick([
      `--${name}=${random.pick(values)}`,
      `--${name.replaceAll("_", "-")}`,
      text(random),
    ]);
  });
  const type = random.pick(["i32", "i64", "f32", "f64"] as const);
  const value = orNothing(() => parseScalar(text(random, 3), type));
  if (value !== undefined && typeof value !== "bigint" && type === "i64") {
    throw new Error("an i64 must be a bigint");
  }
  runTensorText(random);
  parseFlags(FLAGS, args);
}

// A shape of any size is only inspected, because that much memory may exist.
function runTensorText(random: Random): void {
  const shape = random.pick(["", "2x", "0x3x", "2x2x", text(random, 2)]);
  const type = random.pick(ELEMENT_TYPES);
  const words = random.pick(["1 2 3 4", "[[0 1][2 3]]", text(random, 6)]);
  const tensor = `${shape}${type}=${words}`;
  orNothing(() => checkTensorText(splitTensorText(tensor)));
  if (!/^(?:\dx)*[a-z]/.test(tensor)) return;
  using instance = Instance.open();
  orNothing(() => parseTensor(instance, tensor))?.dispose();
}

/** The result of `read`; undefined if it throws an IreeError. */
function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && error.name === "IreeError") return undefined;
    throw error;
  }
}

function runSignature(random: Random): void {
  const letters = random.pick(["0iIfFr_", "0iIfFrvCD_.", "iIfFr", "\0_0é"]);
  const count = random.once(20) ? 50_000 : random.below(12);
  const body = random.times(count, () => random.pick([...letters])).join("");
  const convention = parseCallingConvention(
    random.once(2) ? `0${body}` : body,
  );
  for (const side of [convention.arguments, convention.results]) {
    const end = side.slots.at(-1)?.offset ?? -1;
    if (end >= side.byteLength || side.byteLength % 8 !== 0) {
      throw new Error(`wrong layout of ${body}`);
    }
  }
}

function runParameters(random: Random, fixtures: Fixtures): void {
  using instance = Instance.open();
  const parameters = makeParameters(random);
  using module = DynamicModule.load(instance, fixtures.parameters, {
    parameters,
  });
  using program = load({ modules: [module] });
  const count = program.call("count") as number;
  for (let ordinal = 0; ordinal < Math.min(count, 8); ordinal++) {
    for (const name of ["key", "value"]) {
      using buffer = program.call(name, ordinal) as VmBuffer;
      buffer.toText();
    }
  }
  if (Array.isArray(parameters) && count !== parameters.length) {
    throw new Error(`${count} parameters of ${parameters.length}`);
  }
}

/** Parameters that only a caller without a type checker would pass. */
function makeParameters(random: Random): ModuleParameters {
  const pair = (): unknown[] => [text(random), text(random)];
  const oddPair = (): unknown =>
    random.pick<() => unknown>([
      () => [text(random), random.pick([1, null, undefined, {}, [], 1n])],
      () => [Symbol("key"), ""],
      () => [text(random)],
      () => [text(random), "", ""],
      () => text(random),
      () => null,
      () => new Map([["key", "value"]]),
      pair,
    ])();
  const made = random.pick<() => unknown>([
    () => random.times(random.below(5), pair),
    () => random.times(random.below(5), pair),
    () => random.times(random.between(1, 4), oddPair),
    () => random.times(random.once(10) ? 50_000 : 100, () => ["k", "v"]),
    () => Object.fromEntries(random.times(3, () => [text(random, 2), "v"])),
    () => ({ key: random.pick([1, null, undefined, {}, Symbol("v")]) }),
    () => new Map([[text(random), text(random)]]),
    () => new Set([text(random)]),
    () => [["key", "x".repeat(random.pick([1, 4096, 10_000_000]))]],
    () => text(random),
    () => random.pick([null, 1, 1n, true, Symbol("p"), () => "p"]),
    cyclic,
    throwing,
    () => ({
      get key(): string {
        throw new CallerError("from a getter");
      },
    }),
  ])();
  return made as ModuleParameters;
}

function cyclic(): unknown[] {
  const list: unknown[] = [];
  list.push([list, list], list);
  return list;
}

function* throwing(): Generator<[string, string]> {
  yield ["key", "value"];
  throw new CallerError("from an iterator");
}
