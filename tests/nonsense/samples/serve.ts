import { options, requestOptions, type Samples } from "./options.ts";

function mulInputs(): object {
  return { input0: new Float32Array(4), input1: new Float32Array(4) };
}

function modelSettings(): object {
  return options({
    version: 1,
    function: "mul",
    instances: 1,
    maxQueue: 4,
    batching: options({ maxSize: 4, maxDelay: 0, sizes: [4] }),
  });
}

/** Arguments of the functions of `lib/serve`. */
export const SERVE_SAMPLES: Samples = {
  "ModelServer.prototype.addLanguageModel": (it) => [
    "model",
    it.model,
    options({ instances: 1, maxQueue: 4 }),
  ],
  "Pool.of": (it) => [
    it.program,
    options({ function: "mul", instances: 1, maxQueue: 4 }),
  ],
  "Pool.prototype.run": () => [mulInputs(), requestOptions()],
  "Pool.prototype.use": () => [() => 1, requestOptions()],
  "Pool.prototype.drain": () => [],
  "Batcher.of": (it) => [
    it.program,
    options({
      function: "mul",
      instances: 1,
      maxQueue: 4,
      maxSize: 4,
      maxDelay: 0,
      sizes: [4],
    }),
  ],
  "Batcher.prototype.run": () => [mulInputs(), requestOptions()],
  "Batcher.prototype.drain": () => [],
  "ModelServer.prototype.add": (it) => ["other", it.program, modelSettings()],
  "ModelServer.prototype.load": (it) => [
    "other",
    it.fixtures.program,
    options({ ...modelSettings(), load: options({ device: "local-sync" }) }),
  ],
  "ModelServer.prototype.openRepository": () => [
    ".",
    options({ instances: 1, maxQueue: 4, device: "local-sync" }),
  ],
  "ModelServer.prototype.listen": () => [
    options({ hostname: "127.0.0.1", port: 0 }),
  ],
  "ModelServer.prototype.listenGrpc": () => [
    options({ hostname: "127.0.0.1", port: 0 }),
  ],
  "ModelServer.prototype.remove": () => ["name", 1],
  "ModelServer.prototype.announceEnd": () => [],
  "ModelServer.prototype.drain": () => [],
};
