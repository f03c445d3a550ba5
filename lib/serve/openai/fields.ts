import { checkJsonSize } from "../json_size.ts";
import { RequestError } from "../http_errors.ts";

/** A request that OpenAI's API would reject, with the name of what is wrong. */
export class OpenAiError extends RequestError {
  /** What is wrong, if it has a name. */
  readonly param: string | null;
  /** OpenAI's code, if it has one. */
  readonly openAiCode: string | null;

  /**
   * @param status Status of the response.
   * @param detail What is wrong.
   * @param param Its name.
   * @param code OpenAI's code.
   */
  constructor(
    status: number,
    detail: string,
    param: string | null = null,
    code: string | null = null,
  ) {
    super(status === 404 ? "NOT_FOUND" : "INVALID_ARGUMENT", status, detail);
    this.param = param;
    this.openAiCode = code;
  }
}

/** Reads the fields of a request's body; every field must be read. */
export class BodyFields {
  readonly #body: Readonly<Record<string, unknown>>;
  readonly #known = new Set<string>();

  /** @param bytes The body. */
  constructor(bytes: Uint8Array) {
    checkJsonSize(bytes);
    let value: unknown;
    try {
      value = JSON.parse(
        new TextDecoder("utf-8", { fatal: true }).decode(bytes),
      );
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new OpenAiError(400, `the body must be JSON: ${reason}`);
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new OpenAiError(400, "the body must be a JSON object");
    }
    this.#body = value as Readonly<Record<string, unknown>>;
  }

  /** A field's value; undefined for null. */
  any(name: string): unknown {
    this.#known.add(name);
    return Object.hasOwn(this.#body, name)
      ? this.#body[name] ?? undefined
      : undefined;
  }

  /** A text that must be there. */
  text(name: string): string {
    const value = this.any(name);
    if (typeof value === "string") return value;
    throw wrong(name, "a string", value);
  }

  /** A number in a range. */
  number(name: string, low: number, high: number): number | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    if (typeof value === "number" && value >= low && value <= high) {
      return value;
    }
    throw wrong(name, `a number from ${low} to ${high}`, value);
  }

  /** An integer in a range. */
  integer(name: string, low: number, high: number): number | undefined {
    const value = this.number(name, low, high);
    if (value === undefined || Number.isSafeInteger(value)) return value;
    throw wrong(name, "an integer", value);
  }

  /** A boolean. */
  flag(name: string): boolean {
    const value = this.any(name);
    if (value === undefined || typeof value === "boolean") {
      return value ?? false;
    }
    throw wrong(name, "a boolean", value);
  }

  /** A text or several. */
  texts(name: string): string[] | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    const texts = Array.isArray(value) ? value : [value];
    if (texts.every((text) => typeof text === "string")) return texts;
    throw wrong(name, "a string or an array of strings", value);
  }

  /** Ignores fields that do not change an answer. */
  ignore(...names: string[]): void {
    for (const name of names) this.#known.add(name);
  }

  /** Rejects a field unless it has a value that changes nothing. */
  only(name: string, ...values: readonly unknown[]): void {
    const value = this.any(name);
    if (value === undefined) return;
    const text = JSON.stringify(value);
    if (values.some((it) => JSON.stringify(it) === text)) return;
    throw new OpenAiError(
      400,
      `${name} is not supported` +
        (values.length === 0 ? "" : `, except ${JSON.stringify(values[0])}`),
      name,
      "unsupported_parameter",
    );
  }

  /** Rejects fields that were not read. */
  finish(): void {
    const unknown = Object.keys(this.#body).find((name) =>
      !this.#known.has(name)
    );
    if (unknown === undefined) return;
    throw new OpenAiError(
      400,
      `Unrecognized request argument supplied: ${unknown}`,
      unknown,
      "unknown_parameter",
    );
  }
}

/** Creates the error for a field with a wrong value. */
export function wrong(
  name: string,
  expected: string,
  value: unknown,
): OpenAiError {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return new OpenAiError(
    400,
    `${name} must be ${expected}, got ${text.slice(0, 64)}`,
    name,
    "invalid_value",
  );
}
