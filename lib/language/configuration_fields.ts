import { describeNumber, quoteValue } from "../base/message_values.ts";
import { IreeError } from "../base/error.ts";

/** Reads named values of a model's configuration, with checks. */
export class Fields {
  readonly #path: string;
  readonly #find: (name: string) => unknown;

  /**
   * @param path The file, for messages.
   * @param find Finds a value by name.
   */
  constructor(path: string, find: (name: string) => unknown) {
    this.#path = path;
    this.#find = find;
  }

  /** Whether a value is there. */
  has(name: string): boolean {
    return this.#read(name) !== undefined;
  }

  /** A value of any type. */
  any(name: string): unknown {
    return this.#read(name);
  }

  /** A positive integer. */
  count(name: string, otherwise?: number): number {
    return this.#value(
      name,
      "a positive integer",
      otherwise,
      (value) => Number.isSafeInteger(value) && value > 0,
    );
  }

  /** A finite number. */
  number(name: string, otherwise?: number): number {
    return this.#value(name, "a number", otherwise, Number.isFinite);
  }

  /** A text. */
  text(name: string, otherwise?: string): string {
    const value = this.#read(name) ?? otherwise;
    if (typeof value === "string") return value;
    throw this.refuse(name, "a text", value);
  }

  /** A boolean. */
  flag(name: string, otherwise: boolean): boolean {
    const value = this.#read(name) ?? otherwise;
    if (typeof value === "boolean") return value;
    throw this.refuse(name, "a boolean", value);
  }

  /** The values below a name that is an object. */
  inner(name: string): Fields | undefined {
    const value = this.#read(name);
    if (value === undefined) return undefined;
    if (typeof value !== "object" || Array.isArray(value)) {
      throw this.refuse(name, "an object", value);
    }
    const table = value as Record<string, unknown>;
    return new Fields(
      this.#path,
      (key) => Object.hasOwn(table, key) ? table[key] : undefined,
    );
  }

  /** Creates the error for a value that is wrong. */
  refuse(name: string, expected: string, value: unknown): IreeError {
    return new IreeError(
      "INVALID_ARGUMENT",
      `'${this.#path}': ${name} must be ${expected}, got ${
        value === undefined ? "nothing" : shown(value)
      }`,
    );
  }

  /** Creates the error for a value that is not supported. */
  unsupported(name: string, value: unknown, supported: string): IreeError {
    return new IreeError(
      "UNIMPLEMENTED",
      `'${this.#path}': ${name} ${shown(value)} is not supported; ` +
        `${supported}`,
    );
  }

  #value(
    name: string,
    expected: string,
    otherwise: number | undefined,
    isRight: (value: number) => boolean,
  ): number {
    const given = this.#read(name) ?? otherwise;
    const value = typeof given === "bigint" ? Number(given) : given;
    if (typeof value === "number" && isRight(value)) return value;
    throw this.refuse(name, expected, value);
  }

  #read(name: string): unknown {
    return this.#find(name) ?? undefined;
  }
}

// Texts in quotes, numbers as they are.
function shown(value: unknown): string {
  return typeof value === "string" ? quoteValue(value) : describeNumber(value);
}
