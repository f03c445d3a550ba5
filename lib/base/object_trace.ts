import { weakMap } from "../../ffi/base/intrinsics.ts";

/** Undisposed objects of one class that were created at one place. */
export interface LiveObject {
  /** Name of the class. */
  readonly type: string;
  /** Number of the objects. */
  readonly count: number;
  /** How many of them the garbage collector released. */
  readonly collected: number;
  /** Stack of the place, without the package's own calls at its top. */
  readonly stack: string;
}

/** Environment variable that starts the trace with the process. */
const VARIABLE = "IREE_TRACE_OBJECTS";

/** Number of recorded frames, including the package's own. */
const STACK_DEPTH = 40;

interface Creation {
  readonly type: string;
  readonly stack: string;
  isCollected: boolean;
}

/** Records where undisposed objects were created. */
export class ObjectTrace {
  readonly #creations = weakMap<object, Creation>();
  readonly #live = new Set<Creation>();
  readonly #collected = new FinalizationRegistry<Creation>((creation) => {
    creation.isCollected = true;
  });

  /** Records a new object. */
  add(object: object): void {
    const type = object.constructor.name;
    const creation = { type, stack: readStack(), isCollected: false };
    this.#creations.set(object, creation);
    this.#live.add(creation);
    this.#collected.register(object, creation, creation);
  }

  /** Removes a disposed object. */
  delete(object: object): void {
    const creation = this.#creations.get(object);
    if (creation === undefined) return;
    this.#live.delete(creation);
    this.#collected.unregister(creation);
  }

  /** The objects by place, in descending number. */
  get objects(): LiveObject[] {
    const places = Map.groupBy(
      this.#live,
      ({ type, stack }) => `${type}\n${stack}`,
    );
    return places.values().map((creations) => ({
      type: creations[0]!.type,
      count: creations.length,
      collected: creations.filter(({ isCollected }) => isCollected).length,
      stack: creations[0]!.stack,
    })).toArray().toSorted((a, b) => b.count - a.count);
  }
}

/** The trace, if it was started. */
export let trace: ObjectTrace | undefined;

/** Starts recording new objects. */
export function startTrace(): ObjectTrace {
  return trace ??= new ObjectTrace();
}

if (isRequested()) {
  const started = startTrace();
  addEventListener("unload", () => {
    const text = formatObjects(started.objects);
    if (text !== "") console.error(text);
  });
}

// Does not prompt: programs without the trace need no permission.
function isRequested(): boolean {
  const { state } = Deno.permissions.querySync({
    name: "env",
    variable: VARIABLE,
  });
  if (state !== "granted") return false;
  const value = Deno.env.get(VARIABLE);
  return value !== undefined && value !== "" && value !== "0";
}

/**
 * Formats undisposed objects as readable text.
 *
 * @param objects The objects.
 * @returns Lines; empty without objects.
 */
export function formatObjects(objects: readonly LiveObject[]): string {
  if (objects.length === 0) return "";
  const count = objects.reduce((sum, it) => sum + it.count, 0);
  const places = objects.map(({ type, count, collected, stack }) => {
    const ends = collected === 0 ? "" : `, ${collected} garbage-collected`;
    return `${count} ${type}${ends}, created\n${stack}`;
  });
  const what = count === 1 ? "1 object was" : `${count} objects were`;
  return [`iree: ${what} not disposed`, ...places].join("\n");
}

function readStack(): string {
  const own = new URL("../../lib/", import.meta.url).href;
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = STACK_DEPTH;
  const lines = new Error().stack?.split("\n").slice(1) ?? [];
  Error.stackTraceLimit = stackTraceLimit;
  const start = lines.findIndex((line) => !isInternal(line, own));
  return lines.slice(Math.max(start, 0)).join("\n");
}

/** Whether a frame is of the package, or of a built-in function that it called. */
function isInternal(line: string, own: string): boolean {
  return line.includes(own) || line.endsWith("(<anonymous>)");
}
