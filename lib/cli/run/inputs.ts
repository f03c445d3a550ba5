import {
  type BufferView,
  type Device,
  type Instance,
  IreeError,
  type Value,
  type ValueType,
} from "../../../mod.ts";
import {
  parseScalar,
  parseTensor,
  type ScalarTextType,
  storageOf,
} from "../../tooling/mod.ts";
import { InputFiles } from "./input_files.ts";

/** The type of an argument or result; scalars may be passed as i32. */
export type InputType = ValueType | "f16" | "bf16";

/** The values to parse inputs for. */
export interface InputTarget {
  /** The values' types, in order. */
  readonly types: readonly InputType[];
  /** The device for tensors; an instance means host memory. */
  readonly memory: Device | Instance;
  /** The function's name, for messages. */
  readonly name: string;
  /** The function's declaration, for messages. */
  readonly declaration: string | undefined;
  /** The role of a value, for messages. */
  readonly role: "input" | "expected output";
}

/**
 * Parses values of `--input`.
 *
 * @param specs The texts.
 * @param target The values' types and destination.
 * @param stack Owns the objects among them.
 * @returns The values; a text can yield several, and there can be fewer values
 * than types.
 */
export function parseInputs(
  specs: readonly string[],
  target: InputTarget,
  stack: DisposableStack,
): Value[] {
  return parseExpected(specs, target, stack).map((value, ordinal) =>
    value === undefined ? zeroOf(target.types[ordinal] ?? "ref") : value
  );
}

/**
 * Parses values of `--expected_output`; `undefined` stands for an ignored
 * value.
 *
 * @param specs The texts.
 * @param target The values' types and destination.
 * @param stack Owns the objects among them.
 */
export function parseExpected(
  specs: readonly string[],
  target: InputTarget,
  stack: DisposableStack,
): (Value | undefined)[] {
  using files = new InputFiles(target.memory);
  const reader = new InputReader(target, specs.length, files, stack);
  for (const spec of specs) {
    try {
      reader.read(spec.trim());
    } catch (error) {
      if (!(error instanceof IreeError) || error instanceof WrongCount) {
        throw error;
      }
      // Adds the text unless the message has it.
      const text = error.detail.includes(`\`${spec}\``) ? "" : ` \`${spec}\``;
      throw inContext(
        error,
        `parsing ${target.role} ${reader.values.length}${text}`,
      );
    }
  }
  try {
    files.checkEnds();
  } catch (error) {
    if (!(error instanceof IreeError)) throw error;
    throw inContext(error, `reading ${target.role}s from files`);
  }
  return reader.values;
}

function inContext(error: IreeError, context: string): IreeError {
  const { hint, cause, status } = error;
  const detail = `${error.detail}; ${context}`;
  return new IreeError(error.code, detail, { hint, cause, status });
}

/** The number of values does not match the function. */
class WrongCount extends IreeError {
  /**
   * @param target The function's values.
   * @param count The number of values given.
   */
  constructor({ types, name, role, declaration }: InputTarget, count: number) {
    const s = types.length === 1 ? "" : "s";
    const amount = types.length === 0 ? "no" : types.length;
    super(
      "INVALID_ARGUMENT",
      role === "input"
        ? `'${name}' takes ${amount} input${s}, got ${count}`
        : `'${name}' returns ${amount} result${s}, got ${count} expected outputs`,
      { hint: declaration && `it is declared as \`${declaration}\`` },
    );
  }
}

/**
 * Throws if there are fewer values than the function accepts.
 *
 * @param target The function's values.
 * @param count The number of values given.
 */
export function demandCount(target: InputTarget, count: number): void {
  if (count < target.types.length) throw new WrongCount(target, count);
}

/** Whether a text is a file name with an extension, which values never are. */
function isFileName(spec: string): boolean {
  return /^[^@+*&=]*\.[a-z]\w*$/i.test(spec) && Number.isNaN(Number(spec));
}

function fileWithoutSign(spec: string): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `\`${spec}\` is the name of a file, not a value`,
    {
      hint: spec.endsWith(".npy")
        ? `for a file, write @${spec}`
        : `for a file's bytes, put the type first: 4xf32=@${spec}`,
    },
  );
}

