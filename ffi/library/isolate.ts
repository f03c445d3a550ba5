/**
 * What the isolate is known by to native code.
 *
 * @module
 */

/** Where the name is kept: all copies of the package are of one isolate. */
const NAME = Symbol.for("@iree/runtime isolate");

/**
 * Names the isolate, which all copies of this package in it share: each would
 * otherwise take what another one holds for left by an isolate that is gone.
 *
 * @returns A number that no other isolate of the process has; 0 where the
 * global object is frozen.
 */
export function isolateName(): bigint {
  const scope = globalThis as { [NAME]?: bigint };
  if (scope[NAME] === undefined) {
    if (!Object.isExtensible(globalThis)) return 0n;
    const [name = 0n] = crypto.getRandomValues(new BigUint64Array(1));
    Object.defineProperty(globalThis, NAME, { value: name | 1n });
  }
  return scope[NAME]!;
}
