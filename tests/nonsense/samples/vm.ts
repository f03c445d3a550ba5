import { options, type Samples } from "./options.ts";

/** Arguments of the functions of `lib/vm`. */
export const VM_SAMPLES: Samples = {
  "List.create": (it) => [
    it.instance,
    options({ elementType: "i32", capacity: 1 }),
  ],
  "List.from": (it) => [it.instance, [1, 2], "i32"],
  "List.prototype.get": () => [0],
  "List.prototype.set": () => [0, 1, "i32"],
  "List.prototype.push": () => [1, "i32"],
  "List.prototype.resize": () => [2],
  "List.prototype.format": () => ["list", 4],
  "VmBuffer.from": (it) => [it.instance, new Uint8Array(4)],
  "VmBuffer.prototype.read": () => [new Uint8Array(2), 1],
  "VmBuffer.prototype.write": () => [new Uint8Array(2), 1],
  "VmRef.prototype.equals": (it) => [it.storage],
  "HalModule.create": (it) => [it.instance, [it.device], 0],
  "BuiltinModule.create": (it) => [it.instance, "vmvx"],
  "BytecodeModule.fromFile": (it) => [
    it.instance,
    it.fixtures.arithmetic,
    options({ mode: "preload" }),
  ],
  "BytecodeModule.fromBytes": (it) => [it.instance, it.bytes],
  "DynamicModule.load": (it) => [
    it.instance,
    it.fixtures.library,
    options({
      exportName: it.fixtures.exportName,
      parameters: { prefix: "v" },
    }),
  ],
  "resolveModuleUri": () => ["library.so@create?key=value"],
  "List.prototype.toArray": () => [],
  "VmBuffer.prototype.toBytes": () => [],
  "VmBuffer.prototype.toText": () => [],
};
