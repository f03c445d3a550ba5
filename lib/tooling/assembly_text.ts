import { IreeError } from "../base/error.ts";

/** A function that a program imports. */
export interface AssembledImport {
  /** Its full name, such as `hal.fence.create`. */
  readonly name: string;
  /** Its calling convention. */
  readonly callingConvention: string;
  /** Whether it can be missing. */
  readonly optional: boolean;
}

/** A function of a program. */
export interface AssembledFunction {
  /** The name of its first export, its own name, or `fn` and its ordinal. */
  readonly name: string;
  /** Names under which it is exported. */
  readonly exports: readonly string[];
  /** Its calling convention. */
  readonly callingConvention: string;
}

/** A program besides its code. */
export interface AssembledProgram {
  /** The module's name. */
  readonly name: string;
  /** The module's version. */
  readonly version: number;
  /** Names of the types that it uses. */
  readonly types: readonly string[];
  /** Functions that it imports. */
  readonly imports: readonly AssembledImport[];
  /** Its constants and executables. */
  readonly rodata: readonly Uint8Array<ArrayBuffer>[];
  /** Its functions. */
  readonly functions: readonly AssembledFunction[];
}

/**
 * Formats what comes before a program's functions.
 *
 * @param program The program.
 */
export function formatModule(program: AssembledProgram): string {
  const { name, version, types, imports, rodata } = program;
  const directives = [
    ...types.map((type) => `vm.type ${type}\n`),
    ...imports.map(({ name, callingConvention, optional }) =>
      `vm.import ${optional ? "optional " : ""}@${name} cconv ` +
      `"${callingConvention}"\n`
    ),
    ...rodata.map((bytes, index) =>
      `vm.rodata[${index}] = ${bytes.toHex().toUpperCase()}\n`
    ),
  ];
  const end = directives.length > 0 ? "\n" : "";
  return `vm.module @${name} version ${version}\n${directives.join("")}${end}`;
}

/**
 * Appends a function to a program's text.
 *
 * @param text The text so far.
 * @param it The function and its code.
 */
export function formatFunction(
  text: string,
  it: AssembledFunction & { readonly code: string },
): string {
  const gap = text.endsWith("\n\n") ? "" : "\n";
  const exports = it.exports.map((name) =>
    `vm.export @${name}${name === it.name ? "" : ` = @${it.name}`}\n`
  );
  return `${text}${gap}${exports.join("")}vm.func @${it.name}` +
    `${formatSignature(it.callingConvention)} {\n${it.code}}\n`;
}

/** Types of values in calling conventions, and how many registers they take. */
const TYPES: Readonly<Record<string, readonly [name: string, size: number]>> = {
  i: ["i32", 1],
  f: ["f32", 1],
  I: ["i64", 2],
  F: ["f64", 2],
  r: ["!vm.ref<?>", 0],
};

function formatSignature(convention: string): string {
  const [inputs = "", outputs = ""] = fragmentsOf(convention);
  let number = 0;
  let reference = 0;
  const parameters = typesOf(inputs).map(([name, size]) => {
    if (size === 0) return `%r${reference++}: ${name}`;
    const register = number;
    number += size;
    return size === 1
      ? `%i${register}: ${name}`
      : `%i${register}:${register + 1}: ${name}`;
  });
  const results = typesOf(outputs).map(([name]) => name);
  return `(${parameters.join(", ")}) -> (${results.join(", ")})`;
}

function fragmentsOf(convention: string): string[] {
  if (convention === "") return [];
  if (!convention.startsWith("0")) {
    throw new IreeError(
      "UNIMPLEMENTED",
      `unsupported cconv version ${convention[0]}`,
    );
  }
  return convention.slice(1).split("_");
}

function typesOf(fragment: string): (readonly [name: string, size: number])[] {
  return [...fragment].filter((it) => it !== "v").map((it) => {
    const type = Object.hasOwn(TYPES, it) ? TYPES[it] : undefined;
    if (type !== undefined) return type;
    throw new IreeError("UNIMPLEMENTED", `unsupported cconv type '${it}'`);
  });
}
