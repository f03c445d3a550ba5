/**
 * A worker that holds objects of many kinds and performs a task.
 *
 * @module
 */

import {
  Device,
  Instance,
  List,
  load,
  ParameterIndex,
  ParametersModule,
  type Program,
  type Value,
} from "../../../mod.ts";

/** The worker's task and the modules for it. */
export interface HoldingOrder {
  what: "loop" | "wait" | "tensors" | "close" | "exit" | "throw";
  paths: string[];
}

/** Programs to hold. */
export interface HeldPrograms {
  text: Program;
  latch: Program;
  numbers: Program;
  tensors: Program;
}

declare const self: {
  onmessage: (event: MessageEvent<HoldingOrder>) => void;
  postMessage(message: string): void;
  close(): void;
};

const kept: unknown[] = [];

/**
 * Makes objects that are never disposed.
 *
 * @param paths Paths of the modules `printing` and `types`, of the programs
 * `many_types` and `arithmetic`, and of the module `latch`.
 */
export function makeObjects(paths: string[]): HeldPrograms {
  const [printing, types, manyTypes, arithmetic, latchModule] = paths;
  const instance = Instance.open();
  const device = Device.create(instance, "local-task");
  const text = load({ modules: [printing] });
  const latch = load({ modules: [latchModule] });
  const numbers = load({ modules: [arithmetic] });
  const tensors = load({ modules: [types, manyTypes], device });
  const list = List.from(instance, [tensors.call("doubled") as Value, 1]);
  const index = ParameterIndex.create(instance);
  index.addData("data", new Float32Array(1000));
  const scopes = [{ scope: "", index }];
  const parameters = ParametersModule.create(instance, scopes);
  kept.push(instance, device, text, latch, numbers, tensors, list, index);
  kept.push(parameters);
  return { text, latch, numbers, tensors };
}

function work({ what, paths }: HoldingOrder): void {
  const { latch, numbers, tensors } = makeObjects(paths);
  self.postMessage("ready");
  if (what === "loop") numbers.call("loop_i64", 10n ** 15n);
  if (what === "wait") latch.call("wait_and_print");
  if (what === "exit") Deno.exit(5);
  if (what === "throw") throw new RangeError("thrown in a worker");
  if (what === "close") self.close();
  while (what === "tensors") tensors.call("doubled");
}

// The main program imports this file too.
if ("postMessage" in globalThis) self.onmessage = ({ data }) => work(data);
