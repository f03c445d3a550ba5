/**
 * The module of `native/samples/custom_module` in TypeScript, for the same
 * program.
 *
 *     dynamic.ts PROGRAM FUNCTION [PREFIX]
 *
 * @module
 */

import {
  hostModule,
  type HostParameters,
  hostType,
  IreeError,
  load,
} from "@iree/runtime";

const string = hostType<string, "custom.string">("custom.string");

const custom = hostModule("custom", {
  "string.from_tensor": {
    types: "(!hal.buffer_view) -> !custom.string",
    call: (view, { parameters: { prefix = "" } }) => {
      const text = view!.format();
      console.log(`${prefix}CREATE ${text}`);
      return text;
    },
  },
  "string.print": {
    types: "(!custom.string) -> ()",
    call: (text, { parameters: { prefix = "" } }) => {
      if (text !== null) console.log(`${prefix}PRINT ${text}`);
    },
  },
  error: {
    types: "() -> ()",
    call: () => {
      throw new IreeError("UNKNOWN", "the function always fails");
    },
  },
}, { hostTypes: [string], tensors: "views" });

const [path, name, prefix] = Deno.args;
const parameters: HostParameters = prefix === undefined ? {} : { prefix };
using program = load({ modules: [custom.with(parameters), path!] });
console.log(`EXEC @${name}`);
try {
  program.call(name!);
} catch (error) {
  if (!(error instanceof IreeError)) throw error;
  console.log(error.code, error.detail);
}
