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

/** Type of an argument or result: of scalars also those passed as i32. */
export type InputType = ValueType | "f16" | "bf16";

/** Where inputs go to. */
export interface InputTarget {
  /** Types of the values, in order. */
  readonly types: readonly InputType[];
  /** The device that tensors lie on; an instance for memory of the host. */
  readonly memory: Device | Instance;
  /** What the values belong to, for messages. */
  readonly name: string;
  /** The function as its author declared it, for messages. */
  readonly declaration: string | undefined;
  /** What a value is, for messages. */
  readonly role: "input" | "expected output";
}

/**
 * Reads values as `--input` gives them.
 *
 * @param specs The texts.
 * @param target Their types and where they go to.
 * @param stack Holds the objects among them.
 * @returns The values; one text can give several, and there can be fewer than
 * types.
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
 * Reads values as `--expected_output` gives them: `undefined` is a value that
 * is ignored.
 *
 * @param specs The texts.
 * @param target Their types and where they go to.
 * @param stack Holds the objects among them.
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
      // The text is told unless the message has it.
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

/** Other values than a function takes or returns. */
class WrongCount extends IreeError {
  /**
   * @param target The function's values.
   * @param count How many were given.
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
 * Refuses fewer values than a function takes.
 *
 * @param target The function's values.
 * @param count How many were given.
 */
export function demandCount(target: InputTarget, count: number): void {
  if (count < target.types.length) throw new WrongCount(target, count);
}

/** Whether a text is a name with an extension, which no value is. */
function isFileName(spec: string): boolean {
  return /^[^@+*&=]*\.[a-z]\w*$/i.test(spec) && Number.isNaN(Number(spec));
}

function fileWithoutSign(spec: string): IreeError {
  return new IreeError(
    "INVALID_ARGUMENT",
    `\`${spec}\` is the name of a file, not a value`,
    {
      hint: spec.endsWith(".npy")
        ? `for a file write @${spec}`
        : `for the bytes of a file write its type before it: 4xf32=@${spec}`,
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
        { hint: "the bytes of any file make a tensor: 4xf32=@file.bin" },
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
 * Types of values as text: what a program passes as i32 though its author
 * declared it floating point is read and printed as what it is.
 *
 * @param types Types by the calling convention.
 * @param declared What the author declared.
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
