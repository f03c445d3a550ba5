import {
  assertEquals,
  assertMatch,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  IreeError,
  load,
  type LoadOptions,
  type ParameterReader,
  type Program,
  type TracedTensors,
} from "../../mod.ts";
import { loadModel } from "../../lib/compiler/mod.ts";
import { failureOf, program, test } from "../support.ts";
import "./support.ts";

const parameters: ParameterReader = {
  scope: "model",
  read: (key) =>
    key === "a" ? new Float32Array([1, 2, 3, 4]) : new BigInt64Array([5n, 6n]),
};

async function loaded(
  traceTensors: LoadOptions["traceTensors"],
  device = "local-task",
): Promise<Program> {
  const source = await program("host_parameters.mlir");
  return load(source, { parameters, traceTensors, device });
}

const SUM: TracedTensors = {
  name: "sum",
  tensors: [
    { elementType: "f32", shape: [4], data: new Float32Array([1, 2, 3, 4]) },
    { elementType: "f32", shape: [4], data: new Float32Array([2, 3, 4, 5]) },
  ],
};

test("Trace points of a program arrive as data", async () => {
  for (const device of ["local-task", "local-sync"]) {
    const points: TracedTensors[] = [];
    using traced = await loaded((point) => void points.push(point), device);
    traced.lookupFunction("sum").compute([1, 1, 1, 1]);
    await traced.lookupFunction("sum").computeAsync([1, 1, 1, 1]);
    assertEquals(points, [SUM, SUM]);
    traced.lookupFunction("last").compute();
    assertEquals(points[2]!.tensors[0]!.data, new BigInt64Array([5n, 6n]));
  }
});

test("Trace points of a watched model arrive as data", async () => {
  const points: TracedTensors[] = [];
  using watched = await loadModel(await program("host_parameters.mlir"), {
    parameters,
    traceTensors: (point) => void points.push(point),
    watch: true,
  });
  watched.lookupFunction("sum").compute([1, 1, 1, 1]);
  assertEquals(points, [SUM]);
});

test("A program waits for the promise of a tracer", async () => {
  const done: string[] = [];
  const traces: Promise<void>[] = [];
  using traced = await loaded(({ name }) => {
    const trace = new Promise((resolve) => setTimeout(resolve, 1))
      .then(() => void done.push(name));
    traces.push(trace);
    return trace;
  });
  await traced.lookupFunction("sum").computeAsync([1, 1, 1, 1]);
  assertEquals(done, ["sum"]);
  const error = assertThrows(
    () => traced.lookupFunction("sum").compute([1, 1, 1, 1]),
    IreeError,
  );
  assertMatch(error.message, /traceTensors returned a promise/);
  // That call's timer belongs to this test.
  await Promise.all(traces);
});

test("What a tracer throws is what the call fails with", async () => {
  const thrown = new IreeError("OUT_OF_RANGE", "not a number");
  using traced = await loaded(() => {
    throw thrown;
  });
  assertStrictEquals(
    assertThrows(() => traced.lookupFunction("sum").compute([1, 1, 1, 1])),
    thrown,
  );
  assertStrictEquals(
    await failureOf(traced.lookupFunction("sum").computeAsync([1, 1, 1, 1])),
    thrown,
  );
});

test("A tracer cannot call the program that it traces", async () => {
  const codes: unknown[] = [];
  const holder: { traced?: Program } = {};
  using traced = await loaded(() => {
    const error = assertThrows(
      () => holder.traced!.lookupFunction("last").compute(),
      IreeError,
    );
    codes.push(error.code);
  });
  holder.traced = traced;
  traced.lookupFunction("sum").compute([1, 1, 1, 1]);
  await traced.lookupFunction("sum").computeAsync([1, 1, 1, 1]);
  assertEquals(codes, ["FAILED_PRECONDITION", "FAILED_PRECONDITION"]);
});

test("traceTensors must be a function", async () => {
  const source = await program("host_parameters.mlir");
  const error = assertThrows(
    () => load(source, { parameters, traceTensors: 5 as never }),
    IreeError,
  );
  assertMatch(error.message, /traceTensors must be a function, got the number/);
});
