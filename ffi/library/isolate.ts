/**
 * The isolate's registration with native code, and its end.
 *
 * @module
 */

/** Shared by all copies of the package in an isolate. */
interface Isolate {
  /** A number that is unique in the process. */
  readonly name: bigint;
  /** Callbacks that end each copy's use of native code. */
  readonly ends: (() => void)[];
}

/** The global property that holds it. */
const KEY = Symbol.for("@iree/runtime isolate");

/**
 * Registers the isolate with native code. Copies of the package must share the
 * number: otherwise each would release the objects of the others, as if their
 * isolate had ended.
 *
 * @param end Called at the end of the isolate, after the program's own `unload`
 * listeners. Deno does not call them if an isolate is terminated or ends with
 * an uncaught error.
 * @returns The isolate's number; 0 if the global object is frozen, in which
 * case objects are released when the thread ends.
 */
export function enterIsolate(end: () => void): bigint {
  const isolate = (globalThis as { [KEY]?: Isolate })[KEY] ?? makeIsolate();
  isolate?.ends.push(end);
  return isolate?.name ?? 0n;
}

function makeIsolate(): Isolate | undefined {
  if (!Object.isExtensible(globalThis)) return undefined;
  const [name = 0n] = crypto.getRandomValues(new BigUint64Array(1));
  const isolate = { name: name | 1n, ends: [] };
  Object.defineProperty(globalThis, KEY, { value: isolate });
  endAtUnload(isolate);
  return isolate;
}

// Listeners run in the order in which they were added, and this one is among
// the first. A microtask runs after all of them, since Deno dispatches the
// event from outside JavaScript. All copies end together: the program never
// sees one copy released and another not.
function endAtUnload(isolate: Isolate): void {
  if (typeof globalThis.addEventListener !== "function") return;
  globalThis.addEventListener("unload", () => {
    queueMicrotask(() => isolate.ends.splice(0).forEach((end) => end()));
  });
}
