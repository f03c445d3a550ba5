/**
 * Values that make no sense as an argument.
 *
 * @module
 */

/** What code of the caller's throws; it may come out as it is. */
export const THROWN: Error = new Error("thrown by the caller's own code");

function fail(): never {
  throw THROWN;
}

function moved(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4);
  bytes.buffer.transfer();
  return bytes;
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

class Impostor {
  readonly disposed = false;
}

/** Makes the values by name: anew each time, since calls may change them. */
export function nonsense(): Map<string, unknown> {
  return new Map<string, unknown>(Object.entries({
    "undefined": undefined,
    "null": null,
    "true": true,
    "false": false,
    "0": 0,
    "-0": -0,
    "1": 1,
    "-1": -1,
    "1.5": 1.5,
    "2**32 - 1": 2 ** 32 - 1,
    "2**32": 2 ** 32,
    "2**53": 2 ** 53,
    "1e300": 1e300,
    "NaN": NaN,
    "Infinity": Infinity,
    "-Infinity": -Infinity,
    "0n": 0n,
    "-1n": -1n,
    "2n ** 64n": 2n ** 64n,
    "empty text": "",
    "text": "nonsense",
    "NUL": "a\0b",
    "half a pair": "\ud800",
    "__proto__": "__proto__",
    "symbol": Symbol("nonsense"),
    "object": {},
    "object without prototype": Object.create(null),
    "record": { nonsense: 1 },
    "array": [],
    "array of null": [null],
    "array with holes": Array(3),
    "array of arrays": [[], [1]],
    "nested array without end": endless(),
    "function": () => {},
    "class": Date,
    "instance of a class": new Impostor(),
    "date": new Date(NaN),
    "regular expression": /nonsense/,
    "map": new Map([["nonsense", 1]]),
    "set": new Set(["nonsense"]),
    "weak map": new WeakMap(),
    "promise": Promise.resolve(),
    "error": new Error("nonsense"),
    "boxed number": new Number(1),
    "boxed text": new String("nonsense"),
    "URL of the web": new URL("http://127.0.0.1:9/program.vmfb"),
    "URL of a file": new URL("file:///nonsense"),
    "URL with a query": new URL("file:///nonsense?a=1"),
    "bytes": new Uint8Array([1, 2, 3, 4]),
    "no bytes": new Uint8Array(),
    "moved bytes": moved(),
    "floats": new Float32Array(4),
    "bigints": new BigInt64Array(4),
    "shared bytes": new Uint8Array(new SharedArrayBuffer(4)),
    "resizable bytes": new Uint8Array(
      new ArrayBuffer(4, { maxByteLength: 8 }),
    ),
    "array buffer": new ArrayBuffer(4),
    "data view": new DataView(new ArrayBuffer(4)),
    "iterator": [1][Symbol.iterator](),
    "iterable that throws": { [Symbol.iterator]: fail },
    "getter that throws": Object.defineProperty({}, "constructor", {
      enumerable: true,
      get: fail,
    }),
    "conversion that throws": { toString: fail, valueOf: fail },
    "array whose entry throws": Object.defineProperty([1], 0, { get: fail }),
    "proxy": new Proxy({}, {}),
    "proxy of an array": new Proxy([1], {}),
    "proxy that throws": new Proxy({}, {
      get: fail,
      has: fail,
      ownKeys: fail,
      getPrototypeOf: fail,
      getOwnPropertyDescriptor: fail,
    }),
    "proxy that was revoked": revoked({}),
    "array that was revoked": revoked([]),
    "function that was revoked": revoked(() => {}),
    "array of any length": new Proxy([], {
      get: (target, key) => key === "length" ? 1e9 : Reflect.get(target, key),
    }),
    "signal": AbortSignal.abort(THROWN),
    "globalThis": globalThis,
  }));
}

function endless(): unknown[] {
  const array: unknown[] = [];
  array.push(array);
  return array;
}
