/**
 * The isolate, as native code knows it, and its end.
 *
 * @module
 */

/** What all copies of the package in one isolate share. */
interface Isolate {
  /** A number that no other isolate of the process has. */
  readonly name: bigint;
  /** What ends the copies' use of native code. */
  readonly ends: (() => void)[];
}

/** Where it is kept. */
const KEY = Symbol.for("@iree/runtime isolate");

/**
 * Begins the isolate's use of native code. Copies of the package must share the
 * name: each would otherwise release what another one holds, as if an isolate
 * that is gone had left it.
 *
 * @param end Called at the end of the isolate, when the program's own listeners
 * of `unload` have run. Deno calls none where an isolate ends by an uncaught
 * error or is terminated.
 * @returns The isolate's name; 0 where the global object is frozen, which then
 * ends with its thread.
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

// Listeners are called in the order in which they were added, and this one is
// among the first. A microtask comes after all of them, since Deno dispatches
// the event from outside of JavaScript. All copies end at once: no program runs
// between what one releases and what another one still has.
function endAtUnload(isolate: Isolate): void {
  if (typeof globalThis.addEventListener !== "function") return;
  globalThis.addEventListener("unload", () => {
    queueMicrotask(() => isolate.ends.splice(0).forEach((end) => end()));
  });
}
