/**
 * A worker of the pool. Its name is the path of the program.
 *
 * @module
 */

import { load } from "@iree/runtime";
import type { Answer, Numbers } from "./pool.ts";

/** The members of a worker's global object. */
interface Scope {
  readonly name: string;
  onmessage: (event: MessageEvent<Numbers>) => void;
  postMessage(answer: Answer, transfer: ArrayBuffer[]): void;
}

const COLUMNS = 4;
const scope = self as unknown as Scope;

// `local-sync` computes on the worker's thread. All workers map one file and
// share its memory.
const program = load({
  modules: [scope.name],
  device: "local-sync",
  moduleMode: "mmap",
});
const score = program.lookupFunction("score");

scope.onmessage = ({ data }) => {
  try {
    const scores = score.compute({
      elementType: "f32",
      shape: [data.length / COLUMNS, COLUMNS],
      data,
    }) as Numbers;
    scope.postMessage({ scores }, [scores.buffer]);
  } catch (error) {
    scope.postMessage({ error: `${error}` }, []);
  }
};
