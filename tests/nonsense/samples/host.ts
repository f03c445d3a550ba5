import { options, type Samples } from "./options.ts";

/** Arguments of the functions of `lib/host`. */
export const HOST_SAMPLES: Samples = {
  "HostType.prototype.create": (it) => [it.instance, 1],
  "HostType.prototype.read": (it) => [it.held],
  "HostModuleDescription.prototype.create": (it) => [it.instance],
  "HostModuleDescription.prototype.with": () => [{ key: "value" }],
  "hostModule": () => [
    "nonsense",
    { add: { types: "(i32, i32) -> i32", call: (a: number) => a } },
    options({ version: 0, hostTypes: [], tensors: "arrays" }),
  ],
  "hostType": () => ["nonsense.type"],
};
