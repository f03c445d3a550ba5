import { options, type Samples } from "./options.ts";

/** Arguments of the functions of `lib/call`. */
export const CALL_SAMPLES: Samples = {
  "VmFunction.prototype.call": (it) => [it.view, it.other],
  "VmFunction.prototype.compute": (it) => [it.view, new Float32Array(4)],
  "VmFunction.prototype.bind": (it) => [it.view, it.other],
  "VmFunction.prototype.callAsync": (it) => [it.view, it.other],
  "VmFunction.prototype.computeAsync": (it) => [it.view, it.other],
  "VmFunction.prototype.run": (it) => [{ input0: it.view, input1: it.other }],
  "VmFunction.prototype.runAlone": (it) => [
    { input0: it.view, input1: it.other },
  ],
  "VmFunction.prototype.with": () => [
    options({
      signal: new AbortController().signal,
      into: [new Float32Array(4)],
      shapes: false,
      structures: false,
    }),
  ],
  "FunctionCalls.prototype.call": (it) => [it.view, it.other],
  "FunctionCalls.prototype.compute": (it) => [it.view, it.other],
  "FunctionCalls.prototype.callAsync": (it) => [it.view, it.other],
  "FunctionCalls.prototype.computeAsync": (it) => [it.view, it.other],
  "FunctionCalls.prototype.run": (
    it,
  ) => [{ input0: it.view, input1: it.other }],
  "VmFunction.prototype.submit": (it) => [it.view, it.other],
  "disposeStructure": () => [[null, { a: 1 }]],
  "BoundCall.prototype.run": () => [],
  "BoundCall.prototype.call": () => [],
};