class InputReader {
  readonly values: (Value | undefined)[] = [];
  readonly #target: InputTarget;
  readonly #specCount: number;
  readonly #stack: DisposableStack;
  readonly #files: InputFiles;

  constructor(
    target: InputTarget,
    specCount: number,
    files: InputFiles,
    stack: DisposableStack,
  ) {
    this.#target = target;
    this.#specCount = specCount;
    this.#files = files;
    this.#stack = stack;
  }

  read(spec: string): void {
    if (spec === "") {
      throw new IreeError(
        "INVALID_ARGUMENT",
        `no value specified for ${this.#target.role}`,
      );
    }
    if (isFileName(spec)) throw fileWithoutSign(spec);
    if (/^[@+*]/.test(spec)) {
      this.#readNpyFile(spec);
    } else if (spec === "(null)") {
      this.values.push(zeroOf(this.#nextType()));
    } else if (spec === "(ignored)") {
      this.#nextType();
      this.values.push(undefined);
    } else if (spec.startsWith("&")) {
      this.#needReference();
      using tensor = this.#parseTensor(spec.slice(1));
      this.values.push(this.#stack.use(storageOf(tensor)));
    } else {
      this.#readValue(spec);
    }
  }

  #readValue(spec: string): void {
    const type = this.#nextType();
    if (type !== "ref") {
      this.values.push(parseScalar(spec, type));
      return;
    }
    if (!/[=x]/.test(spec)) {
      throw new IreeError(
        "INVALID_ARGUMENT",
        "invalid tensor specification, requires at least a shape/type " +
          "(`4x2xf32=...`)",
      );
    }
    this.values.push(this.#stack.use(this.#parseTensor(spec)));
  }

  #parseTensor(spec: string): BufferView {
    const [, type = "", path] = /^([^=]*)=([@+].*)$/s.exec(spec) ?? [];
    if (path === undefined) return parseTensor(this.#target.memory, spec);
    return this.#files.readTensor(type, path.slice(1), path.startsWith("+"));
  }

  #readNpyFile(spec: string): void {
    const path = spec.slice(1);
    if (!path.endsWith(".npy")) {
      throw new IreeError(
        "UNIMPLEMENTED",
        "only numpy (.npy) files are supported for metadata-less variant I/O",
        { hint: "to read any file's bytes as a tensor: 4xf32=@file.bin" },
      );
    }
    if (!spec.startsWith("*")) {
      this.#readArray(path, spec.startsWith("+"));
    } else {
      while (!this.#files.isEnded(path)) this.#readArray(path, true);
    }
  }

  #readArray(path: string, isAppend: boolean): void {
    this.#needReference();
    this.values.push(this.#stack.use(this.#files.readArray(path, isAppend)));
  }

  #nextType(): InputType {
    const { types } = this.#target;
    const type = types[this.values.length];
    if (type !== undefined) return type;
    const count = Math.max(this.#specCount, types.length + 1);
    throw new WrongCount(this.#target, count);
  }

  #needReference(): void {
    const type = this.#nextType();
    if (type === "ref") return;
    throw new IreeError(
      "INVALID_ARGUMENT",
      `function signature mismatch: a tensor for an argument of type ${type}`,
    );
  }
}

function zeroOf(type: InputType): Value {
  return type === "ref" ? null : type === "i64" ? 0n : 0;
}

/**
 * Combines types by calling convention with declared ones: a program may pass a
 * declared floating-point number as i32.
 *
 * @param types Types by the calling convention.
 * @param declared The declared values.
 */
export function valueTypes(
  types: readonly ValueType[],
  declared: readonly { readonly kind: string; readonly type?: string }[] = [],
): InputType[] {
  return types.map((type, ordinal) => {
    const value = declared[ordinal];
    const declaredType = value?.kind === "scalar" ? value.type : undefined;
    return declaredType === "f16" || declaredType === "bf16"
      ? declaredType satisfies ScalarTextType
      : type;
  });
}
