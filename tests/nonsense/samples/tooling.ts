import { options, type Samples } from "./options.ts";

/** Arguments of the functions of `lib/tooling`. */
export const TOOLING_SAMPLES: Samples = {
  "Watchdog.start": (it) => [it.instance, 1e9, "message", 1],
  "Profiling.begin": (it) => [it.device],
  "compareTensors": (it) => [
    it.view,
    it.other,
    options({ mode: "approximate", f32Tolerance: 0 }),
  ],
  "copyToHost": (it) => [it.list, it.device],
  "DeviceProfile.begin": (it) => [[it.device]],
  "DeviceProfile.prototype.end": () => [],
  "cpuFeatures": (it) => [it.instance],
  "disassemble": (it) => [
    it.fixtures.program,
    options({ function: "mul", offsets: true }),
  ],
  "flatbufferToJson": (it) => [it.fixtures.program, options({ pretty: true })],
  "parseTensor": (it) => [it.device, "2xi8", new Uint8Array(2)],
  "setIreeFlags": (it) => [
    it.instance,
    { vulkan_tracing: "true" },
  ],
  "storageOf": (it) => [it.view],
  "tensorByteLength": () => ["2xf32"],
  "viewStorageBytes": (it) => [it.storage],
  "Profiling.prototype.end": () => [],
};
