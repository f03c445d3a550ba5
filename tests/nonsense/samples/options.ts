import type { Things } from "../things.ts";

/** Arguments with which a function succeeds, as many as it can take. */
export type Samples = Readonly<Record<string, (it: Things) => unknown[]>>;

/** Marks what are options, of which every unknown name must be refused. */
export const OPTIONS: WeakSet<object> = new WeakSet();

/** Marks an object as options. */
export function options<T extends object>(value: T): T {
  OPTIONS.add(value);
  return value;
}

/** Options of a capture. */
export function captureOptions(): object {
  return options({
    families: ["queue-events"],
    counters: [],
    flushInterval: 0,
    traceExecution: false,
  });
}

/** Options of a request. */
export function requestOptions(): object {
  return options({ signal: new AbortController().signal });
}
