/**
 * A function that takes and returns tensors, while the program waits.
 *
 *     sync.ts PROGRAM
 *
 * @module
 */

import { hostModule, load } from "@iree/runtime";

const custom = hostModule("custom", {
  "call.sync": {
    types: "(tensor<?xi32>) -> tensor<?xi32>",
    call: (x) => x.data.map((it) => it * 2),
  },
});

const input = [1, 2, 3, 4, 5];
const expected = input.map((it) => (2 * it ** 2) ** 2);

using program = load({
  modules: [custom, Deno.args[0]!],
  device: "local-sync",
});
console.log("INVOKE BEGIN example.main");
const output = program.lookupFunction("main").compute(input) as Int32Array;
const isRight = expected.every((it, at) => it === output[at]);
console.log(isRight ? "MATCHED!" : `MISMATCH ${output}`);
console.log("INVOKE END");
