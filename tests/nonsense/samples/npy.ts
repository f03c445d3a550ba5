import { api } from "../entries.ts";
import { options, type Samples } from "./options.ts";

/** Arguments of the functions of `lib/npy`. */
export const NPY_SAMPLES: Samples = {
  "NpyFile.open": () => ["array.npy", options({ rawElementType: "bf16" })],
  "NpyFile.prototype.readTensor": (it) => [it.device, "f32"],
  "decodeNpy": () => [
    api.encodeNpy(new Float32Array(2)),
    options({ rawElementType: "bf16" }),
  ],
  "decodeNpyArray": () => [
    api.encodeNpy(new Float32Array(2)),
    0,
    options({ rawElementType: "bf16" }),
  ],
  "encodeNpy": (it) => [
    new Float32Array(2),
    { elementType: "f32", shape: [1], data: new Float32Array(1) },
    it.view,
  ],
  "readNpy": () => ["array.npy", options({ rawElementType: "bf16" })],
  "writeNpy": () => ["written.npy", new Float32Array(2)],
  "NpyFile.prototype.peek": () => [],
  "NpyFile.prototype.read": () => [],
};
