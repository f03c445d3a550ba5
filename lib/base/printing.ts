import { IreeError } from "./error.ts";

/** Facts about an object by name, read when it is printed. */
export type Facts = Readonly<Record<string, () => unknown>>;

/** `Deno.inspect`, as Deno passes it to an object that prints itself. */
export type Inspect = (value: unknown, options: Deno.InspectOptions) => string;

/** An object's forms in a notebook, by media type. */
export type MediaBundle = Readonly<Record<string, string>>;

/** Maximum number of elements of a tensor or list to print. */
export const PREVIEW_LENGTH = 8;

/**
 * Sets how `console.log` and notebooks print the objects of a class. This is not
 * a method of the class, since consumers that isolate declarations cannot infer
 * its name.
 *
 * @param prototype The prototype of the class.
 * @param print Prints an object.
 */
export function printBy<T extends object>(
  prototype: T,
  print: (this: T, inspect: Inspect, options: Deno.InspectOptions) => string,
): void {
  Object.defineProperty(prototype, Symbol.for("Deno.customInspect"), {
    configurable: true,
    value: print,
    writable: true,
  });
  displayBy(prototype, function () {
    return { "text/plain": Deno.inspect(this) };
  });
}

/**
 * Sets how notebooks show an object, or the objects of a class. Deno's Jupyter
 * kernel calls the function and waits for its promise.
 *
 * @param prototype The object, or the prototype of the class.
 * @param display Returns the object's forms.
 */
export function displayBy<T extends object>(
  prototype: T,
  display: (this: T) => MediaBundle | Promise<MediaBundle>,
): void {
  Object.defineProperty(prototype, Symbol.for("Jupyter.display"), {
    configurable: true,
    value: display,
    writable: true,
  });
}

/** Text to print without quotes. */
export class PlainText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  static {
    printBy(PlainText.prototype, function () {
      return this.#text;
    });
  }
}

/**
 * Returns the first elements and the number of the others, for printing.
 *
 * @param elements The first elements.
 * @param size Number of all elements.
 */
export function preview(elements: Iterable<unknown>, size: number): unknown[] {
  const shown = [...elements];
  const rest = size - shown.length;
  return rest > 0 ? [...shown, new PlainText(`... ${rest} more`)] : shown;
}

/**
 * Prints an object. A fact that throws is printed as its error in angle brackets,
 * or omitted if the object was disposed.
 *
 * @param name Name of the object's class.
 * @param facts The facts.
 * @param isDisposed Whether the object was disposed.
 * @param inspect Prints the facts.
 * @param options How they are printed.
 */
export function inspectFacts(
  name: string,
  facts: Facts,
  isDisposed: boolean,
  inspect: Inspect,
  options: Deno.InspectOptions,
): string {
  const shown: Record<string, unknown> = isDisposed ? { disposed: true } : {};
  for (const [key, read] of Object.entries(facts)) {
    let value: unknown;
    try {
      value = read();
    } catch (error) {
      if (isDisposed) continue;
      value = new PlainText(`<${problemOf(error)}>`);
    }
    if (value !== undefined) shown[key] = value;
  }
  return `${name} ${inspect(shown, options)}`;
}

function problemOf(error: unknown): string {
  return error instanceof IreeError ? error.detail : String(error);
}
