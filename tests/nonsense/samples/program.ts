import { captureOptions, options, type Samples } from "./options.ts";

/** Arguments of the functions of `lib/program`. */
export const PROGRAM_SAMPLES: Samples = {
  "LoadedProgram.prototype.lookupFunction": (it) => [it.tensors.name],
  "LoadedProgram.prototype.call": (it) => [it.tensors.name, it.view, it.other],
  "LoadedProgram.prototype.compute": (it) => [
    it.tensors.name,
    it.view,
    new Float32Array(4),
  ],
  "LoadedProgram.prototype.computeAsync": (it) => [
    it.tensors.name,
    it.view,
    [1, 2, 3, 4],
  ],
  "LoadedProgram.prototype.run": (it) => [
    { input0: it.view, input1: it.other },
    options({
      function: it.tensors.name,
      into: { output0: new Float32Array(4) },
      signal: new AbortController().signal,
      structures: false,
    }),
  ],
  "LoadedProgram.prototype.callAsync": (it) => [
    it.tensors.name,
    it.view,
    it.other,
  ],
  "Context.create": (it) => [
    it.instance,
    [it.vmvx],
    options({ traceExecution: false }),
  ],
  "Context.prototype.lookupFunction": (it) => [
    it.tensors.name,
    it.program.mainModule,
  ],
  "load": (it) => [
    options({
      modules: [it.fixtures.arithmetic],
      device: [it.device],
      leadDevice: 0,
      moduleMode: "preload",
      parameters: [{ scope: "", index: it.index }],
      parameterMode: "file",
      traceExecution: false,
    }),
  ],
  "loadAsync": (it) => [
    it.fixtures.arithmetic,
    options({
      device: [it.device],
      moduleMode: "mmap",
      signal: new AbortController().signal,
    }),
  ],
  "LoadedProgram.prototype.profile": () => [() => 1, captureOptions()],
  "Context.prototype.fork": () => [],
  "LoadedProgram.prototype.fork": () => [],
};
