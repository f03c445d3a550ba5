import type { Samples } from "./options.ts";

/** Arguments of the functions of `lib/tensor` and `lib/signature`. */
export const SIGNATURE_SAMPLES: Samples = {
  "parseScalar": () => ["1", "f32"],
  "formatCallingConvention": () => ["0ii_i"],
  "formatDeclaredType": (it) => [it.tensors.signature?.inputs[0]],
  "formatSignature": (it) => [it.tensors.signature, "name"],
};
