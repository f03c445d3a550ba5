/**
 * A module with a type of its own, in a program without devices.
 *
 *     basic.ts PROGRAM [debug]
 *
 * @module
 */

import { hostModule, hostType, IreeError, load } from "@iree/runtime";

const string = hostType<string, "custom.string">("custom.string");

function print(text: string | null): void {
  if (text !== null) console.log(`PRINT ${text}`);
}

const [path, mode] = Deno.args;

const custom = hostModule("custom", {
  "string.create": {
    types: "(!util.buffer) -> !custom.string",
    call: (buffer) => {
      const text = new TextDecoder().decode(buffer!.toBytes());
      console.log(`CREATE ${text}`);
      return text;
    },
  },
  "string.length": {
    types: "(!custom.string) -> i64",
    call: (text) => {
      if (text === null) throw new IreeError("INVALID_ARGUMENT", "no string");
      console.log(`LENGTH ${text} = ${text.length}`);
      return text.length;
    },
  },
  "string.print": { types: "(!custom.string) -> ()", call: print },
  // Programs have a fallback for it.
  ...mode === "debug" && {
    "string.dprint": { types: "(!custom.string) -> ()", call: print },
  },
}, { hostTypes: [string] });

using program = load({ modules: [custom, path!] });
console.log("INVOKE BEGIN example.main");
program.main();
console.log("INVOKE END");
