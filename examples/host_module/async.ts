/**
 * A function that takes and returns tensors with fences: the program schedules
 * its work around it, and the function may take its time.
 *
 *     async.ts PROGRAM
 *
 * @module
 */

import { hostModule, load } from "@iree/runtime";

const custom = hostModule("custom", {
  "call.async": {
    types: "(tensor<?xi32>) -> tensor<?xi32>",
    fences: true,
    shapes: (input) => [input],
    call: async (x) => {
      console.log("ASYNC: BEFORE WORK");
      await new Promise((resolve) => setTimeout(resolve, 100));
      console.log("ASYNC: AFTER WORK");
      return x.data.map((it) => it * 2);
    },
  },
});

const input = [1, 2, 3, 4, 5];
const expected = input.map((it) => (2 * it ** 2) ** 2);

using program = load({ modules: [custom, Deno.args[0]!] });
console.log("INVOKE BEGIN example.main");
const pending = program.lookupFunction("main").computeAsync(input);
console.log("INVOKE END");
const output = await pending as Int32Array;
console.log("REACHED THE END");
const isRight = expected.every((it, at) => it === output[at]);
console.log(isRight ? "MATCHED!" : `MISMATCH ${output}`);
