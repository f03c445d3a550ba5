import { IreeError } from "./error.ts";

/**
 * What every native object has as an enumerable property of its own:
 * `structuredClone` and `postMessage` copy such properties, read the getter and
 * fail with its error. They would make an empty object otherwise. All objects
 * share it, so it costs one field each.
 */
export const NOT_CLONEABLE: object = Object.freeze({
  get native(): never {
    throw new IreeError(
      "UNIMPLEMENTED",
      "native objects cannot be cloned or posted to another thread",
      {
        hint: "send data, such as toNdArray() of a tensor, or the path of a " +
          "program, and make the object there",
      },
    );
  },
});
