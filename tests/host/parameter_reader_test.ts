import {
  assertEquals,
  assertMatch,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  IreeError,
  load,
  loadAsync,
  type ParameterBytes,
  type ParameterReader,
} from "../../mod.ts";
import { failureOf, program, test } from "../support.ts";
import "./support.ts";

const WEIGHTS: Readonly<Record<string, ParameterBytes>> = {
  a: new Float32Array([1, 2, 3, 4]),
  b: new BigInt64Array([5n, 6n]).buffer,
};

function reader(read: ParameterReader["read"]): ParameterReader {
  return { scope: "model", read };
}

async function path(): Promise<string> {
  return await program("host_parameters.mlir");
}

test("A function reads the parameters of a program", async () => {
  const reads: unknown[] = [];
  using loaded = load(await path(), {
    parameters: reader((key, offset, length) => {
      reads.push([key, offset, length]);
      return WEIGHTS[key];
    }),
  });
  assertEquals(
    loaded.lookupFunction("sum").compute([1, 1, 1, 1]),
    new Float32Array([2, 3, 4, 5]),
  );
  assertEquals(
    loaded.lookupFunction("last").compute(),
    new BigInt64Array([5n, 6n]),
  );
  assertEquals(reads, [["a", 0, 16], ["b", 0, 16]]);
});

test("A function that returns promises reads several parameters at a time", async () => {
  let pending = 0;
  let most = 0;
  using loaded = await loadAsync(await path(), {
    parameters: reader(async (key) => {
      most = Math.max(most, ++pending);
      while (most < 2) await new Promise((resolve) => setTimeout(resolve, 1));
      pending--;
      return WEIGHTS[key];
    }),
  });
  assertEquals(
    await loaded.lookupFunction("sum").computeAsync([0, 0, 0, 0]),
    new Float32Array([1, 2, 3, 4]),
  );
  assertEquals(most, 2);
});

test("A blocking load rejects promises and advises loadAsync", async () => {
  const parameters = reader(() => Promise.reject(new Error("unread")));
  const source = await path();
  const error = assertThrows(() => load(source, { parameters }), IreeError);
  assertEquals(error.code, "FAILED_PRECONDITION");
  assertMatch(error.message, /`read` of scope 'model' returned a promise/);
  assertMatch(error.message, /loadAsync/);
});

test("A read of a wrong length or type fails the load and is named", async () => {
  const source = await path();
  for (
    const [wrong, code, message] of [
      [new Uint8Array(15), "INVALID_ARGUMENT", /'a'.* 16 bytes from 0, got 15/],
      [new Uint8Array(17), "INVALID_ARGUMENT", /'a'.* 16 bytes from 0, got 17/],
      ["sixteen", "INVALID_ARGUMENT", /must be a typed array/],
      [undefined, "NOT_FOUND", /no parameter 'a' in scope 'model'/],
    ] as const
  ) {
    const parameters = reader(() => wrong as Uint8Array);
    const error = assertThrows(() => load(source, { parameters }), IreeError);
    assertEquals(error.code, code);
    assertMatch(error.message, message);
    const later = await failureOf(loadAsync(source, { parameters }));
    assertEquals(later.code, code);
    assertMatch(later.message, message);
  }
});

test("What a read throws or rejects with is what the load fails with", async () => {
  const source = await path();
  const thrown = new RangeError("the server is away");
  const throws = reader(() => {
    throw thrown;
  });
  const error = assertThrows(() => load(source, { parameters: throws }));
  assertStrictEquals((error as IreeError).cause, thrown);
  const rejects = reader(() => Promise.reject(thrown));
  const later = await failureOf(loadAsync(source, { parameters: rejects }));
  assertStrictEquals(later.cause, thrown);
});

test("An aborted load ends while its reads never settle", async () => {
  const controller = new AbortController();
  const signals: (AbortSignal | undefined)[] = [];
  const parameters = reader((_key, _offset, _length, { signal }) => {
    signals.push(signal);
    controller.abort(new RangeError("too slow"));
    return new Promise(() => {});
  });
  const { signal } = controller;
  const loading = loadAsync(await path(), { parameters, signal });
  assertStrictEquals(
    await loading.then(() => undefined, (error) => error),
    signal.reason,
  );
  assertStrictEquals(signals[0], signal);
});

test("Readers are checked, and a scope has one of them", async () => {
  const source = await path();
  const read = () => undefined;
  for (
    const [parameters, message] of [
      [{ scope: 5, read }, /must be \{ scope, read \}/],
      [{ scope: "model", read: 5 }, /must be \{ scope, read \}/],
      [{ scope: "model", read, other: 1 }, /got 'other'/],
      [[reader(read), reader(read)], /two providers of scope 'model'/],
    ] as const
  ) {
    const error = assertThrows(
      () =>
        load(source, { parameters: parameters as unknown as ParameterReader }),
      IreeError,
    );
    assertEquals(error.code, "INVALID_ARGUMENT");
    assertMatch(error.message, message);
  }
});
