/**
 * The sample of a dynamically loaded custom module, from TypeScript: compiles
 * the C++ module and the program that imports it, loads both into one context
 * and runs them. `./dev demo` runs this.
 *
 * @module
 */

import { IreeError, load } from "../mod.ts";
import { sampleModule, sampleProgram } from "./support.ts";

const module = await sampleModule();
const program = await sampleProgram();

using sample = load({
  modules: [`${module}@create_custom_module`, program],
  device: "local-sync",
});

console.log("main():");
sample.main();

console.log("error():");
try {
  sample.error();
} catch (error) {
  if (!(error instanceof IreeError)) throw error;
  console.log(`${error.code} ${error.detail.split(";")[0]}`);
}
