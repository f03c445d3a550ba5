import { IreeError } from "./error.ts";

/**
 * An enumerable property of every native object. `structuredClone` and
 * `postMessage` copy such properties, so they call the getter and fail with its
 * error; otherwise they would create an empty object. All objects share the
 * value, which costs one field each.
 */
export const NOT_CLONEABLE: object = Object.freeze({
  get native(): never {
    throw new IreeError(
      "UNIMPLEMENTED",
      "native objects cannot be cloned or posted to another thread",
      {
        hint: "send data, such as toNdArray() of a tensor, or the path of a " +
          "program, and create the object there",
      },
    );
  },
});
